import CVMFS
import Logging
import Plumbing

/// How a transaction is opened when nobody else has one.
extension ServerTransactions {
    /// Runs a subcommand that opens a transaction, once nobody has one. Returns the mark of that when it succeeded and all
    /// of it is noted. Otherwise it aborts what is open of ours, and throws why.
    func open(
        _ purpose: String,
        _ run: (TransactionMarkWriter) async throws -> ServerOutput
    ) async throws -> TransactionMark {
        let deadline = context.instant() + context.lockTimeout
        var attempts = 0
        while true {
            let writer = try await intend(purpose, until: deadline)
            let output: ServerOutput
            do {
                output = try await run(writer)
            } catch {
                // One that was started may be at work: then the next start looks after it.
                if await writer.finish().mark.child == nil { try await removeMark() }
                throw error
            }
            let (mark, unnoted) = await writer.finish()
            if Self.foundAnother(output) {
                try await removeMark()
                if let unnoted { throw unnoted }
                try await waitAgain(output, &attempts, until: deadline)
                continue
            }
            if output.isSuccess, unnoted == nil { return mark }
            let error = reason(output, unnoted)
            // A hook may have failed behind the opening.
            try await abort(mark, because: error)
            throw error
        }
    }

    private func reason(_ output: ServerOutput, _ unnoted: (any Error)?) -> any Error {
        guard let unnoted else { return output.end == .stopped ? CancellationError() : failure.error(output) }
        if output.isSuccess || output.end == .stopped { return unnoted }
        return StockServerError("\(failure.error(output)); and \(unnoted)")
    }

    /// Waits until nobody has a transaction and notes that one of ours comes.
    private func intend(
        _ purpose: String,
        until deadline: ContinuousClock.Instant
    ) async throws -> TransactionMarkWriter {
        let (workspace, spool) = (workspace, repository.spool)
        while true {
            try await waitWhileOpen(until: deadline)
            let mark = try await BlockingExecutor.shared.run { () -> TransactionMark? in
                let mark = TransactionMark(
                    process: .current,
                    purpose: purpose,
                    intended: try ServerSpool.clock(in: workspace)
                )
                try mark.write(in: workspace)
                if try spool.transaction() == nil { return mark }
                try TransactionMark.remove(in: workspace)
                return nil
            }
            if let mark { return TransactionMarkWriter(mark, workspace: workspace, spool: spool) }
        }
    }

    /// Somebody else was quicker. Their transaction may have ended already, or cannot be seen from here: a lease at a
    /// gateway can stand for hours, so that later attempts come less often.
    private func waitAgain(
        _ output: ServerOutput,
        _ attempts: inout Int,
        until deadline: ContinuousClock.Instant
    ) async throws {
        guard context.instant() < deadline else {
            throw CVMFSError(
                .busy,
                "\(failure.error(output)); somebody else is publishing: wait for it, or give more time with --lock-timeout"
            )
        }
        if attempts == 0 { logger.notice("waiting for somebody else who publishes on \(fqrn)") }
        let pause = min(Duration.milliseconds(200) * (1 << min(attempts, 5)), .seconds(5))
        attempts += 1
        try await Task.sleep(until: min(deadline, context.instant() + pause), clock: .continuous)
    }

    private func waitWhileOpen(until deadline: ContinuousClock.Instant) async throws {
        let (spool, fqrn) = (repository.spool, fqrn)
        var isTold = false
        while try await openTransaction() != nil {
            let holder = try await BlockingExecutor.shared.run { spool.holder(of: fqrn) }
            guard context.instant() < deadline else {
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
        !output.isSuccess
            && output.says(
                "another transaction is already open",
                "while in a transaction",
                "rollback a repository in a transaction",
                "is in a transaction and cannot be repaired",
                "currently publishing",
                "currently being published",
                "lease path busy"
            )
    }
}
