import Synchronization

/// Carries the cancellation of a task to a thread that blocks on its behalf.
package final class Cancellation: Sendable {
    private let isCancelled = Atomic<Bool>(false)

    /// Nobody has cancelled yet.
    package init() {}

    /// Cancels; may be called from any thread.
    package func cancel() {
        isCancelled.store(true, ordering: .relaxed)
    }

    /// Throws `CancellationError` once the task is cancelled.
    @Sendable package func check() throws {
        if isCancelled.load(ordering: .relaxed) { throw CancellationError() }
    }
}
