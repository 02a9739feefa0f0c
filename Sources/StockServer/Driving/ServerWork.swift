import Synchronization

/// What this process does through `cvmfs_server` and a signal must not cut off: a process that ends with a transaction
/// open leaves the repository in it. One for the process, as signals are.
package enum ServerWork {
    private struct State {
        var isPossible = false
        var running = 0
    }

    private static let state = Mutex(State())

    /// Whether something may be begun at any time: a publisher exists.
    package static var isPossible: Bool { state.withLock { $0.isPossible } }

    /// Whether a transaction is open, or is about to be opened or ended.
    package static var isRunning: Bool { state.withLock { $0.running > 0 } }

    /// Notes that a publisher exists.
    package static func expect() {
        state.withLock { $0.isPossible = true }
    }

    /// Runs `body`, during which transactions are open.
    package static func during<Result: Sendable>(_ body: () async throws -> Result) async throws -> Result {
        state.withLock { $0.running += 1 }
        defer { state.withLock { $0.running -= 1 } }
        return try await body()
    }
}
