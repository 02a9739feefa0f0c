/// What is stored of a user.
package enum SecretKind: String, Sendable, CaseIterable {
    /// The password.
    case password
    /// A refresh token that the registry gave for it.
    case token
}
