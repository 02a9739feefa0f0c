import Foundation
import Plumbing

/// Names for the revisions of a repository, and the way back to them. Every call waits for another writer, and blocks.
package struct RepositoryTags: Sendable {
    let repository: Repository

    private var reader: RepositoryReader { repository.reader }

    /// Names the published revision, or the one of the tag `source`, and publishes the new tag database; the revision stays
    /// (docs/cvmfs-format.md §5.4).
    ///
    /// Throws ``CVMFSError`` for a name that is taken, reserved or not allowed, and where the revision is gone.
    @discardableResult
    package func add(
        _ name: String,
        description: String,
        revisionOf source: String? = nil,
        _ context: WriteContext
    ) throws -> History.Tag {
        try History.refuseReserved(name)
        var added: History.Tag?
        try edit(context) { tags, manifest in
            guard try tags.tag(name) == nil else {
                throw CVMFSError(.refused, "the tag \(Printable.text(name)) exists already: remove it first")
            }
            let root = try source.map { try tags.existing($0).root } ?? manifest.root
            let tag = try tag(name, description: description, root: root)
            try tags.put(tag)
            added = tag
        }
        guard let added else { throw CVMFSError(.corrupt, "the tag \(Printable.text(name)) was not written") }
        return added
    }

    /// Removes tags and publishes the new tag database; the revision stays. Throws ``CVMFSError`` where one of them is
    /// reserved or does not exist, and removes none then.
    package func remove(_ names: [String], _ context: WriteContext) throws {
        for name in names { try History.refuseReserved(name) }
        try edit(context) { tags, _ in
            for name in names {
                _ = try tags.existing(name)
                try tags.remove(name)
            }
        }
    }

    /// Publishes the content of a tag's revision as a new revision, so that clients follow. Tags of later revisions
    /// disappear, and the tag itself moves to the new revision, as with the stock tools.
    package func rollback(to name: String, _ context: WriteContext) throws -> Rollback {
        var done: Rollback?
        try repository.withPreparation(context) { preparation in
            _ = try repository.publish(with: preparation, purpose: "rollback", context) { old, time in
                let tags = try reader.tags(of: old)
                let rollback = try Rollback(to: name, from: old, tags: tags)
                var manifest = old
                manifest.revision = old.revision + 1
                manifest.root = try again(rollback.target, after: old, time: time, preparation: preparation)
                try tags.rollBack(rollback.target, to: manifest.root, revision: manifest.revision, timestamp: time)
                done = rollback
                return (manifest, tags)
            }
        }
        guard let done else { throw CVMFSError(.corrupt, "the rollback to \(Printable.text(name)) was not published") }
        return done
    }

    private func edit(_ context: WriteContext, _ body: (History, RepositoryManifest) throws -> Void) throws {
        try repository.withPreparation(context) { preparation in
            _ = try repository.publish(with: preparation, purpose: "editing tags", context) { old, _ in
                let tags = try reader.tags(of: old)
                try body(tags, old)
                return (old, tags)
            }
        }
    }

    /// A tag for a root catalog, with what that says of itself, as stock writes it.
    private func tag(_ name: String, description: String, root: CatalogReference) throws -> History.Tag {
        let bytes = try reader.store.loadInflated(root.hash, .catalog)
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

    /// Stores a tag's root catalog as the one that follows the published one.
    private func again(
        _ tag: History.Tag,
        after old: RepositoryManifest,
        time: Int64,
        preparation: Preparation
    ) throws -> CatalogReference {
        let tree = try CatalogTree(store: reader.store, root: tag.root)
        try tree.upgrade(tree.root)
        try tree.settleCounters(of: tree.root)
        let catalog = tree.root.catalog
        try catalog.setCounters(own: tree.root.own, subtree: tree.root.subtree)
        try catalog.stamp(
            revision: old.revision + 1,
            previous: old.root.hash,
            modified: time,
            algorithm: old.root.hash.algorithm
        )
        let bytes = try catalog.serialize()
        return CatalogReference(hash: try preparation.storeCatalog(bytes), size: Int64(bytes.count))
    }
}
