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
        let hold = try commitGuard.acquire(timeout: lockTimeout, purpose: purpose, checkCancelled: checkCancelled)
        return try withExtendedLifetime(hold) {
            let state = try published()
            try verifyReflog(state.manifest, hold)
            try checkNothingCollected(since: preparation)
            let signer = try Signer(keys: keys, whitelist: state.whitelist, now: now)
            // Clients refuse what is older than what they know, also where a clock was set back.
            let time = max(Int64(now.timeIntervalSince1970), state.manifest.published)
            guard let edited = try body(state.manifest, time) else {
                return .unchanged(revision: state.manifest.revision)
            }
            var manifest = edited.manifest
            manifest.published = time
            if settings.collectsGarbage { manifest.isGarbageCollectable = true }
            try finish(&manifest, edited.tags, after: state.manifest, signer, preparation, hold)
            try replace(state.manifest, by: manifest, signer: signer)
            if manifest.root.hash != state.manifest.root.hash { hold.didPublish(root: manifest.root.hash) }
            return .published(revision: manifest.revision)
        }
    }

    /// The tags of a published state, a database without any where it has none.
    func tags(of manifest: RepositoryManifest) throws -> History {
        guard let hash = manifest.history else { return try History(fqrn: fqrn) }
        return try History(bytes: try store.loadInflated(hash, .history))
    }

    /// Stores everything beside the root catalog that the new manifest names.
    private func finish(
        _ manifest: inout RepositoryManifest,
        _ tags: History,
        after old: RepositoryManifest,
        _ signer: Signer,
        _ preparation: Preparation,
        _ hold: any CommitHold
    ) throws {
        try tags.setPreviousRevision(old.history)
        manifest.history = try preparation.storeInflatable(try tags.serialize(), .history)
        manifest.certificate = try preparation.storeInflatable(signer.certificate.pem, .certificate)
        if manifest.metainfo == nil {
            manifest.metainfo = try preparation.storeInflatable(Metainfo.empty, .metainfo)
        }
        // One sync for all objects: the manifest must not reach the disk before them.
        try preparation.synchronize()
        manifest.reflog = try writeReflog(manifest, after: old, hold)
    }

    /// Logs the new objects (docs/cvmfs-format.md §5.3) and returns the log's hash.
    func writeReflog(
        _ manifest: RepositoryManifest,
        after old: RepositoryManifest?,
        _ hold: (any CommitHold)? = nil
    ) throws -> ContentHash {
        let bytes = try store.readTopLevel(Reflog.fileName)
        let reflog = try bytes.map { try Reflog(bytes: $0) } ?? Reflog(fqrn: fqrn)
        guard reflog.fqrn == fqrn else {
            throw CVMFSError(.corrupt, "the reference log is that of \(Printable.text(reflog.fqrn)), not of \(fqrn)")
        }
        // A log that is ahead of its manifest is what a crash between the two left: objects that are gone since leave it.
        if let bytes, let old, try old.reflog != ContentHash(old.root.hash.algorithm, of: bytes) {
            for reference in try reflog.references() where try store.size(of: reference.hash, reference.kind) == nil {
                try reflog.remove(reference.hash)
            }
        }
        let logged: [(ContentHash?, ObjectKind)] = [
            (manifest.root.hash, .catalog), (manifest.certificate, .certificate), (manifest.history, .history),
            (manifest.metainfo, .metainfo),
        ]
        for case (let hash?, let kind) in logged where try !reflog.contains(hash, kind) {
            try reflog.insert(hash, kind, timestamp: manifest.published)
        }
        let updated = try reflog.serialize()
        let hash = try ContentHash(manifest.root.hash.algorithm, of: updated)
        try hold?.willReplaceReflog(by: hash)
        try writableStorage().replaceTopLevel(Reflog.fileName, with: updated)
        try hold?.didReplaceReflog(by: hash)
        return hash
    }

    /// Replaces the manifest, unless somebody without our lock did so meanwhile.
    private func replace(_ old: RepositoryManifest, by manifest: RepositoryManifest, signer: Signer) throws {
        guard let current = try store.readTopLevel(RepositoryManifest.fileName),
            try RepositoryManifest.parse(current).manifest == old
        else {
            throw CVMFSError(
                .busy,
                "another program published \(fqrn) during the commit: nothing was changed, run the command again"
            )
        }
        try provideAlternativePaths(manifest)
        try writableStorage().replaceTopLevel(
            RepositoryManifest.fileName,
            with: try manifest.serialize(signedBy: signer.key)
        )
    }
}
