import Plumbing

extension Repository {
    /// Begins to prepare objects, after cleaning up behind processes that are gone. Waits for another process that does
    /// the same, or collects garbage. Files that are large enough are cut as `chunking` says, which is the repository's
    /// own way where nothing is said. Throws ``CVMFSError`` for a repository whose hash function is only read.
    package func prepare(_ context: WriteContext, chunking: ChunkingStrategy? = nil) throws -> Preparation {
        try commitGuard.checkPermission()
        let workspace = try workspace.open()
        let lease = try commitGuard.holdOffCollection(context)
        let lock = try FileLock.acquire(workspace.journalLock, purpose: "beginning to prepare", context)
        let preparation = try withExtendedLifetime(lock) {
            let recovery = JournalRecovery(
                workspace: workspace,
                store: storage,
                commitGuard: commitGuard,
                logger: reader.logger
            )
            try recovery.run { try reader.publishedMark() }
            let mark = try reader.publishedMark()
            let baseline = Journal.Baseline(
                collectionLease: lease,
                loggedRoots: commitGuard.othersCollect ? try reader.loggedRoots() : nil,
                lastCollection: try workspace.collectionMark.text()
            )
            let root = try reader.published().manifest.root.hash
            try root.algorithm.requireWritable(in: fqrn)
            let journal = try Journal.begin(in: workspace, published: mark, baseline: baseline, now: context.now)
            return try Preparation(
                ObjectWriting(
                    reader: storage,
                    writer: CountedWriter(try storage.writer(labelled: journal.label, announce: journal.note)),
                    staging: storage,
                    index: try ContentIndex(at: workspace.contentIndex, logger: reader.logger),
                    journal: journal,
                    use: StorageUseFile(workspace.use),
                    form: ObjectWriting.Form(
                        algorithm: root.algorithm,
                        policy: settings.compression,
                        chunking: chunking ?? settings.chunking,
                        markers: settings.markers
                    )
                )
            )
        }
        // Not under the lock: several wait for the disk together.
        lock.release()
        do {
            try preparation.journal.synchronize()
        } catch {
            try? preparation.abandon()
            throw error
        }
        return preparation
    }

    /// Runs `body` with a preparation that ends with it. What a failure left there is for the recovery, and a refusal
    /// leaves nothing.
    func withPreparation<Value>(_ context: WriteContext, _ body: (Preparation) throws -> Value) throws -> Value {
        let preparation = try prepare(context)
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
}

extension HashAlgorithm {
    /// Throws ``CVMFSError`` for a hash function that is only read.
    func requireWritable(in fqrn: String) throws {
        guard self != .ripemd160 else {
            throw CVMFSError(
                .refused,
                "\(fqrn) names its objects by RIPEMD-160, which Wafer only reads: it writes SHA-1 and SHAKE-128"
            )
        }
    }
}
