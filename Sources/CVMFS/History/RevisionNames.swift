import Plumbing

/// What the revisions of a repository are called, by one published state of it.
///
/// Blocks; belongs to one thread at a time.
package struct RevisionNames {
    private let reader: RepositoryReader
    private let manifest: RepositoryManifest

    /// The names of what is published now, verified.
    package init(_ reader: RepositoryReader) throws {
        self.reader = reader
        manifest = try reader.published().manifest
    }

    /// The published revision.
    package var published: NamedRevision { NamedRevision(number: manifest.revision, root: manifest.root) }

    /// The revision before the published one. Throws ``CVMFSError`` `notFound` where there is none, or none any more.
    package func previous() throws -> NamedRevision {
        let chain = try reader.revisions(of: manifest, limit: 2)
        if let link = chain.links.dropFirst().first { return Self.named(link) }
        if case .collected(let hash) = chain.end {
            throw CVMFSError(
                .notFound,
                "the revision before \(manifest.revision) of \(reader.fqrn) is not there any more, its catalog \(hash) was "
                    + "collected: name a tag"
            )
        }
        throw CVMFSError(
            .notFound,
            "revision \(manifest.revision) of \(reader.fqrn) is the first one: there is none before"
        )
    }

    /// The revision of a tag, or else the one of a number: a tag's, or one that the chain of root catalogs leads to.
    ///
    /// Throws ``CVMFSError`` `notFound` where there is none, or none any more.
    package func revision(_ name: String) throws -> NamedRevision {
        let tags = try reader.tags(of: manifest).tags()
        if let tag = tags.first(where: { $0.name == name }) { return Self.named(tag) }
        guard let number = UInt64(name) else {
            throw CVMFSError(
                .notFound,
                "there is no tag \(Printable.text(name)) in \(reader.fqrn): `wafer repository tag list` shows them"
            )
        }
        if number == manifest.revision { return published }
        if let tag = tags.first(where: { $0.revision == number }) { return Self.named(tag) }
        return try revision(number)
    }

    private func revision(_ number: UInt64) throws -> NamedRevision {
        let log = "`wafer repository log` shows what there is"
        guard number < manifest.revision else {
            throw CVMFSError(
                .notFound,
                "there is no revision \(number) of \(reader.fqrn): the published one is \(manifest.revision)"
            )
        }
        let chain = try reader.revisions(of: manifest, downTo: number)
        if let link = chain.links.last, link.revision == number { return Self.named(link) }
        if case .collected(let hash) = chain.end {
            throw CVMFSError(
                .notFound,
                "revision \(number) of \(reader.fqrn) cannot be found: the catalog \(hash) on the way to it was collected; "
                    + log
            )
        }
        throw CVMFSError(.notFound, "there is no revision \(number) of \(reader.fqrn): \(log)")
    }

    private static func named(_ tag: History.Tag) -> NamedRevision {
        NamedRevision(number: tag.revision, root: tag.root)
    }

    private static func named(_ link: LoggedRevision) -> NamedRevision {
        // The chain does not say how large the database is.
        NamedRevision(number: link.revision, root: CatalogReference(hash: link.root, size: 0))
    }
}
