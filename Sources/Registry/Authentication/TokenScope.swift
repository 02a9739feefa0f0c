package import OCI

/// What a token is asked for (Docker "Token Scope Documentation").
package struct TokenScope: Sendable, Hashable, CustomStringConvertible {
    /// The repository; nil for a login that is about none.
    package let repository: String?
    let isPush: Bool
    /// Another repository of the registry that is read, too: a blob is mounted from there.
    let mountSource: String?
    /// What the registry asks for besides, as it writes it.
    private(set) var others: [String] = []

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
        return [own, mountSource.map { "repository:\($0):pull" }].compactMap(\.self) + others
    }

    /// This, and what a challenge's `scope` asks for that it does not have: some registries want to see a right of their own
    /// (`registry:catalog:*`, a parent project). The token is for the registry that asks, which cannot gain by it.
    func adding(_ asked: String?) -> TokenScope {
        var scope = self
        let known = Dictionary(grouping: parts.map(Self.split), by: \.object).mapValues { $0.flatMap(\.actions) }
        for part in asked?.split(separator: " ").map(String.init) ?? [] where scope.others.count < Self.maximumOthers {
            let (object, actions) = Self.split(part)
            let isKnown = known[object].map { Set(actions).isSubset(of: $0) } ?? false
            if !isKnown, part.utf8.count <= Self.maximumLength, !scope.others.contains(part) {
                scope.others.append(part)
            }
        }
        return scope
    }

    private static let maximumOthers = 8
    private static let maximumLength = 512

    /// `repository:NAME` and `pull`, `push` of `repository:NAME:pull,push`.
    private static func split(_ part: String) -> (object: String, actions: [Substring]) {
        guard let colon = part.lastIndex(of: ":") else { return (part, []) }
        return (String(part[..<colon]), part[part.index(after: colon)...].split(separator: ","))
    }

    /// All of them with blanks between; empty for a login alone.
    package var description: String { parts.joined(separator: " ") }
}
