package import Foundation
import Plumbing

extension Repository {
    /// Publishes edits as one revision (docs/cvmfs-format.md §12, docs/architecture.md, decision 1).
    ///
    /// Takes the repository's lock, waiting up to `lockTimeout` for another writer, and runs `body` on the newest
    /// revision. Where that edits nothing there is no new revision. `.cvmfspublished` is replaced last: a failure, or the
    /// end of the process, at any moment leaves the published revision as it was. Returns the revision that holds the
    /// edits. Blocks.
    package func commit(
        _ preparation: Preparation,
        lockTimeout: Duration,
        now: Date,
        checkCancelled: () throws -> Void = {},
        _ body: (Transaction) throws -> Void
    ) throws -> CommitOutcome {
        try publish(
            with: preparation,
            lockTimeout: lockTimeout,
            now: now,
            purpose: "committing",
            checkCancelled: checkCancelled
        ) { old, time in
            let tree = try CatalogTree(store: store, root: old.root)
            let transaction = Transaction(tree: tree, preparation: preparation, modified: time)
            try body(transaction)
            guard transaction.hasChanges else { return nil }
            try preparation.storeEmptyFile()
            var manifest = old
            if let seconds = settings.timeToLive {
                try tree.root.catalog.setProperty("TTL", String(seconds))
                manifest.timeToLive = seconds
            }
            (manifest.root, manifest.revision) = try tree.write(modified: time, storing: preparation.storeCatalog)
            let tags = try tags(of: old)
            try settings.autoTags?.apply(
                to: tags,
                root: manifest.root,
                revision: manifest.revision,
                timestamp: time,
                now: now
            )
            try tags.moveTrunk(to: manifest.root, revision: manifest.revision, timestamp: time)
            return (manifest, tags)
        }
    }

    /// The same with a preparation of its own, for edits that need nothing prepared.
    @discardableResult
    package func edit(
        lockTimeout: Duration,
        now: Date,
        checkCancelled: () throws -> Void = {},
        _ body: (Transaction) throws -> Void
    ) throws -> CommitOutcome {
        try withPreparation(lockTimeout: lockTimeout, now: now, checkCancelled: checkCancelled) { preparation in
            try commit(preparation, lockTimeout: lockTimeout, now: now, checkCancelled: checkCancelled, body)
        }
    }

    /// Runs `body` with a preparation that ends with it. What a failure left there is for the recovery, and a refusal
    /// leaves nothing.
    func withPreparation<Value>(
        lockTimeout: Duration,
        now: Date,
        checkCancelled: () throws -> Void = {},
        _ body: (Preparation) throws -> Value
    ) throws -> Value {
        let preparation = try prepare(lockTimeout: lockTimeout, now: now, checkCancelled: checkCancelled)
        do {
            let value = try body(preparation)
            try preparation.end()
            return value
        } catch {
            // The first error is the one to tell; a journal that stays is taken away by the next preparation.
            try? preparation.abandon()
            throw error
        }
    }

    /// Publishes the manifest and the tags that `body` makes of the published manifest and the time, under the
    /// repository's lock; nothing where it returns nil.
    func publish(
        with preparation: Preparation,
        lockTimeout: Duration,
        now: Date,
        purpose: String,
        checkCancelled: () throws -> Void = {},
        _ body: (_ old: RepositoryManifest, _ time: Int64) throws -> (manifest: RepositoryManifest, tags: History)?
    ) throws -> CommitOutcome {
        let revision = try revisionSink().begin(
            preparation,
            purpose: purpose,
            lockTimeout: lockTimeout,
            now: now,
            checkCancelled: checkCancelled
        )
        // Nobody else writes as long as it lives.
        return try withExtendedLifetime(revision) {
            guard let edited = try body(revision.base.manifest, revision.time) else {
                return .unchanged(revision: revision.base.manifest.revision)
            }
            try revision.submit(edited.manifest, edited.tags)
            return .published(revision: try revision.publish().revision)
        }
    }

    /// Where prepared objects become a revision of this repository. Throws ``CVMFSError`` `refused` where it is only read.
    package func revisionSink() throws -> any RevisionSink {
        StorageSink(repository: self, storage: try writableStorage())
    }

    /// The tags of a published state, a database without any where it has none.
    func tags(of manifest: RepositoryManifest) throws -> History {
        guard let hash = manifest.history else { return try History(fqrn: fqrn) }
        return try History(bytes: try store.loadInflated(hash, .history))
    }
}
