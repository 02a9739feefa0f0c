import Foundation

/// A bounded number of threads for short blocking work that async code waits for: a file is read, a person is asked.
///
/// Nothing of it holds a cooperative thread, and not every piece starts a thread of its own. Work that runs for long, or
/// waits for other work, belongs on ``onDedicatedThread(_:_:)``: here it would hold up what comes after it.
package final class BlockingExecutor: Sendable {
    /// For the whole process.
    package static let shared = BlockingExecutor(name: "blocking", threads: 8)

    /// For questions to repositories. A storage that hangs holds up those who ask for it, who may be as many as images are
    /// looked at at once, and neither other storages nor ``shared``.
    package static let storages = BlockingExecutor(name: "storages", threads: 64)

    private let name: String
    private let limit: Int
    // Safe: every access holds `condition`'s lock.
    private nonisolated(unsafe) var state = State()
    private let condition = NSCondition()

    /// Does the work, and returns what lets its caller go on.
    private typealias Job = @Sendable () -> @Sendable () -> Void

    private struct State {
        var queue: [Job] = []
        var running = 0
        var idle = 0
    }

    /// At most so many threads, named for debuggers and `top -H`. They start as work comes, and stay.
    package init(name: String, threads limit: Int) {
        self.name = name
        self.limit = max(limit, 1)
    }

    /// Runs `body` on one of the threads and waits for it; cancelled or not, it runs to its end.
    ///
    /// Throws what `body` throws, and ``ThreadError`` where the system starts not even one thread.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try submit {
                    let result = Result(catching: body)
                    return { continuation.resume(with: result) }
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private func submit(_ job: @escaping Job) throws(ThreadError) {
        condition.lock()
        defer { condition.unlock() }
        if state.idle <= state.queue.count, state.running < limit {
            do {
                try StartedThread.start(name) { [self] in work() }
                state.running += 1
            } catch  where state.running > 0 {
                // With fewer threads it only takes longer.
            }
        }
        state.queue.append(job)
        condition.signal()
    }

    private func work() {
        var answer: (@Sendable () -> Void)?
        while true { answer = next(after: answer)() }
    }

    /// Waits for a job. The thread counts as idle before the caller of its last one goes on, whose next call would start
    /// another thread otherwise.
    private func next(after answer: (@Sendable () -> Void)?) -> Job {
        condition.lock()
        defer { condition.unlock() }
        state.idle += 1
        defer { state.idle -= 1 }
        if let answer {
            condition.unlock()
            answer()
            condition.lock()
        }
        while state.queue.isEmpty { condition.wait() }
        return state.queue.removeFirst()
    }
}
