import Foundation

/// The files of one layer on their way through the workers: several layers share those, and each waits for its own.
package final class ContentBatch: Sendable {
    // Safe: every access holds `condition`'s lock.
    private nonisolated(unsafe) var state = State()
    private let condition = NSCondition()

    private struct State {
        var outstanding = 0
        var failure: (any Error)?
        var statistics = ContentStatistics()
    }

    /// An empty batch.
    package init() {}

    /// Waits until every piece handed over so far is stored. Throws the first failure. Blocks.
    package func wait() throws {
        condition.lock()
        defer { condition.unlock() }
        while state.outstanding > 0 { condition.wait() }
        if let failure = state.failure { throw failure }
    }

    /// What was stored so far.
    package var statistics: ContentStatistics {
        condition.lock()
        defer { condition.unlock() }
        return state.statistics
    }

    /// Counts a piece that is about to be handed over. Throws where another one failed: the rest is in vain.
    func begin() throws {
        condition.lock()
        defer { condition.unlock() }
        if let failure = state.failure { throw failure }
        state.outstanding += 1
    }

    /// A piece whose object is there, in bytes.
    struct Piece {
        let plain: Int
        let stored: Int
        /// Whether the object was not there before.
        let isNew: Bool
    }

    func end(_ outcome: Result<Piece, any Error>) {
        condition.lock()
        defer { condition.unlock() }
        switch outcome {
        case .success(let piece):
            state.statistics.count(plain: piece.plain, stored: piece.stored, isNew: piece.isNew)
        case .failure(let error): state.failure = state.failure ?? error
        }
        state.outstanding -= 1
        condition.broadcast()
    }
}
