import CVMFS
import Foundation
package import Logging
package import Plumbing
package import SystemPackage

/// The transactions of one repository through `cvmfs_server`: opened when nobody has one, published or aborted, and
/// aborted only where it is certain that they are ours. Whoever calls it has the ``ServerTurn``.
package struct ServerTransactions: Sendable {
    package let repository: ServerRepository
    package let command: ServerCommand
    package let workspace: FilePath
    package let lockTimeout: Duration
    package let timeouts: ServerTimeouts
    package let logger: Logger

    /// `workspace` is where the mark of an open transaction lies; `lockTimeout` is how long others are waited for.
    package init(
        repository: ServerRepository,
        command: ServerCommand,
        workspace: FilePath,
        lockTimeout: Duration,
        timeouts: ServerTimeouts,
        logger: Logger
    ) {
        self.repository = repository
        self.command = command
        self.workspace = workspace
        self.lockTimeout = lockTimeout
        self.timeouts = timeouts
        self.logger = logger
    }

    private var failure: ServerFailure { ServerFailure(repository) }
    private var fqrn: String { repository.fqrn }

    /// What an ingestion prints when its transaction is open, and when it is no longer to be stopped.
    private static let openMarks = ["Using auto tag", "Swissknife Ingest"]
    private static let finalMarks = ["Tagging", "Flushing", "Signing", "Changes submitted"]

    /// Opens a transaction, edits it, and publishes it, or aborts it where something goes wrong. A wish to stop counts
    /// while it waits; the few seconds after that are used to come to an end.
    package func edit(purpose: String, message: String, _ body: () async throws -> Void) async throws {
        try await begin(purpose: purpose)
        do {
            try await body()
        } catch {
            try await abort(because: error)
            throw error
        }
        let output: ServerOutput
        do {
            output = try await command.run(
                ["publish", "-m", Self.word(message), fqrn],
                timeout: timeouts.publishing
            )
        } catch {
            try await abort(because: error)
            throw error
        }
        guard output.isSuccess else {
            let error = failure.error(output)
            // It may have failed behind the signature; then the transaction is closed, or the abort only remounts.
            try await abort(because: error)
            throw error
        }
        try TransactionMark.remove(in: workspace)
        try await refresh()
    }

    /// Ingests or deletes in a transaction that `cvmfs_server` opens and closes itself.
    package func ingest(_ arguments: [String], from archive: FilePath?, purpose: String) async throws {
        try await run(["ingest"] + arguments, from: archive, purpose: purpose, stopping: .until(Self.finalMarks))
    }

    /// Runs a subcommand that opens and closes a transaction itself. It reads `input`, or nothing.
    package func run(
        _ arguments: [String],
        from input: FilePath? = nil,
        purpose: String,
        stopping: ServerCommand.Stopping = .never
    ) async throws {
        let deadline = ContinuousClock.now + lockTimeout
        var attempts = 0
        while true {
            let keeper = try await intend(purpose, until: deadline)
            let output: ServerOutput
            do {
                output = try await command.run(
                    arguments + [fqrn],
                    input: input,
                    timeout: timeouts.publishing,
                    stopping: stopping,
                    listener: ServerCommand.Listener(started: keeper.noteChild) { line in
                        if Self.openMarks.contains(where: line.hasPrefix) { keeper.noteOwnTransaction() }
                    }
                )
            } catch {
                try TransactionMark.remove(in: workspace)
                throw error
            }
            if output.isSuccess {
                try TransactionMark.remove(in: workspace)
                return try await refresh()
            }
            if Self.foundAnother(output) {
                try await waitAgain(output, &attempts, until: deadline)
                continue
            }
            let error: any Error = output.end == .stopped ? CancellationError() : failure.error(output)
            try await abort(because: error)
            throw error
        }
    }

    private func begin(purpose: String) async throws {
        let deadline = ContinuousClock.now + lockTimeout
        var attempts = 0
        while true {
            let keeper = try await intend(purpose, until: deadline)
            let output: ServerOutput
            do {
                output = try await command.run(
                    ["transaction", fqrn],
                    timeout: timeouts.opening,
                    listener: ServerCommand.Listener(started: keeper.noteChild)
                )
            } catch {
                try TransactionMark.remove(in: workspace)
                throw error
            }
            if output.isSuccess {
                keeper.noteTransaction()
                if let error = keeper.error {
                    try await abort(because: error)
                    throw error
                }
                guard try repository.spool.transaction() != nil else {
                    try TransactionMark.remove(in: workspace)
                    throw StockServerError(
                        "cvmfs_server says that it opened a transaction on \(fqrn), and none is open"
                    )
                }
                return
            }
            if Self.foundAnother(output) {
                try await waitAgain(output, &attempts, until: deadline)
                continue
            }
            let error = failure.error(output)
            // A hook may have failed behind the opening.
            try await abort(because: error)
            throw error
        }
    }

    /// Waits until nobody has a transaction and notes that one of ours comes.
    private func intend(_ purpose: String, until deadline: ContinuousClock.Instant) async throws -> MarkKeeper {
        while true {
            try await waitWhileOpen(until: deadline)
            let mark = TransactionMark(
                process: .current,
                purpose: purpose,
                intended: try ServerSpool.clock(in: workspace)
            )
            try mark.write(in: workspace)
            if try repository.spool.transaction() == nil {
                return MarkKeeper(mark, workspace: workspace, spool: repository.spool)
            }
            try TransactionMark.remove(in: workspace)
        }
    }

    /// Somebody else was quicker. Their transaction may have ended already, or cannot be seen from here: a lease at a
    /// gateway can stand for hours, so that later attempts come less often.
    private func waitAgain(
        _ output: ServerOutput,
        _ attempts: inout Int,
        until deadline: ContinuousClock.Instant
    ) async throws {
        try TransactionMark.remove(in: workspace)
        guard ContinuousClock.now < deadline else {
            throw CVMFSError(
                .busy,
                "\(failure.error(output)); somebody else is publishing: wait for it, or give more time with --lock-timeout"
            )
        }
        if attempts == 0 { logger.notice("waiting for somebody else who publishes on \(fqrn)") }
        let pause = min(Duration.milliseconds(200) * (1 << min(attempts, 5)), .seconds(5))
        attempts += 1
        try await Task.sleep(until: min(deadline, .now + pause), clock: .continuous)
    }

    private func waitWhileOpen(until deadline: ContinuousClock.Instant) async throws {
        var isTold = false
        while try repository.spool.transaction() != nil {
            let holder = repository.spool.holder(of: fqrn)
            guard ContinuousClock.now < deadline else {
                throw CVMFSError(
                    .busy,
                    "\(holder): it is not Wafer's to end, and \(fqrn) was not published; wait for it, or give more time "
                        + "with --lock-timeout"
                )
            }
            if !isTold { logger.notice("waiting: \(holder)") }
            isTold = true
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    private static func foundAnother(_ output: ServerOutput) -> Bool {
        output.says(
            "another transaction is already open",
            "while in a transaction",
            "rollback a repository in a transaction",
            "is in a transaction and cannot be repaired",
            "currently publishing",
            "currently being published",
            "lease path busy"
        )
    }

    /// Behind a gateway the mount stays at the revision that the last transaction began with, until somebody asks: what
    /// was published, here or elsewhere, is seen only then. While somebody's transaction is open it must stay.
    private func refresh() async throws {
        guard repository.isBehindGateway, try repository.spool.transaction() == nil else { return }
        let output = try await command.run(["mount", fqrn], timeout: timeouts.opening, level: .debug)
        guard output.isSuccess else { throw failure.error(output) }
    }

    /// Runs `body` when it is this process's turn and nothing of ours is left open.
    package func withTurn<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        let cancellation = Cancellation()
        let (workspace, lockTimeout) = (workspace, lockTimeout)
        let turn = try await withTaskCancellationHandler {
            try await onDedicatedThread("wait for \(fqrn)") {
                try ServerTurn.acquire(
                    in: workspace,
                    WriteContext(lockTimeout: lockTimeout, checkCancelled: cancellation.check)
                )
            }
        } onCancel: {
            cancellation.cancel()
        }
        defer { turn.end() }
        return try await ServerWork.during {
            try await recover()
            try await refresh()
            return try await body()
        }
    }

    /// Aborts the transaction of the mark if it is ours for certain, and says so where it is not.
    private func abort(because reason: any Error) async throws {
        guard let mark = try TransactionMark.read(in: workspace) else { return }
        do {
            try await settle(mark)
        } catch {
            throw StockServerError("\(reason); and then: \(error)")
        }
    }

    /// Finds what a process of ours left that is gone, and aborts it.
    package func recover() async throws {
        guard let mark = try TransactionMark.read(in: workspace) else { return }
        let deadline = ContinuousClock.now + lockTimeout
        if mark.isAtWork { logger.notice("waiting for the cvmfs_server that an earlier run of Wafer started") }
        while mark.isAtWork, let child = mark.child {
            guard ContinuousClock.now < deadline else {
                throw CVMFSError(
                    .busy,
                    "cvmfs_server (process \(child.pid)), started by a process of Wafer that has ended, is still at work on "
                        + "\(fqrn) (\(mark.purpose)): wait for it"
                )
            }
            try await Task.sleep(for: .milliseconds(200))
        }
        if try await settle(mark) {
            logger.notice(
                "aborted a transaction on \(fqrn) that Wafer (process \(mark.process.pid)) had left open: \(mark.purpose)"
            )
        }
    }

    /// Aborts the transaction of a mark, if it is still open and ours. Returns whether it was.
    @discardableResult
    private func settle(_ mark: TransactionMark) async throws -> Bool {
        guard let open = try repository.spool.transaction() else {
            try TransactionMark.remove(in: workspace)
            return false
        }
        guard isOurs(open, mark) else {
            logger.notice("the transaction open on \(fqrn) is not certainly Wafer's and is left alone")
            try TransactionMark.remove(in: workspace)
            return false
        }
        let output = try await command.run(["abort", "-f", fqrn], timeout: timeouts.aborting)
        if output.isSuccess || output.says("is not in a transaction") {
            try TransactionMark.remove(in: workspace)
            return true
        }
        // The mark stays: the next start tries again.
        throw StockServerError(
            "\(failure.error(output)); a transaction of Wafer is still open: `cvmfs_server abort \(fqrn)` ends it"
        )
    }

    /// One that is noted is known. Otherwise our process ended while it was being opened: it is taken for ours if it was
    /// opened after that began, and nobody loses anything by its end.
    private func isOurs(_ open: ServerSpool.OpenTransaction, _ mark: TransactionMark) -> Bool {
        if let noted = mark.transaction { return noted == open }
        return open.opened >= mark.intended && repository.spool.isUnedited
    }

    /// `cvmfs_server` pastes the message into a line that a shell runs: only what has no meaning for one is left in it.
    package static func word(_ text: String) -> String {
        let plain = text.unicodeScalars.map { scalar -> Character in
            let isPlain =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "._:@/+=-".unicodeScalars.contains(scalar))
            return isPlain ? Character(scalar) : "_"
        }
        let word = String(plain.prefix(200))
        return word.hasPrefix("-") || word.isEmpty ? "_" + word : word
    }
}

extension ServerTransactions {
    /// Unpacks an archive of small files in the open transaction, as the repository's owner.
    package func unpack(_ archive: FilePath) async throws {
        let output = try await command.runOther(
            ["tar", "-x", "-p", "-f", "-", "-C", repository.mount.string, "--no-overwrite-dir"],
            input: archive,
            timeout: timeouts.opening
        )
        guard output.isSuccess else { throw ServerFailure(repository).error(output) }
    }

    /// Removes small files in the open transaction, as the repository's owner, with the directories that they leave empty.
    package func unlink(_ paths: [BytePath]) async throws {
        if paths.isEmpty { return }
        let files = paths.map { repository.mount.string + String(decoding: $0.absoluteBytes, as: UTF8.self) }
        let output = try await command.runOther(["rm", "-f", "--"] + files, timeout: timeouts.opening)
        guard output.isSuccess else { throw ServerFailure(repository).error(output) }
        let folders = Set(files.map { FilePath($0).removingLastComponent().string }).sorted()
        // What has other entries stays: that is no failure.
        _ = try await command.runOther(
            ["rmdir", "--ignore-fail-on-non-empty", "--"] + folders,
            timeout: timeouts.opening
        )
    }
}
