import CVMFS
import Logging
import Plumbing

/// How a transaction of ours ends that is not published.
extension ServerTransactions {
    /// The transaction that is open, anybody's.
    func openTransaction() async throws -> ServerSpool.OpenTransaction? {
        let spool = repository.spool
        return try await BlockingExecutor.shared.run { try spool.transaction() }
    }

    /// Takes the mark away: nothing of ours is open any more.
    func removeMark() async throws {
        let workspace = workspace
        try await BlockingExecutor.shared.run { try TransactionMark.remove(in: workspace) }
    }

    /// Aborts the transaction of a mark of ours if it is that for certain, and says so where it is not.
    func abort(_ mark: TransactionMark, because reason: any Error) async throws {
        do {
            try await settle(mark)
        } catch {
            throw StockServerError("\(reason); and then: \(error)")
        }
    }

    /// Finds what a process of ours left that is gone, and aborts it.
    package func recover() async throws {
        let workspace = workspace
        guard let mark = try await BlockingExecutor.shared.run({ try TransactionMark.read(in: workspace) }) else {
            return
        }
        try await waitWhileAtWork(mark)
        if try await settle(mark) {
            logger.notice(
                "aborted a transaction on \(fqrn) that Wafer (process \(mark.process.pid)) had left open: \(mark.purpose)"
            )
        }
    }

    private func waitWhileAtWork(_ mark: TransactionMark) async throws {
        let deadline = context.instant() + context.lockTimeout
        var isTold = false
        while let child = mark.child, try await BlockingExecutor.shared.run({ mark.isAtWork }) {
            if !isTold { logger.notice("waiting for the cvmfs_server that an earlier run of Wafer started") }
            isTold = true
            guard context.instant() < deadline else {
                throw CVMFSError(
                    .busy,
                    "cvmfs_server (process \(child.pid)), started by a process of Wafer that has ended, is still at work on "
                        + "\(fqrn) (\(mark.purpose)): wait for it"
                )
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Aborts the transaction of a mark, if it is still open and ours. Returns whether it was.
    @discardableResult
    private func settle(_ mark: TransactionMark) async throws -> Bool {
        guard let open = try await openTransaction() else {
            try await removeMark()
            return false
        }
        guard try await isOurs(open, mark) else {
            logger.notice("the transaction open on \(fqrn) is not certainly Wafer's and is left alone")
            try await removeMark()
            return false
        }
        let output = try await command.run(["abort", "-f", fqrn], timeout: timeouts.aborting)
        if output.isSuccess || output.says("is not in a transaction") {
            try await removeMark()
            return true
        }
        // The mark stays: the next start tries again.
        throw StockServerError(
            "\(failure.error(output)); a transaction of Wafer is still open: `cvmfs_server abort \(fqrn)` ends it"
        )
    }

    /// One that is noted is known. Otherwise our process ended while it was being opened: it is taken for ours if it was
    /// opened after that began, and nobody loses anything by its end.
    private func isOurs(_ open: ServerSpool.OpenTransaction, _ mark: TransactionMark) async throws -> Bool {
        if let noted = mark.transaction { return noted == open }
        guard open.opened >= mark.intended else { return false }
        let spool = repository.spool
        return try await BlockingExecutor.shared.run { spool.isUnedited }
    }
}
