import Conversion
import Dispatch
import Glibc
import Logging
import UnixSignals

/// SIGINT and SIGTERM: the first asks the work to stop, the second ends the process at once.
///
/// Only where `cvmfs_server` has a transaction of ours open, that one is published or aborted before: nothing but SIGKILL
/// leaves a repository in a transaction.
enum Interruption {
    /// Runs `body` and cancels it at the first signal. `stopping` is called then.
    static func cancelling<Value: Sendable>(
        _ logger: Logger,
        stopping: @escaping @Sendable () -> Void = {},
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let work = Task { try await body() }
        let watch = Task {
            var isStopping = false
            for await number in signals {
                if isStopping {
                    if ServerWork.isRunning {
                        logger.notice("a transaction of cvmfs_server is open: it is published or aborted first")
                    }
                    whenAllowed {
                        restoreDefaults()
                        // Not raise(3): Dispatch's threads keep signals from themselves.
                        kill(getpid(), number.rawValue)
                    }
                    continue
                }
                isStopping = true
                // Whatever the program is waiting for, the kernel ends it: a repository that Wafer writes itself is
                // sound at every moment.
                if !ServerWork.isPossible { restoreDefaults() }
                stopping()
                work.cancel()
            }
        }
        defer { watch.cancel() }
        return try await work.value
    }

    /// Calls `end` at once, or when no transaction is open any more.
    static func whenAllowed(_ end: @escaping @Sendable () -> Void) {
        if !ServerWork.isRunning { return end() }
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.2) { whenAllowed(end) }
    }

    private static func restoreDefaults() {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_DFL)
        }
    }
}
