import Plumbing

/// The key that encrypts passwords, and the name by which rows remember which key they need.
struct VaultKey: Sendable {
    let secret: SecretKey
    /// Tells keys apart without telling anything of the key: a part of its keyed hash of a fixed text.
    let id: String

    init(_ secret: SecretKey) throws {
        self.secret = secret
        id = Hex.encode(try secret.authenticationCode(of: Array("wafer credentials key id".utf8)).prefix(8))
    }
}
