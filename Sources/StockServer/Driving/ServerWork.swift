import Synchronization

/// What is done through `cvmfs_server` and a signal must not cut off: a process that ends with a transaction open leaves
/// the repository in it. Whoever opens publishers has one, and hands it to them and to who hears of signals.
package final class ServerWork: Sendable {
    private struct State {
        var isPossible = false
        var running = 0
    }

    private let state = Mutex(State())

    /// Nothing yet.
    package init() {}

    /// Whether something may be begun at any time: a publisher exists.
    package var isPossible: Bool { state.withLock { $0.isPossible } }

    /// Whether a transaction is open, or is about to be opened or ended.
    package var isRunning: Bool { state.withLock { $0.running > 0 } }

    /// Notes that a publisher exists.
    package func expect() {
        state.withLock { $0.isPossible = true }
    }

    /// Runs `body`, during which transactions are open. Throws what it throws.
    package func during<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        state.withLock { $0.running += 1 }
        defer { state.withLock { $0.running -= 1 } }
        return try await body()
    }
}
