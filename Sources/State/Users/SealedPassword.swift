import Foundation

/// A credential as the database keeps it.
struct SealedPassword: Sendable {
    /// Nonce, ciphertext and tag of AES-GCM.
    let bytes: Data
    /// The key it needs.
    let keyID: String
    /// What it is: authenticated with it, in clear beside it.
    let kind: SecretKind
    /// Whether it may go over a network without TLS: authenticated as well.
    let allowsPlainHTTP: Bool
}
