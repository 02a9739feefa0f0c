package import Foundation
import Plumbing

extension Repository {
    /// What going back to a tag would do; changes nothing. Blocks.
    package func planRollback(to name: String) throws -> Rollback {
        let manifest = try published().manifest
        return try Rollback(to: name, from: manifest, tags: try tags(of: manifest))
    }

    /// The catalogs of a tag's revision. Blocks.
    package func tree(of tag: History.Tag) throws -> CatalogTree {
        try CatalogTree(store: store, root: tag.root)
    }

    /// Publishes the content of a tag's revision as a new revision, so that clients follow. Tags of later revisions
    /// disappear, and the tag itself moves to the new revision, as with the stock tools. Waits up to `lockTimeout` for
    /// another writer. Blocks.
    package func rollback(to name: String, lockTimeout: Duration, now: Date) throws -> Rollback {
        var done: Rollback?
        try withPreparation(lockTimeout: lockTimeout, now: now) { preparation in
            _ = try publish(with: preparation, lockTimeout: lockTimeout, now: now, purpose: "rollback") { old, time in
                let tags = try tags(of: old)
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

    /// Stores a tag's root catalog as the one that follows the published one.
    private func again(
        _ tag: History.Tag,
        after old: RepositoryManifest,
        time: Int64,
        preparation: Preparation
    ) throws -> CatalogReference {
        let tree = try CatalogTree(store: store, root: tag.root)
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
