/// A name that leads to what a desiderata makes.
struct ContentName: Hashable, Sendable {
    /// What is found by it: ``OutputFormat/flat`` or ``OutputFormat/podman``, which has names of its own.
    let format: OutputFormat
    /// The name: a path, for a root file system.
    let text: String

    /// The directories on the way to it. podman's names are none of the repository's paths.
    var directories: [ContentName] {
        guard format == .flat else { return [] }
        let components = text.split(separator: "/")
        return components.indices.dropFirst().map {
            ContentName(format: format, text: components[..<$0].joined(separator: "/"))
        }
    }
}

/// The names of the desideratas of a repository.
struct TakenNames {
    /// Who has a name that another one cannot have then.
    private struct Conflict {
        let owner: DesiderataContent
        let wanted: ContentName
        let taken: ContentName
    }

    private let template: NameTemplate
    private let rules: NamingRules
    private let fqrn: String
    private var owners: [ContentName: [DesiderataContent]] = [:]
    /// One desiderata for each directory on the way to a name, and that name.
    private var above: [ContentName: (owner: DesiderataContent, name: ContentName)] = [:]

    init(_ template: NameTemplate, _ rules: NamingRules, in fqrn: String) {
        self.template = template
        self.rules = rules
        self.fqrn = fqrn
    }

    mutating func insert(_ content: DesiderataContent) {
        for name in content.names(template, rules) {
            owners[name, default: []].append(content)
            for directory in name.directories where above[directory] == nil { above[directory] = (content, name) }
        }
    }

    /// Throws `nameTaken` where a desiderata has a name which this one cannot have then.
    func refuse(_ content: DesiderataContent, for claimant: TakenName.Claimant) throws {
        let conflicts = content.names(template, rules).compactMap { conflict(of: content, $0) }
        guard let first = conflicts.first else { return }
        throw StateError.nameTaken(
            TakenName(
                owner: first.owner.id ?? 0,
                image: first.owner.input.reference.text,
                platforms: first.owner.input.id == content.input.id ? first.owner.platforms : nil,
                repository: fqrn,
                claimant: claimant,
                formats: OutputFormats(conflicts.filter { $0.owner.id == first.owner.id }.map(\.wanted.format)),
                wanted: first.wanted.text,
                taken: first.taken.text
            )
        )
    }

    private func conflict(of content: DesiderataContent, _ name: ContentName) -> Conflict? {
        if let owner = owners[name]?.first(where: { $0.id != content.id && !$0.isSame(as: content) }) {
            return Conflict(owner: owner, wanted: name, taken: name)
        }
        let outer = name.directories.lazy.compactMap { directory in owners[directory]?.first.map { ($0, directory) } }
            .first
        guard let (owner, taken) = outer ?? above[name], owner.id != content.id else { return nil }
        return Conflict(owner: owner, wanted: name, taken: taken)
    }
}
