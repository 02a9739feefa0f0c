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
        let lock = try FileLock.acquire(
            workspace.lock,
            timeout: lockTimeout,
            purpose: "committing",
            checkCancelled: checkCancelled
        )
        return try withExtendedLifetime(lock) {
            let state = try published()
            let signer = try Signer(keys: keys, whitelist: state.whitelist, now: now)
            let tree = try CatalogTree(store: store, root: state.manifest.root)
            // Clients refuse what is older than what they know, also where a clock was set back.
            let time = max(Int64(now.timeIntervalSince1970), state.manifest.published)
            let transaction = Transaction(tree: tree, preparation: preparation, modified: time)
            try body(transaction)
            guard transaction.hasChanges else { return .unchanged(revision: state.manifest.revision) }
            let manifest = try write(tree, after: state.manifest, signer: signer, preparation: preparation, time: time)
            try publish(manifest, after: state.manifest, signer: signer)
            return .published(revision: manifest.revision)
        }
    }

    /// Stores everything that the new manifest names, and returns the manifest.
    private func write(
        _ tree: CatalogTree,
        after old: RepositoryManifest,
        signer: Signer,
        preparation: Preparation,
        time: Int64
    ) throws -> RepositoryManifest {
        try preparation.storeEmptyFile()
        let (root, revision) = try tree.write(modified: time, storing: preparation.storeCatalog)
        var manifest = old
        manifest.root = root
        manifest.revision = revision
        manifest.published = time
        let history = try old.history.map { try History(bytes: try store.loadInflated($0, .history)) }
        let tags = try history ?? History(fqrn: fqrn)
        try tags.moveTrunk(to: root, revision: revision, timestamp: time)
        try tags.setPreviousRevision(old.history)
        manifest.history = try preparation.storeInflatable(try tags.serialize(), .history)
        manifest.certificate = try preparation.storeInflatable(signer.certificate.pem, .certificate)
        if manifest.metainfo == nil {
            manifest.metainfo = try preparation.storeInflatable(Metainfo.empty, .metainfo)
        }
        // One sync for all objects: the manifest must not reach the disk before them.
        try store.synchronize()
        manifest.reflog = try writeReflog(manifest, after: old)
        return manifest
    }

    /// Logs the new objects (docs/cvmfs-format.md §5.3) and returns the log's hash.
    func writeReflog(_ manifest: RepositoryManifest, after old: RepositoryManifest?) throws -> ContentHash {
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
        try store.replaceTopLevel(Reflog.fileName, with: updated)
        return try ContentHash(manifest.root.hash.algorithm, of: updated)
    }

    /// Replaces the manifest, unless somebody without our lock did so meanwhile.
    private func publish(_ manifest: RepositoryManifest, after old: RepositoryManifest, signer: Signer) throws {
        guard let current = try store.readTopLevel(RepositoryManifest.fileName),
            try RepositoryManifest.parse(current).manifest.root == old.root
        else {
            throw CVMFSError(
                .busy,
                "another program published \(fqrn) during the commit: nothing was changed, run the command again"
            )
        }
        try store.replaceTopLevel(RepositoryManifest.fileName, with: try manifest.serialize(signedBy: signer.key))
    }
}
