import GRDB

/// Two images cannot have one name: the name of a root file system leads to one tree, and podman knows one image by it.
extension WishStore {
    /// Throws `nameTaken` where a desiderata of the repository puts other content under a name of an image that is to be
    /// converted without one, or above or below it. `name` is the path of its tree where somebody chose one.
    package func refuseTakenNames(
        of input: StoredReference,
        as name: String?,
        formats: OutputFormats,
        platforms: [String],
        in fqrn: String
    ) async throws {
        try await connection.read { db in
            // No row has the number 0: an image that is not in the database is none of a desiderata's.
            let image =
                try WishStore.images(input, anyUser: false, db).first ?? Image(id: 0, reference: input, isThin: false)
            let content = DesiderataContent(
                id: nil,
                input: image,
                formats: formats,
                platforms: platforms,
                chosenName: name
            )
            try refuseTakenNames(of: content, for: .command, in: fqrn, db)
        }
    }

    /// Throws `nameTaken` where another desiderata puts other content under a name of this one, or above or below it.
    func refuseTakenNames(
        of content: DesiderataContent,
        for claimant: TakenName.Claimant,
        in fqrn: String,
        _ db: Database
    ) throws {
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
                fqrn, content.id,
                content.chosenName != nil || reference.place.isFile || !template.tellsRepositoriesApart,
                reference.repository, reference.tag, reference.digest,
            ],
            db
        ).map(DesiderataContent.init)
        var names = TakenNames(template, naming, in: fqrn)
        for other in others { names.insert(other) }
        try names.refuse(content, for: claimant)
    }

    /// Throws `nameTaken` where two desideratas of a repository would have one name by a template.
    static func refuseTakenNames(
        by template: NameTemplate,
        _ naming: NamingRules,
        in fqrn: String,
        _ db: Database
    ) throws {
        var names = TakenNames(template, naming, in: fqrn)
        let contents = try desideratas("WHERE desiderata.cvmfs_repository = ? ORDER BY desiderata.id", [fqrn], db)
        for content in contents { names.insert(DesiderataContent(content)) }
        for content in contents { try names.refuse(DesiderataContent(content), for: .desiderata(content.id)) }
    }

    /// The names of those desideratas of a repository that `isIncluded` wants: who adds thousands asks for them once.
    static func takenNames(
        of fqrn: String,
        _ naming: NamingRules,
        _ db: Database,
        _ isIncluded: (Int64) -> Bool
    ) throws -> TakenNames {
        var names = TakenNames(try template(of: fqrn, db), naming, in: fqrn)
        for desiderata in try desideratas("WHERE desiderata.cvmfs_repository = ? ORDER BY desiderata.id", [fqrn], db)
        where isIncluded(desiderata.id) {
            names.insert(DesiderataContent(desiderata))
        }
        return names
    }

    private static func template(of fqrn: String, _ db: Database) throws -> NameTemplate {
        guard let registration = try RegistrationStore.repository(fqrn, db) else { return .standard }
        return try NameTemplate(checking: registration.trees.names)
    }
}
