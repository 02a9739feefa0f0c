import Foundation

extension Repository {
    /// The published root catalog and those before it. Throws ``CVMFSError`` where one is damaged, or is missing although
    /// nothing may be collected. Blocks.
    package func revisions(limit: Int = .max) throws -> RevisionChain<LoggedRevision> {
        let manifest = try published().manifest
        return try RevisionChain(from: manifest.root.hash, limit: limit) { hash in
            guard let bytes = try loadOfChain(hash, .catalog, manifest) else { return nil }
            let catalog = try Catalog(bytes: bytes)
            let properties = try catalog.properties()
            let time = TimeInterval(properties["last_modified"] ?? "") ?? 0
            let link = LoggedRevision(
                root: hash,
                revision: try catalog.revision(),
                modified: Date(timeIntervalSince1970: time)
            )
            let previous = ContentHash(properties["previous_revision"] ?? "")
            return (link, previous.flatMap { $0.digest.allSatisfy { $0 == 0 } ? nil : $0 })
        }
    }

    /// The published tag database and those before it. Throws as ``revisions(limit:)`` does. Blocks.
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
