/// A user and what is stored of it, without the secret.
package struct UserEntry: Sendable, Equatable {
    /// Who.
    package let user: User
    /// What is stored.
    package let kind: SecretKind
    /// Whether it may go over a network without TLS.
    package let allowsPlainHTTP: Bool

    /// An entry by its parts.
    package init(user: User, kind: SecretKind, allowsPlainHTTP: Bool) {
        self.user = user
        self.kind = kind
        self.allowsPlainHTTP = allowsPlainHTTP
    }
}
