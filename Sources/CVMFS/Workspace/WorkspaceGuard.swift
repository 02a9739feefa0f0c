/// The guard of a repository that only processes of ours write.
struct WorkspaceGuard: CommitGuard {
    let workspace: RepositoryWorkspace

    var othersCollect: Bool { false }

    func checkPermission() {}

    func reflogChecksum() -> ContentHash? { nil }

    func holdOffCollection(timeout: Duration, checkCancelled: () throws -> Void) -> (any AnyObject & Sendable)? { nil }

    func acquire(timeout: Duration, purpose: String, checkCancelled: () throws -> Void) throws -> any CommitHold {
        Hold(
            lock: try FileLock.acquire(
                workspace.open().lock,
                timeout: timeout,
                purpose: purpose,
                checkCancelled: checkCancelled
            )
        )
    }

    func attempt(purpose: String) throws -> (any CommitHold)? {
        try FileLock.attempt(workspace.open().lock).map(Hold.init)
    }

    /// Nobody else keeps a record of the reference log: a log that is well-formed is believed, since the manifest's word
    /// for it is old after a crash (docs/cvmfs-format.md §5.2).
    private final class Hold: CommitHold {
        private let lock: FileLock

        init(lock: FileLock) {
            self.lock = lock
        }

        func verifyReflog(_ bytes: [UInt8], _ algorithm: HashAlgorithm) {}
        func willReplaceReflog(by hash: ContentHash) {}
        func didReplaceReflog(by hash: ContentHash) {}
        func didPublish(root: ContentHash) {}
    }
}
