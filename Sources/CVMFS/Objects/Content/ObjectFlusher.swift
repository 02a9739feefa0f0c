import Foundation
import Plumbing

/// Sends stored objects to the disk and then into the content index while other work goes on, so that the sync before
/// signing finds little left to wait for.
final class ObjectFlusher: Sendable {
    // Safe: every access holds `condition`'s lock.
    private nonisolated(unsafe) var state = State()
    private let condition = NSCondition()
    private let staging: any ObjectStaging
    private let index: ContentIndex
    /// About a second's work: more often would cost more than it gains.
    private static let bytesBetween = 64 << 20
    /// What an object counts at least, a block of a disk: the index keeps a note of each in memory until then.
    private static let leastBytes = 4 << 10

    private struct State {
        var isRunning = false
        /// Bytes stored since the last start.
        var waiting = 0
        var failure: (any Error)?
    }

    init(_ staging: any ObjectStaging, _ index: ContentIndex) {
        self.staging = staging
        self.index = index
    }

    /// Counts bytes that were stored, and starts where they are many.
    func note(stored bytes: Int) {
        condition.lock()
        defer { condition.unlock() }
        state.waiting += max(bytes, Self.leastBytes)
        if state.waiting >= Self.bytesBetween { startUnlessRunning() }
    }

    /// Starts on a thread of its own, unless it is at it already.
    func start() {
        condition.lock()
        defer { condition.unlock() }
        startUnlessRunning()
    }

    /// With the lock held.
    private func startUnlessRunning() {
        if state.isRunning { return }
        // Without a thread there is more to do for who finishes, and nothing is lost.
        do { try StartedThread.start("flush objects") { [self] in run() } } catch { return }
        state.isRunning = true
        state.waiting = 0
    }

    /// Makes durable what is left; nothing is where that is known. Throws where the disk did not take this or what was
    /// started before. Blocks.
    func finish(isDurable: Bool) throws {
        try wait()
        try index.flush { if !isDurable { try staging.synchronize() } }
    }

    /// Waits for what was started. Throws where the disk did not take it.
    func wait() throws {
        condition.lock()
        defer { condition.unlock() }
        while state.isRunning { condition.wait() }
        if let failure = state.failure { throw failure }
    }

    private func run() {
        let result = Result { try index.flush(after: staging.synchronize) }
        condition.lock()
        defer { condition.unlock() }
        if case .failure(let error) = result { state.failure = state.failure ?? error }
        state.isRunning = false
        condition.broadcast()
    }
}
