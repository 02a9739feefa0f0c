import Foundation

/// Makes revisions in a storage that this machine writes, and signs them here.
struct StorageSink: RevisionSink {
    let reader: RepositoryReader
    let storage: any ObjectStore
    let commitGuard: any CommitGuard
    /// Whether new revisions say that old ones may be collected; false keeps what they say.
    let collectsGarbage: Bool

    func begin(_ preparation: Preparation, purpose: String, _ context: WriteContext) throws -> any OpenRevision {
        let lock = try commitGuard.acquire(purpose: purpose, context)
        let base = try reader.published()
        if let bytes = try storage.readTopLevel(Reflog.fileName) {
            try lock.verifyReflog(bytes, base.manifest.root.hash.algorithm)
        }
        try verify(preparation)
        let now = context.now
        return StorageRevision(
            base: base,
            time: max(Int64(now.timeIntervalSince1970), base.manifest.published),
            sink: self,
            preparation: preparation,
            signer: try Signer(keys: reader.keys, whitelist: base.whitelist, now: now),
            lock: lock
        )
    }

    /// A garbage collection may have run since the preparation began: an object that was there then, and so was not stored,
    /// may be gone (docs/cvmfs-format.md §8). The next attempt stores it.
    func verify(_ preparation: Preparation) throws {
        guard let before = preparation.journal.baseline.loggedRoots, !before.isSubset(of: try reader.loggedRoots())
        else { return }
        throw CVMFSError(
            .busy,
            "cvmfs_server collected garbage in \(reader.fqrn) meanwhile, and may have removed what this relies on: "
                + "nothing was published, run the command again"
        )
    }
}
