package import Foundation
import Plumbing

extension Repository {
    /// The tags of the published state, ordered by revision, then by name. Blocks.
    package func tags() throws -> [History.Tag] {
        try tags(of: try published().manifest).tags()
    }

    /// Names the published revision, or the one of another tag, and publishes the new tag database; the revision stays
    /// (docs/cvmfs-format.md §5.4). Waits up to `lockTimeout` for another writer. Blocks.
    ///
    /// Throws ``CVMFSError`` for a name that is taken, reserved or not allowed, and where the revision is gone.
    @discardableResult
    package func addTag(
        _ name: String,
        description: String,
        revisionOf source: String? = nil,
        lockTimeout: Duration,
        now: Date
    ) throws -> History.Tag {
        try History.refuseReserved(name)
        var added: History.Tag?
        try editTags(lockTimeout: lockTimeout, now: now) { tags, manifest in
            guard try tags.tag(name) == nil else {
                throw CVMFSError(.refused, "the tag \(Printable.text(name)) exists already: remove it first")
            }
            let root = try source.map { try Self.existing($0, in: tags).root } ?? manifest.root
            let tag = try tag(name, description: description, root: root)
            try tags.put(tag)
            added = tag
        }
        guard let added else { throw CVMFSError(.corrupt, "the tag \(Printable.text(name)) was not written") }
        return added
    }

    /// Removes tags and publishes the new tag database; the revision stays. Throws ``CVMFSError`` where one of them is
    /// reserved or does not exist, and removes none then. Blocks.
    package func removeTags(_ names: [String], lockTimeout: Duration, now: Date) throws {
        for name in names { try History.refuseReserved(name) }
        try editTags(lockTimeout: lockTimeout, now: now) { tags, _ in
            for name in names {
                _ = try Self.existing(name, in: tags)
                try tags.remove(name)
            }
        }
    }

    private func editTags(
        lockTimeout: Duration,
        now: Date,
        _ body: (History, RepositoryManifest) throws -> Void
    ) throws {
        try withPreparation(lockTimeout: lockTimeout, now: now) { preparation in
            _ = try publish(with: preparation, lockTimeout: lockTimeout, now: now, purpose: "editing tags") { old, _ in
                let tags = try tags(of: old)
                try body(tags, old)
                return (old, tags)
            }
        }
    }

    /// A tag for a root catalog, with what that says of itself, as stock writes it.
    private func tag(_ name: String, description: String, root: CatalogReference) throws -> History.Tag {
        let bytes = try store.loadInflated(root.hash, .catalog)
        let catalog = try Catalog(bytes: bytes)
        guard catalog.rootPrefix.isRoot else {
            throw CVMFSError(.corrupt, "the catalog \(root.hash) belongs to \(catalog.rootPrefix), not to the root")
        }
        return History.Tag(
            name: name,
            root: CatalogReference(hash: root.hash, size: Int64(bytes.count)),
            revision: try catalog.revision(),
            timestamp: Int64(try catalog.properties()["last_modified"] ?? "") ?? 0,
            description: description
        )
    }

    static func existing(_ name: String, in tags: History) throws -> History.Tag {
        guard let tag = try tags.tag(name) else {
            throw CVMFSError(.notFound, "there is no tag \(Printable.text(name)) in \(tags.fqrn)")
        }
        return tag
    }
}
