import Foundation

/// A password as the database keeps it.
struct SealedPassword: Sendable {
    /// Nonce, ciphertext and tag of AES-GCM.
    let bytes: Data
    /// The key it needs.
    let keyID: String
}
