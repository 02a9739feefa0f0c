package import CVMFS
import Foundation
package import Logging
package import Plumbing
package import SystemPackage

/// The transactions of one repository through `cvmfs_server`: opened when nobody has one, published or aborted, and
/// aborted only where it is certain that they are ours. Whoever calls it has the ``WriterLock``.
package struct ServerTransactions: Sendable {
    package let repository: ServerRepository
    package let command: ServerCommand
    package let workspace: FilePath
    package let context: WriteContext
    package let timeouts: ServerTimeouts
    package let logger: Logger

    /// `workspace` is where the mark of an open transaction lies; `context` says how long others are waited for.
    package init(
        repository: ServerRepository,
        command: ServerCommand,
        workspace: FilePath,
        context: WriteContext,
        timeouts: ServerTimeouts,
        logger: Logger
    ) {
        self.repository = repository
        self.command = command
        self.workspace = workspace
        self.context = context
        self.timeouts = timeouts
        self.logger = logger
    }

    var failure: ServerFailure { ServerFailure(repository) }
    var fqrn: String { repository.fqrn }

    /// What an ingestion prints when its transaction is open, and when it is no longer to be stopped.
    private static let openMarks = ["Using auto tag", "Swissknife Ingest"]
    private static let finalMarks = ["Tagging", "Flushing", "Signing", "Changes submitted"]

    /// Opens a transaction, edits it, and publishes it, or aborts it where something goes wrong. A wish to stop counts
    /// while it waits; the few seconds after that are used to come to an end.
    package func edit(purpose: String, message: String, _ body: () async throws -> Void) async throws {
        let mark = try await begin(purpose: purpose)
        do {
            try await body()
            let output = try await command.run(
                ["publish", "-m", Self.word(message), fqrn],
                timeout: timeouts.publishing
            )
            // It may have failed behind the signature; then the transaction is closed, or the abort only remounts.
            guard output.isSuccess else { throw failure.error(output) }
        } catch {
            try await abort(mark, because: error)
            throw error
        }
        try await removeMark()
        try await refresh()
    }

    /// Ingests or deletes in a transaction that `cvmfs_server` opens and closes itself.
    package func ingest(_ arguments: [String], from archive: FilePath?, purpose: String) async throws {
        try await run(["ingest"] + arguments, from: archive, purpose: purpose, stopping: .until(Self.finalMarks))
    }

    /// Runs a subcommand that opens and closes a transaction itself. It reads `input`, or nothing.
    ///
    /// Throws also where it succeeded and something could not be noted of its transaction.
    package func run(
        _ arguments: [String],
        from input: FilePath? = nil,
        purpose: String,
        stopping: ServerCommand.Stopping = .never
    ) async throws {
        _ = try await open(purpose) { writer in
            try await command.run(
                arguments + [fqrn],
                input: input,
                timeout: timeouts.publishing,
                stopping: stopping,
                listener: ServerCommand.Listener(
                    started: writer.noteChild,
                    said: { line in
                        if Self.openMarks.contains(where: line.hasPrefix) { writer.noteOwnTransaction() }
                    },
                    hasFailed: { writer.hasFailed }
                )
            )
        }
        try await removeMark()
        try await refresh()
    }

    /// Opens a transaction that stays open. Returns its mark, which is on the disk.
    private func begin(purpose: String) async throws -> TransactionMark {
        let mark = try await open(purpose) { writer in
            let output = try await command.run(
                ["transaction", fqrn],
                timeout: timeouts.opening,
                listener: ServerCommand.Listener(started: writer.noteChild)
            )
            if output.isSuccess { await writer.noteTransaction() }
            return output
        }
        guard mark.transaction != nil else {
            try await removeMark()
            throw StockServerError("cvmfs_server says that it opened a transaction on \(fqrn), and none is open")
        }
        return mark
    }

    /// Behind a gateway the mount stays at the revision that the last transaction began with, until somebody asks: what
    /// was published, here or elsewhere, is seen only then. While somebody's transaction is open it must stay.
    private func refresh() async throws {
        guard repository.isBehindGateway, try await openTransaction() == nil else { return }
        let output = try await command.run(["mount", fqrn], timeout: timeouts.opening, level: .debug)
        guard output.isSuccess else { throw failure.error(output) }
    }

    /// Runs `body` when this process has the ``WriterLock`` and nothing of ours is left open.
    package func withWriterLock<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        let cancellation = Cancellation()
        let (workspace, context) = (workspace, context)
        let lock = try await withTaskCancellationHandler {
            try await onDedicatedThread("wait for \(fqrn)") {
                try WriterLock.acquire(in: workspace, context.stopped(by: cancellation.check))
            }
        } onCancel: {
            cancellation.cancel()
        }
        return try await BlockingExecutor.shared.run {
            try await command.work.during {
                try await recover()
                try await refresh()
                return try await body()
            }
        } finally: {
            lock.release()
        }
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

    /// Removes small files, and folders of them, in the open transaction, as the repository's owner.
    package func unlink(_ paths: [BytePath]) async throws {
        if paths.isEmpty { return }
        let files = paths.map { repository.mount.string + String(decoding: $0.absoluteBytes, as: UTF8.self) }
        let output = try await command.runOther(["rm", "-r", "-f", "--"] + files, timeout: timeouts.opening)
        guard output.isSuccess else { throw ServerFailure(repository).error(output) }
    }
}
