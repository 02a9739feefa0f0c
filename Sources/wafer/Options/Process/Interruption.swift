import Conversion
import Glibc
import Logging
import StockServer
import Terminal

/// SIGINT and SIGTERM: the first asks the work to stop, the second ends the process at once.
///
/// Only where `cvmfs_server` has a transaction of ours open, that one is published or aborted before: nothing but SIGKILL
/// leaves a repository in a transaction.
enum Interruption {
    /// How long work may take to stop: whatever hangs, at every moment a repository that Wafer writes itself is sound.
    private static let grace = Duration.seconds(8)
    /// How often is looked whether a transaction is still open.
    private static let interval = Duration.milliseconds(200)

    /// Runs `body`, which does `server` among other things, and cancels it at the first signal. `stopping` is called then.
    ///
    /// Where it does not stop within `grace`, the process ends as `overdue` does it, by the signal itself if that is nil.
    /// Throws `ThreadError` where the system starts no thread to wait for signals.
    static func cancelling<Value: Sendable>(
        _ logger: Logger,
        _ server: ServerWork,
        stopping: @escaping @Sendable () -> Void = {},
        grace: Duration = grace,
        overdue: (@Sendable () -> Void)? = nil,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let work = Task { try await body() }
        let signals: SignalThread
        do {
            // Not a task's or Dispatch's business: in a process that gets no more threads neither would hear of a signal.
            signals = try SignalThread([SIGINT, SIGTERM]) { signals in
                guard let first = signals.next() else { return }
                // Whatever the program is waiting for, the kernel ends it at the second one.
                if !server.isPossible { restoreDefaults() }
                stopping()
                work.cancel()
                var end: (@Sendable () -> Void)?
                let deadline = ContinuousClock.now + grace
                while !signals.isOver {
                    if let number = signals.next(within: interval) {
                        if server.isRunning {
                            logger.notice("a transaction of cvmfs_server is open: it is published or aborted first")
                        }
                        end = { raise(number) }
                    }
                    if end == nil, ContinuousClock.now >= deadline { end = overdue ?? { raise(first) } }
                    if let end, !server.isRunning { end() }
                }
            }
        } catch {
            work.cancel()
            throw error
        }
        defer {
            restoreDefaults()
            signals.end()
        }
        return try await work.value
    }

    /// Ends the process by a signal. Not raise(3): a thread may keep signals from itself.
    private static func raise(_ number: Int32) {
        restoreDefaults()
        Screen.standardError.flush(within: .seconds(1))
        kill(getpid(), number)
    }

    private static func restoreDefaults() {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_DFL)
        }
    }
}
