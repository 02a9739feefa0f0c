package import OCI

/// What a token is asked for (Docker "Token Scope Documentation").
package struct TokenScope: Sendable, Hashable, CustomStringConvertible {
    private let repository: String
    let isPush: Bool

    /// Reading a repository.
    package static func pull(_ reference: ImageReference) -> TokenScope {
        TokenScope(repository: reference.repository, isPush: false)
    }

    /// Reading and writing a repository.
    package static func push(_ reference: ImageReference) -> TokenScope {
        TokenScope(repository: reference.repository, isPush: true)
    }

    /// `repository:NAME:pull` or `repository:NAME:pull,push`.
    package var description: String { "repository:\(repository):\(isPush ? "pull,push" : "pull")" }
}
