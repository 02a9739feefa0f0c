import GRDB

/// Two images cannot have one name: the name of a root file system leads to one tree, and podman knows one image by it.
extension WishStore {
    /// Throws `nameTaken` where another desiderata puts other content under a name of this one, or above or below it.
    func refuseTakenNames(of content: DesiderataContent, in fqrn: String, _ db: Database) throws {
        let template = try Self.template(of: fqrn, db)
        guard !content.names(template, naming).isEmpty else { return }
        let reference = content.input.reference
        // Names of other repositories and tags cannot be the same, mostly: thousands of desideratas are not read then. What
        // podman calls an image of a file stands in the file's name, or is in it.
        let others = try Self.desideratas(
            """
            WHERE desiderata.cvmfs_repository = ? AND desiderata.id IS NOT ?
              AND (? OR input.scheme NOT IN ('https', 'http')
                   OR input.repository = ? AND (input.tag IS ? OR input.digest IS ?))
            ORDER BY desiderata.id
            """,
            [
                fqrn, content.id, reference.place.isFile || !template.tellsRepositoriesApart, reference.repository,
                reference.tag, reference.digest,
            ],
            db
        ).map(DesiderataContent.init)
        var names = TakenNames(template, naming)
        for other in others { names.insert(other) }
        if let owner = names.owner(against: content) {
            throw Self.taken(by: owner, content.id == nil ? nil : content, fqrn)
        }
    }

    /// Throws `nameTaken` where two desideratas of a repository would have one name by a template.
    static func refuseTakenNames(
        by template: NameTemplate,
        _ naming: NamingRules,
        in fqrn: String,
        _ db: Database
    ) throws {
        var names = TakenNames(template, naming)
        let contents = try desideratas("WHERE desiderata.cvmfs_repository = ? ORDER BY desiderata.id", [fqrn], db)
            .map(DesiderataContent.init)
        for content in contents { names.insert(content) }
        for content in contents {
            if let owner = names.owner(against: content) { throw taken(by: owner, content, fqrn) }
        }
    }

    private static func template(of fqrn: String, _ db: Database) throws -> NameTemplate {
        guard let registration = try RegistrationStore.repository(fqrn, db) else { return .standard }
        return try NameTemplate(checking: registration.trees.names)
    }

    private static func taken(by owner: DesiderataContent, _ other: DesiderataContent?, _ fqrn: String) -> StateError {
        .nameTaken(by: owner.id ?? 0, image: owner.input.reference.text, repository: fqrn, other: other?.id)
    }
}

/// The names of the desideratas of a repository.
private struct TakenNames {
    private let template: NameTemplate
    private let rules: NamingRules
    private var owners: [String: [DesiderataContent]] = [:]
    /// One desiderata for each directory on the way to a name.
    private var above: [String: DesiderataContent] = [:]

    init(_ template: NameTemplate, _ rules: NamingRules) {
        self.template = template
        self.rules = rules
    }

    mutating func insert(_ content: DesiderataContent) {
        for name in content.names(template, rules) {
            owners[name, default: []].append(content)
            for directory in Self.directories(of: name) where above[directory] == nil { above[directory] = content }
        }
    }

    /// A desiderata that has a name which this one cannot have then; nil where there is none.
    func owner(against content: DesiderataContent) -> DesiderataContent? {
        for name in content.names(template, rules) {
            if let owner = owners[name]?.first(where: { $0.id != content.id && !$0.isSame(as: content) }) {
                return owner
            }
            let nested = Self.directories(of: name).lazy.compactMap { owners[$0]?.first }.first ?? above[name]
            if let nested, nested.id != content.id { return nested }
        }
        return nil
    }

    private static func directories(of name: String) -> [String] {
        let components = name.split(separator: "/")
        return components.indices.dropFirst().map { components[..<$0].joined(separator: "/") }
    }
}
