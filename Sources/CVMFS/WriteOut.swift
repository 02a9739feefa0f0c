import Foundation

/// Sends stored objects to the disk while other work goes on, so that the one sync before signing finds little left to
/// wait for. It makes nothing durable by itself.
final class WriteOut: Sendable {
    // Safe: every access holds `condition`'s lock.
    private nonisolated(unsafe) var state = State()
    private let condition = NSCondition()
    private let store: any ObjectStore

    private struct State {
        var isRunning = false
        var failure: (any Error)?
    }

    init(_ store: any ObjectStore) {
        self.store = store
    }

    /// Starts on a thread of its own, unless it is at it already.
    func start() {
        condition.lock()
        defer { condition.unlock() }
        if state.isRunning { return }
        state.isRunning = true
        let thread = Thread { [self] in run() }
        thread.name = "write out"
        thread.start()
    }

    /// Waits for what was started. Throws where the disk did not take it.
    func wait() throws {
        condition.lock()
        defer { condition.unlock() }
        while state.isRunning { condition.wait() }
        if let failure = state.failure { throw failure }
    }

    private func run() {
        let result = Result { try store.synchronize() }
        condition.lock()
        defer { condition.unlock() }
        if case .failure(let error) = result { state.failure = state.failure ?? error }
        state.isRunning = false
        condition.broadcast()
    }
}
