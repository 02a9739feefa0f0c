import Crypto
import Foundation

/// The key that encrypts passwords, and the name by which rows remember which key they need.
struct VaultKey: Sendable {
    let symmetric: SymmetricKey
    /// Tells keys apart without telling anything of the key: a part of its keyed hash of a fixed text.
    let id: String

    init(_ symmetric: SymmetricKey) {
        self.symmetric = symmetric
        let code = HMAC<SHA256>.authenticationCode(for: Data("wafer credentials key id".utf8), using: symmetric)
        id = code.prefix(8).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
