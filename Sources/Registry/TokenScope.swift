package import OCI

/// What a token is asked for (Docker "Token Scope Documentation").
package struct TokenScope: Sendable, Hashable, CustomStringConvertible {
    /// The repository; nil for a login that is about none.
    package let repository: String?
    let isPush: Bool

    init(repository: String?, isPush: Bool) {
        self.repository = repository
        self.isPush = isPush
    }

    /// Reading a repository.
    package static func pull(_ reference: ImageReference) -> TokenScope {
        TokenScope(repository: reference.repository, isPush: false)
    }

    /// Reading and writing a repository.
    package static func push(_ reference: ImageReference) -> TokenScope {
        TokenScope(repository: reference.repository, isPush: true)
    }

    /// A login alone.
    package static let login = TokenScope(repository: nil, isPush: false)

    /// `repository:NAME:pull` or `repository:NAME:pull,push`; empty for a login alone.
    package var description: String {
        repository.map { "repository:\($0):\(isPush ? "pull,push" : "pull")" } ?? ""
    }
}
