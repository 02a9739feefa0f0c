package import CVMFS
import Foundation
import Glibc
package import Logging
package import Plumbing
import State
package import SystemPackage

/// Publishes through `cvmfs_server`: its hooks, its gateway, its spool (docs/architecture.md, decision 17).
///
/// Layers wait in a folder on this machine until all of an image are complete and verified; one ingestion then
/// publishes them, and one transaction what belongs to them. Between the two, layers are visible that have no record yet.
package struct ServerPublisher: Publisher {
    private let repository: ServerRepository
    private let reader: any RevisionReader
    private let transactions: ServerTransactions
    private let workspace: FilePath
    private let lockTimeout: Duration
    private let logger: Logger

    /// A publisher that reads the repository in its storage on this machine, or, where that cannot be done, in the mount
    /// of `cvmfs_server`. `workspace` is a folder of Wafer's own on a disk with room for an image's files.
    package init(
        _ repository: ServerRepository,
        storage: Repository?,
        command: ServerCommand,
        workspace: FilePath,
        lockTimeout: Duration,
        timeouts: ServerTimeouts = ServerTimeouts(),
        logger: Logger
    ) {
        self.repository = repository
        reader = storage.map(StorageReader.init) ?? MountReader(repository)
        self.workspace = workspace
        self.lockTimeout = lockTimeout
        self.logger = logger
        transactions = ServerTransactions(
            repository: repository,
            command: command,
            workspace: workspace,
            lockTimeout: lockTimeout,
            timeouts: timeouts,
            logger: logger
        )
    }

    package var fqrn: String { repository.fqrn }

    /// What `cvmfs_server` says of itself and of the repository.
    package func inspect() async throws -> ServerInspection {
        try await ServerInspection(transactions.command, of: repository)
    }

    /// The newest revision, as far as this machine knows it.
    package func revision() async throws -> UInt64 {
        try await onDedicatedThread("read \(fqrn)") { try reader.revision() }
    }

    /// The transaction that Wafer notes as its own, for people; nil where it notes none.
    package func notedTransaction() throws -> String? {
        guard let mark = try TransactionMark.read(in: workspace) else { return nil }
        let lives = mark.process.lives() == true || mark.child?.lives() == true
        return "process \(mark.process.pid), \(mark.purpose)\(lives ? ", at work" : ", which has ended")"
    }

    package func contents(_ paths: [BytePath]) async throws -> [BytePath: [UInt8]] {
        try await onDedicatedThread("read \(fqrn)") { try reader.contents(paths) }
    }

    package func freeBytes() async throws -> Int64? {
        try await onDedicatedThread("free space") {
            try makeWorkspace()
            return try DiskSpace.free(at: workspace)
        }
    }

    package func withSession<Result: Sendable>(
        _ body: @Sendable (any PublishingSession) async throws -> Result
    ) async throws -> Result {
        let folder = workspace.appending("layers").appending(UUID().uuidString)
        let lock = try await onDedicatedThread("begin \(fqrn)") {
            try makeWorkspace()
            try SpoolCleaning.run(in: workspace.appending("layers"), logger: logger)
            return try SpoolCleaning.begin(folder)
        }
        try await recoverUnlessBusy()
        let session = ServerSession(
            repository: repository,
            reader: reader,
            transactions: transactions,
            workspace: workspace,
            folder: folder,
            lockTimeout: lockTimeout
        )
        defer {
            withExtendedLifetime(lock) {
                // The next session removes what stays.
                try? FileManager.default.removeItem(atPath: folder.string)
            }
        }
        return try await body(session)
    }

    /// Aborts what a process of ours left that is gone. One that lives has the turn and looks after itself.
    package func recoverUnlessBusy() async throws {
        let turn = try await onDedicatedThread("look for transactions") {
            try makeWorkspace()
            return try ServerTurn.attempt(in: workspace)
        }
        guard let turn else { return }
        try await transactions.recover()
        withExtendedLifetime(turn) {}
    }

    private func makeWorkspace() throws {
        for folder in [workspace, workspace.appending("layers")] {
            if mkdir(folder.string, 0o700) != 0 {
                guard errno == EEXIST else {
                    throw ConversionError("cannot make the folder \(folder): \(Errno(rawValue: errno))")
                }
                continue
            }
            // A native commit of the owner needs it as well.
            guard geteuid() == 0 else { continue }
            let owner = try repository.ownerIDs()
            guard chown(folder.string, owner.uid, owner.gid) == 0 else {
                throw ConversionError("cannot give \(folder) to \(repository.owner): \(Errno(rawValue: errno))")
            }
        }
    }
}
