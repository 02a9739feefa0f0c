package import OCI

/// What a token is asked for (Docker "Token Scope Documentation").
package struct TokenScope: Sendable, Hashable, CustomStringConvertible {
    /// The repository; nil for a login that is about none.
    package let repository: String?
    let isPush: Bool
    /// Another repository of the registry that is read, too: a blob is mounted from there.
    let mountSource: String?

    init(repository: String?, isPush: Bool, mountSource: String? = nil) {
        self.repository = repository
        self.isPush = isPush
        self.mountSource = mountSource
    }

    /// Reading a repository.
    package static func pull(_ reference: ImageReference) -> TokenScope {
        TokenScope(repository: reference.repository, isPush: false)
    }

    /// Reading and writing a repository.
    package static func push(_ reference: ImageReference) -> TokenScope {
        TokenScope(repository: reference.repository, isPush: true)
    }

    /// Reading and writing a repository, and reading another one that a blob is mounted from.
    static func push(_ reference: ImageReference, mountingFrom source: String) -> TokenScope {
        TokenScope(repository: reference.repository, isPush: true, mountSource: source)
    }

    /// A login alone.
    package static let login = TokenScope(repository: nil, isPush: false)

    /// Each as `repository:NAME:pull` or `repository:NAME:pull,push`; none for a login alone.
    var parts: [String] {
        let own = repository.map { "repository:\($0):\(isPush ? "pull,push" : "pull")" }
        return [own, mountSource.map { "repository:\($0):pull" }].compactMap(\.self)
    }

    /// All of them with blanks between; empty for a login alone.
    package var description: String { parts.joined(separator: " ") }
}
