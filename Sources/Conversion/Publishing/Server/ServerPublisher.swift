package import CVMFS
import Foundation
import Glibc
package import Logging
package import Plumbing
package import State
package import StockServer
import SystemPackage

/// Publishes through `cvmfs_server`: its hooks, its gateway, its spool
/// (docs/decisions/017-cvmfs-server-is-not-trusted.md).
///
/// Layers wait in a folder on this machine until all of an image are complete and verified; one ingestion then
/// publishes them, and one transaction what belongs to them. Between the two, layers are visible that have no record yet.
package struct ServerPublisher: Publisher {
    let repository: ServerRepository
    let reader: any RevisionReader
    let transactions: ServerTransactions
    package var trees = TreeSettings()
    package var adoption: RepositoryAdoption?
    /// The most bytes that its objects may take; nil for any number.
    package var quota: Int64?
    /// `cvmfs_server ingest` drops them.
    package var keepsAttributes: Bool { false }
    /// The repository in its storage on this machine, to read it; nil where that cannot be done.
    let storage: RepositoryReader?
    /// The same at its web server, where it has one.
    private let web: RepositoryReader?
    let workspace: FilePath
    private let logger: Logger

    /// Where the repository can be read beside the mount of `cvmfs_server`.
    package struct Views: Sendable {
        /// In its storage on this machine; nil where that cannot be done.
        package var storage: RepositoryReader?
        /// At its web server; nil where it has none.
        package var web: RepositoryReader?

        /// Takes the parts.
        package init(storage: RepositoryReader?, web: RepositoryReader? = nil) {
            self.storage = storage
            self.web = web
        }
    }

    /// A publisher that reads the repository in its storage on this machine, or, where that cannot be done, in the mount
    /// of `cvmfs_server` and at its web server.
    package init(
        _ repository: ServerRepository,
        views: Views,
        access: ServerAccess,
        context: WriteContext,
        timeouts: ServerTimeouts = ServerTimeouts(),
        logger: Logger
    ) {
        access.command.work.expect()
        self.repository = repository
        reader =
            views.storage.map(StorageReader.init)
            ?? ServerReader(mount: MountReader(repository), web: views.web.map(StorageReader.init))
        storage = views.storage
        web = views.web
        workspace = access.workspace
        self.logger = logger
        transactions = ServerTransactions(
            repository: repository,
            command: access.command,
            workspace: access.workspace,
            context: context,
            timeouts: timeouts,
            logger: logger
        )
    }

    package var fqrn: String { repository.fqrn }

    /// The repository, to read more than a mount shows; nil where neither storage nor web server are known.
    package var readable: RepositoryReader? { storage ?? web }

    /// A transaction keeps everybody else out, so it must not wait until there is something to publish.
    package func recover() async throws {
        let workspace = workspace
        let isLeft = try await BlockingExecutor.shared.run {
            try TransactionMark.read(in: workspace).map { $0.process.lives() == false } ?? false
        }
        if isLeft { try await transactions.withWriterLock {} }
    }

    /// What `cvmfs_server` says of itself and of the repository.
    package func inspect() async throws -> ServerInspection {
        try await ServerInspection(transactions.command, of: repository)
    }

    /// The newest revision, as far as this machine knows it.
    package func revision() async throws -> UInt64 {
        try await onDedicatedThread("read \(fqrn)") { try reader.revision() }
    }

    /// The transaction that Wafer notes as its own, for people; nil where it notes none.
    package func notedTransaction() async throws -> String? {
        let workspace = workspace
        return try await BlockingExecutor.shared.run {
            guard let mark = try TransactionMark.read(in: workspace) else { return nil }
            let lives = mark.process.lives() == true || mark.isAtWork
            return "process \(mark.process.pid), \(mark.purpose)\(lives ? ", at work" : ", which has ended")"
        }
    }

    package func contents(_ paths: [BytePath]) async throws -> [BytePath: [UInt8]] {
        try await onDedicatedThread("read \(fqrn)") {
            try PodmanStore.contents(paths, reading: reader.contents, exists: reader.exists)
        }
    }

    package func membership() async throws -> String? {
        guard let readable else { return nil }
        return try await onDedicatedThread("read \(fqrn)") { try readable.membership() }
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
            try SpoolCleaning.run(in: workspace.appending("layers"), now: transactions.context.now, logger: logger)
            return try SpoolCleaning.begin(folder)
        }
        return try await BlockingExecutor.shared.run {
            try await recoverUnlessBusy()
            let session = ServerSession(
                repository: repository,
                reader: reader,
                transactions: transactions,
                folder: folder
            )
            return try await body(session)
        } finally: {
            withExtendedLifetime(lock) {
                // The next session removes what stays.
                try? FileManager.default.removeItem(atPath: folder.string)
            }
        }
    }

    /// Aborts what a process of ours left that is gone. One that lives has the lock and looks after itself.
    package func recoverUnlessBusy() async throws {
        let lock = try await onDedicatedThread("look for transactions") {
            try makeWorkspace()
            return try WriterLock.attempt(in: workspace)
        }
        guard let lock else { return }
        try await BlockingExecutor.shared.run {
            try await transactions.recover()
        } finally: {
            lock.release()
        }
    }

    /// Runs `body` when this process has the ``WriterLock``, with nothing of ours left open.
    func withWriterLock<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        try await onDedicatedThread("begin \(fqrn)") { try makeWorkspace() }
        return try await transactions.withWriterLock(body)
    }

    /// Reads the newest revision.
    func read<Value: Sendable>(_ body: @escaping @Sendable (any RevisionReader) throws -> Value) async throws -> Value {
        let reader = reader
        return try await onDedicatedThread("read \(fqrn)") { try body(reader) }
    }

    /// A new file in the workspace that the repository's owner may read, for as long as `body` runs.
    func withFile<Result: Sendable>(_ bytes: [UInt8], _ body: (FilePath) async throws -> Result) async throws -> Result
    {
        let file = workspace.appending("input-\(UUID().uuidString)")
        return try await BlockingExecutor.shared.run {
            try await onDedicatedThread("write \(file)") {
                var spool = try SpoolFile(file)
                try bytes.withUnsafeBytes { try spool.write($0) }
                try spool.finish()
                guard chmod(file.string, 0o644) == 0 else {
                    throw ConversionError("cannot let the owner read \(file): \(Errno(rawValue: errno))")
                }
            }
            return try await body(file)
        } finally: {
            // It is in nobody's way.
            try? FileManager.default.removeItem(atPath: file.string)
        }
    }

    func makeWorkspace() throws {
        for folder in [workspace, workspace.appending("layers")] {
            if mkdir(folder.string, 0o700) != 0 {
                guard errno == EEXIST else {
                    throw ConversionError("cannot make the folder \(folder): \(Errno(rawValue: errno))")
                }
                // The mark of a transaction in it is believed.
                _ = try PrivateFolder.open(folder, owner: geteuid() == 0 ? try repository.ownerIDs().uid : nil)
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
