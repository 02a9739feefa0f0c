/// The guard of a repository that only processes of ours write.
struct WorkspaceGuard: CommitGuard {
    let workspace: RepositoryWorkspace

    var othersCollect: Bool { false }

    func checkPermission() {}

    func reflogChecksum() -> ContentHash? { nil }

    func holdOffCollection(_ context: WriteContext) -> (any AnyObject & Sendable)? { nil }

    /// Preparations go on: they look at their commit whether everything is still there.
    func beginCollection(_ context: WriteContext) -> (any AnyObject & Sendable)? { nil }

    func acquire(purpose: String, _ context: WriteContext) throws -> any CommitLock {
        Lock(try FileLock.acquire(workspace.open().lock, purpose: purpose, context))
    }

    func attempt(purpose: String) throws -> (any CommitLock)? {
        try FileLock.attempt(workspace.open().lock).map(Lock.init)
    }

    /// Nobody else keeps a record of the reference log: a log that is well-formed is believed, since the manifest's word
    /// for it is old after a crash (docs/cvmfs-format.md §5.2).
    private final class Lock: CommitLock {
        private let file: FileLock

        init(_ file: FileLock) {
            self.file = file
        }

        func verifyReflog(_ bytes: [UInt8], _ algorithm: HashAlgorithm) {}
        func willReplaceReflog(by hash: ContentHash) {}
        func didReplaceReflog(by hash: ContentHash) {}
        func didPublish(root: ContentHash) {}
    }
}
