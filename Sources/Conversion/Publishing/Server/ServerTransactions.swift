import CVMFS
import Foundation
import Logging
import Plumbing
import State
import SystemPackage

/// The transactions of one repository through `cvmfs_server`: opened when nobody has one, published or aborted, and
/// aborted only where it is certain that they are ours. Whoever calls it has the ``CVMFS/ServerTurn``.
struct ServerTransactions: Sendable {
    let repository: ServerRepository
    let command: ServerCommand
    let workspace: FilePath
    let lockTimeout: Duration
    let timeouts: ServerTimeouts
    let logger: Logger

    private var failure: ServerFailure { ServerFailure(repository) }
    private var fqrn: String { repository.fqrn }

    /// What an ingestion prints when its transaction is open, and when it is no longer to be stopped.
    private static let openMarks = ["Using auto tag", "Swissknife Ingest"]
    private static let finalMarks = ["Tagging", "Flushing", "Signing", "Changes submitted"]

    /// Opens a transaction, edits it, and publishes it, or aborts it where something goes wrong. A wish to stop counts
    /// while it waits; the few seconds after that are used to come to an end.
    func edit(purpose: String, message: String, _ body: () async throws -> Void) async throws {
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
    }

    /// Ingests or deletes in a transaction that `cvmfs_server` opens and closes itself.
    func ingest(_ arguments: [String], from archive: FilePath?, purpose: String) async throws {
        while true {
            let keeper = try await intend(purpose)
            let output: ServerOutput
            do {
                output = try await command.run(
                    ["ingest"] + arguments + [fqrn],
                    input: archive,
                    timeout: timeouts.publishing,
                    stopping: .until(Self.finalMarks),
                    started: keeper.noteChild
                ) { line in
                    if Self.openMarks.contains(where: line.hasPrefix) { keeper.noteOwnTransaction() }
                }
            } catch {
                try TransactionMark.remove(in: workspace)
                throw error
            }
            if output.isSuccess { return try TransactionMark.remove(in: workspace) }
            if Self.foundAnother(output) {
                try TransactionMark.remove(in: workspace)
                try await waitWhileOpen()
                continue
            }
            let error: any Error = output.end == .stopped ? CancellationError() : failure.error(output)
            try await abort(because: error)
            throw error
        }
    }

    private func begin(purpose: String) async throws {
        while true {
            let keeper = try await intend(purpose)
            let output: ServerOutput
            do {
                output = try await command.run(
                    ["transaction", fqrn],
                    timeout: timeouts.opening,
                    started: keeper.noteChild
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
                    throw ConversionError("cvmfs_server says that it opened a transaction on \(fqrn), and none is open")
                }
                return
            }
            if Self.foundAnother(output) {
                try TransactionMark.remove(in: workspace)
                try await waitWhileOpen()
                continue
            }
            let error = failure.error(output)
            // A hook may have failed behind the opening.
            try await abort(because: error)
            throw error
        }
    }

    /// Waits until nobody has a transaction and notes that one of ours comes.
    private func intend(_ purpose: String) async throws -> MarkKeeper {
        while true {
            try await waitWhileOpen()
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

    private func waitWhileOpen() async throws {
        let deadline = ContinuousClock.now + lockTimeout
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
        output.says("another transaction is already open")
    }

    /// Aborts the transaction of the mark if it is ours for certain, and says so where it is not.
    private func abort(because reason: any Error) async throws {
        guard let mark = try TransactionMark.read(in: workspace) else { return }
        do {
            try await settle(mark)
        } catch {
            throw ConversionError("\(reason); and then: \(error)")
        }
    }

    /// Finds what a process of ours left that is gone, and aborts it.
    func recover() async throws {
        guard let mark = try TransactionMark.read(in: workspace) else { return }
        let deadline = ContinuousClock.now + lockTimeout
        while let child = mark.child, child.lives() == true {
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
        throw ConversionError(
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
    static func word(_ text: String) -> String {
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
    func unpack(_ archive: FilePath) async throws {
        let output = try await command.runOther(
            ["tar", "-x", "-f", "-", "-C", repository.mount.string, "--no-overwrite-dir"],
            input: archive,
            timeout: timeouts.opening
        )
        guard output.isSuccess else { throw ServerFailure(repository).error(output) }
    }
}
