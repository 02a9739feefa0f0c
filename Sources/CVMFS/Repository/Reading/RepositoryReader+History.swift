package import Foundation

extension RepositoryReader {
    /// The tags of the published state, ordered by revision, then by name.
    package func tags() throws -> [History.Tag] {
        try tags(of: try published().manifest).tags()
    }

    /// The tags of a published state, a database without any where it has none.
    func tags(of manifest: RepositoryManifest) throws -> History {
        guard let hash = manifest.history else { return try History(fqrn: fqrn) }
        return try History(bytes: try store.loadInflated(hash, .history))
    }

    /// The catalogs of a tag's revision.
    package func tree(of tag: History.Tag) throws -> CatalogTree {
        try CatalogTree(store: store, root: tag.root)
    }

    /// The catalogs of a revision, anew each time.
    package func tree(of revision: NamedRevision) throws -> CatalogTree {
        try CatalogTree(store: store, root: revision.root)
    }

    /// What going back to a tag would do.
    package func planRollback(to name: String) throws -> Rollback {
        let manifest = try published().manifest
        return try Rollback(to: name, from: manifest, tags: try tags(of: manifest))
    }

    /// The published root catalog and those before it, at most `limit` of them. Throws ``CVMFSError`` where one is
    /// damaged, or is missing although nothing may be collected.
    package func revisions(limit: Int = .max) throws -> RevisionChain<LoggedRevision> {
        try revisions(of: try published().manifest, limit: limit)
    }

    /// The same of a published state, no further back than to a revision of this number.
    func revisions(
        of manifest: RepositoryManifest,
        limit: Int = .max,
        downTo last: UInt64 = 0
    ) throws -> RevisionChain<LoggedRevision> {
        try RevisionChain(from: manifest.root.hash, limit: limit) { hash in
            guard let bytes = try loadOfChain(hash, .catalog, manifest) else { return nil }
            let catalog = try Catalog(bytes: bytes)
            let properties = try catalog.properties()
            let time = TimeInterval(properties["last_modified"] ?? "") ?? 0
            let link = LoggedRevision(
                root: hash,
                revision: try catalog.revision(),
                modified: Date(timeIntervalSince1970: time)
            )
            guard link.revision > last else { return (link, nil) }
            return (link, ContentHash(previous: properties["previous_revision"]))
        }
    }

    /// The published tag database and those before it. Throws as ``revisions(limit:)`` does.
    package func tagDatabases(limit: Int = .max) throws -> RevisionChain<LoggedTags> {
        let manifest = try published().manifest
        return try RevisionChain(from: manifest.history, limit: limit) { hash in
            guard let bytes = try loadOfChain(hash, .history, manifest) else { return nil }
            let history = try History(bytes: bytes)
            let link = LoggedTags(hash: hash, names: try history.tags().map(\.name))
            return (link, try history.previousRevision())
        }
    }

    private func loadOfChain(
        _ hash: ContentHash,
        _ kind: ObjectKind,
        _ manifest: RepositoryManifest
    ) throws -> [UInt8]? {
        if try store.size(of: hash, kind) == nil {
            if manifest.isGarbageCollectable { return nil }
            throw CVMFSError(.corrupt, "\(hash)\(kind.letter), which comes before what \(fqrn) publishes, is missing")
        }
        return try store.loadInflated(hash, kind)
    }
}

/// A root catalog of the chain.
package struct LoggedRevision: Sendable, Equatable {
    /// The root catalog.
    package let root: ContentHash
    /// Its number.
    package let revision: UInt64
    /// When it was written.
    package let modified: Date
}

/// A tag database of the chain.
package struct LoggedTags: Sendable, Equatable {
    /// The database.
    package let hash: ContentHash
    /// The names in it, in the order of revisions.
    package let names: [String]
}
