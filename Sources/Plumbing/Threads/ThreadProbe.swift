import Foundation

/// Finds out whether threads can be started that a library is about to start: Dispatch waits for ever where it cannot, and
/// the event loops of the HTTP client end the program.
package enum ThreadProbe {
    /// Threads that are all there at the same time, and end then.
    private final class Crowd: Sendable {
        // Safe: every access holds `condition`'s lock.
        private nonisolated(unsafe) var state = (isOver: false, present: 0)
        private let condition = NSCondition()

        /// The thread itself; who started it counted it.
        private func stay() {
            condition.lock()
            while !state.isOver { condition.wait() }
            state.present -= 1
            condition.broadcast()
            condition.unlock()
        }

        func start(_ name: String) throws(ThreadError) {
            condition.lock()
            state.present += 1
            condition.unlock()
            do {
                try StartedThread.start(name) { [self] in stay() }
            } catch {
                condition.lock()
                state.present -= 1
                condition.unlock()
                throw error
            }
        }

        func end() {
            condition.lock()
            state.isOver = true
            condition.broadcast()
            while state.present > 0 { condition.wait() }
            condition.unlock()
        }
    }

    /// Starts so many threads at the same time, and lets them end. Throws ``ThreadError``. Blocks for a moment.
    package static func run(_ count: Int, for name: String) throws(ThreadError) {
        let crowd = Crowd()
        defer { crowd.end() }
        for _ in 0..<count { try crowd.start(name) }
    }
}
