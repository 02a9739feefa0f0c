import Foundation

/// Makes revisions in a storage that this machine writes, and signs them here.
struct StorageSink: RevisionSink {
    let repository: Repository
    let storage: any ObjectStore

    func begin(
        _ preparation: Preparation,
        purpose: String,
        lockTimeout: Duration,
        now: Date,
        checkCancelled: () throws -> Void
    ) throws -> any OpenRevision {
        let hold = try repository.commitGuard.acquire(
            timeout: lockTimeout,
            purpose: purpose,
            checkCancelled: checkCancelled
        )
        let base = try repository.published()
        if let bytes = try storage.readTopLevel(Reflog.fileName) {
            try hold.verifyReflog(bytes, base.manifest.root.hash.algorithm)
        }
        try checkNothingCollected(since: preparation)
        return StorageRevision(
            base: base,
            time: max(Int64(now.timeIntervalSince1970), base.manifest.published),
            sink: self,
            preparation: preparation,
            signer: try Signer(keys: repository.keys, whitelist: base.whitelist, now: now),
            hold: hold
        )
    }

    /// Throws ``CVMFSError`` `busy` where a garbage collection ran since the preparation began: an object that was there
    /// then, and so was not stored, may be gone (docs/cvmfs-format.md §8). The next attempt stores it.
    private func checkNothingCollected(since preparation: Preparation) throws {
        guard let before = preparation.journal.reliance?.loggedRoots, !before.isSubset(of: try repository.loggedRoots())
        else { return }
        throw CVMFSError(
            .busy,
            "cvmfs_server collected garbage in \(repository.fqrn) meanwhile, and may have removed what this relies on: "
                + "nothing was published, run the command again"
        )
    }
}
