/// A file, variable or helper with credentials that cannot be used. Names it and its part, never a secret.
package struct CredentialsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, with what, and the next step.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
