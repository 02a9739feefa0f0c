import CVMFS
import Foundation
import Glibc
import Logging
import SystemPackage

/// A repository of `cvmfs_server` in our hands.
final class ServerLock: CommitLock {
    private var locks: [FileLock]
    private let flag: TransactionFlag
    private let spool: SpoolFolder
    private let workspace: OpenWorkspace
    private let mount: ServerMount
    private let logger: Logger

    init(
        locks: [FileLock],
        flag: TransactionFlag,
        spool: SpoolFolder,
        workspace: OpenWorkspace,
        mount: ServerMount,
        logger: Logger
    ) {
        self.locks = locks
        self.flag = flag
        self.spool = spool
        self.workspace = workspace
        self.mount = mount
        self.logger = logger
    }

    deinit {
        // The flag goes last: it keeps others from beginning.
        for lock in locks { lock.removeHolder() }
        locks = []
    }

    /// The stock tools believe the hash in the spool folder, not the manifest's: that is old after a garbage collection
    /// (docs/cvmfs-format.md §5.2).
    func verifyReflog(_ bytes: [UInt8], _ algorithm: HashAlgorithm) throws {
        guard let known = try spool.readReflogChecksum() else { return }
        let actual = try ContentHash(known.algorithm, of: bytes)
        if actual == known { return }
        // A process of ours ended between the log and the hash.
        guard try pendingReflog() == actual else {
            throw CVMFSError(
                .corrupt,
                "\(Reflog.fileName) has the hash \(actual) and \(spool.reflogChecksum) names \(known): one of them was "
                    + "changed or restored alone, bring back both"
            )
        }
        try spool.writeReflogChecksum(actual)
    }

    func willReplaceReflog(by hash: ContentHash) throws {
        try workspace.pendingReflog.replace(by: "\(hash)", mode: 0o600)
    }

    func didReplaceReflog(by hash: ContentHash) throws {
        try spool.writeReflogChecksum(hash)
    }

    func didPublish(root: ContentHash) {
        do {
            try spool.pinRoot(root)
        } catch {
            logger.warning(
                "cvmfs_server's own mount may show an old revision after its next start",
                metadata: ["reason": "\(error)"]
            )
        }
        mount.show(root)
    }

    private func pendingReflog() throws -> ContentHash? {
        try workspace.pendingReflog.text().flatMap { ContentHash($0) }
    }
}
