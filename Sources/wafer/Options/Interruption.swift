import Glibc
import UnixSignals

/// SIGINT and SIGTERM: the first asks the work to stop, the second ends the process at once.
enum Interruption {
    /// Runs `body` and cancels it at the first signal. `stopping` is called then.
    ///
    /// After the first signal both have their default effect again: whatever the program is waiting for, the kernel ends
    /// it. A repository is sound at every moment.
    static func cancelling<Value: Sendable>(
        stopping: @escaping @Sendable () -> Void = {},
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let work = Task { try await body() }
        let watch = Task {
            for await _ in signals {
                restoreDefaults()
                stopping()
                work.cancel()
                return
            }
        }
        defer { watch.cancel() }
        return try await work.value
    }

    private static func restoreDefaults() {
        for number in [SIGINT, SIGTERM] {
            signal(number, SIG_DFL)
        }
    }
}
