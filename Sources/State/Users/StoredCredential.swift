/// What a user logs in with, in clear.
package struct StoredCredential: Sendable, Equatable {
    /// The password or token.
    package let secret: Password
    /// Which of the two.
    package let kind: SecretKind
    /// Whether it may go over a network without TLS.
    package let allowsPlainHTTP: Bool

    /// A credential by its parts.
    package init(_ secret: Password, kind: SecretKind = .password, allowsPlainHTTP: Bool = false) {
        self.secret = secret
        self.kind = kind
        self.allowsPlainHTTP = allowsPlainHTTP
    }
}
