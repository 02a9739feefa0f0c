import CVMFS
import Foundation
import Glibc
import Logging
import Plumbing
import SystemPackage

/// The guard of a repository that `cvmfs_server` writes as well: its locks, and what its tools must find after a
/// revision of ours (docs/cvmfs-format.md §6.1, §12).
struct ServerGuard: CommitGuard {
    let fqrn: String
    let owner: String
    let spool: SpoolFolder
    let workspace: RepositoryWorkspace
    let mount: ServerMount
    let logger: Logger

    var othersCollect: Bool { true }

    /// Whatever another user writes the owner could not change.
    func checkPermission() throws {
        guard try SystemUser.owner(owner, of: fqrn).uid == geteuid() else {
            throw CVMFSError(
                .refused,
                "\(fqrn) belongs to the user \(owner) and this runs as user \(geteuid()): run it as \(owner)"
            )
        }
    }

    func reflogChecksum() throws -> ContentHash? { try spool.readReflogChecksum() }

    /// Several preparations hold it off together. A collection within a stock publication does not ask for this lock,
    /// which is why a revision is not begun where one ran since.
    func holdOffCollection(_ context: WriteContext) throws -> (any AnyObject & Sendable)? {
        try FileLock.acquire(FilePlace(spool.collectionLock), purpose: "preparing", mode: .shared, context)
    }

    /// The lock that the stock collection takes as well. Preparations hold it, and are waited for.
    func beginCollection(_ context: WriteContext) throws -> (any AnyObject & Sendable)? {
        try FileLock.acquire(FilePlace(spool.collectionLock), purpose: "collecting garbage", context)
    }

    func acquire(purpose: String, _ context: WriteContext) throws -> any CommitLock {
        try checkPermission()
        let deadline = context.instant() + context.lockTimeout
        guard access(spool.checkoutMarker.string, F_OK) != 0 else {
            throw CVMFSError(
                .refused,
                "\(fqrn) is checked out at an older revision: `cvmfs_server checkout` returns to the newest one first"
            )
        }
        let workspace = try workspace.open()
        let lock = try FileLock.acquire(workspace.lock, purpose: purpose, context)
        // The flag first: who has it keeps others from beginning, and a publication that is at work holds both.
        let flag = try Waiting.wait(context.waiting(upTo: deadline - context.instant())) {
            try TransactionFlag.attempt(spool.transactionFlag, purpose: purpose)
        } otherwise: {
            CVMFSError(
                .busy,
                "\(TransactionFlag.holder(of: spool.transactionFlag, fqrn: fqrn)): nothing was published; run the "
                    + "command again then, or give more time with --lock-timeout"
            )
        }
        let publishing = try FileLock.acquire(
            FilePlace(spool.publishingLock),
            purpose: purpose,
            context.waiting(upTo: deadline - context.instant())
        )
        return serverLock([lock, publishing], flag, workspace)
    }

    func attempt(purpose: String) throws -> (any CommitLock)? {
        let workspace = try workspace.open()
        guard let lock = try FileLock.attempt(workspace.lock),
            let flag = try TransactionFlag.attempt(spool.transactionFlag, purpose: purpose),
            let publishing = try FileLock.attempt(FilePlace(spool.publishingLock))
        else { return nil }
        return serverLock([lock, publishing], flag, workspace)
    }

    private func serverLock(_ locks: [FileLock], _ flag: TransactionFlag, _ workspace: OpenWorkspace) -> any CommitLock
    {
        ServerLock(locks: locks, flag: flag, spool: spool, workspace: workspace, mount: mount, logger: logger)
    }
}
