import Foundation

/// A fixed number of threads that take jobs from a bounded queue.
///
/// ``submit(_:)`` blocks while the queue is full: that is the back-pressure which keeps memory bounded. Call it from
/// dedicated threads only.
package final class WorkerThreads: Sendable {
    // Safe: every access to `state` holds `condition`'s lock.
    private nonisolated(unsafe) var state = State()
    private let condition = NSCondition()
    private let queueLimit: Int

    private struct State {
        var queue: [@Sendable () -> Void] = []
        var isFinishing = false
        var running = 0
        /// Threads that wait for a job, and callers that wait for room: nobody is woken where nobody waits.
        var idle = 0
        var waitingForRoom = 0
    }

    /// - Parameters:
    ///   - name: shown by debuggers and `top -H`.
    ///   - count: the number of threads.
    ///   - queueLimit: the jobs that may wait.
    /// - Throws: ``ThreadError`` where not a single thread starts; with fewer than wanted it is only slower.
    package init(name: String, count: Int, queueLimit: Int) throws(ThreadError) {
        self.queueLimit = queueLimit
        for number in 1...max(count, 1) {
            do {
                try start("\(name) \(number)")
            } catch  where number > 1 {
                return
            }
        }
    }

    private func start(_ name: String) throws(ThreadError) {
        condition.lock()
        defer { condition.unlock() }
        try StartedThread.start(name) { [self] in work() }
        state.running += 1
    }

    /// Hands over a job; blocks while the queue is full.
    package func submit(_ job: @escaping @Sendable () -> Void) {
        condition.lock()
        while state.queue.count >= queueLimit {
            state.waitingForRoom += 1
            condition.wait()
            state.waitingForRoom -= 1
        }
        state.queue.append(job)
        if state.idle > 0 { condition.broadcast() }
        condition.unlock()
    }

    /// Waits until every job is done and the threads have ended. Nothing may be submitted afterwards. Blocks.
    package func finish() {
        stop()
        condition.lock()
        while state.running > 0 { condition.wait() }
        condition.unlock()
    }

    /// Lets the threads end once every job is done, without waiting for them.
    package func stop() {
        condition.lock()
        state.isFinishing = true
        condition.broadcast()
        condition.unlock()
    }

    private func work() {
        while let job = nextJob() { job() }
        condition.lock()
        state.running -= 1
        condition.broadcast()
        condition.unlock()
    }

    private func nextJob() -> (@Sendable () -> Void)? {
        condition.lock()
        defer { condition.unlock() }
        while state.queue.isEmpty {
            if state.isFinishing { return nil }
            state.idle += 1
            condition.wait()
            state.idle -= 1
        }
        let job = state.queue.removeFirst()
        // Not at the first free place: waking a thread costs as much as a small job.
        if state.waitingForRoom > 0, state.queue.count <= queueLimit / 2 { condition.broadcast() }
        return job
    }
}
