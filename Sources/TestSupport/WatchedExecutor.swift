import Dispatch
import Synchronization

/// Runs tasks, and tells when none of them has anything to do: a test that acts while others wait needs no pause before.
///
///     let executor = WatchedExecutor()
///     let writing = Task(executorPreference: executor) { try await pipe.write(bytes) }
///     await executor.settle()  // it waits for room now, or has ended
///
/// For tasks that wait for each other only: one that waits for time, the network or an actor with an executor of its own
/// counts as waiting, too.
package final class WatchedExecutor: TaskExecutor {
    private struct State {
        var jobs = 0
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "watched")

    /// Makes one that nobody uses yet.
    package init() {}

    /// Runs a piece of a task, up to its next wait.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs += 1 }
        queue.async { [self] in
            job.runSynchronously(on: asUnownedTaskExecutor())
            let watchers = state.withLock { state in
                state.jobs -= 1
                guard state.jobs == 0 else { return [CheckedContinuation<Void, Never>]() }
                defer { state.watchers = [] }
                return state.watchers
            }
            for watcher in watchers { watcher.resume() }
        }
    }

    /// Returns when every task waits or has ended.
    package func settle() async {
        await withCheckedContinuation { continuation in
            let isIdle = state.withLock { state in
                if state.jobs > 0 { state.watchers.append(continuation) }
                return state.jobs == 0
            }
            if isIdle { continuation.resume() }
        }
    }
}
