import Synchronization

/// Carries the cancellation of a task to a thread that blocks on its behalf.
final class Cancellation: Sendable {
    private let isCancelled = Atomic<Bool>(false)

    func cancel() {
        isCancelled.store(true, ordering: .relaxed)
    }

    /// Throws `CancellationError` once the task is cancelled.
    @Sendable func check() throws {
        if isCancelled.load(ordering: .relaxed) { throw CancellationError() }
    }
}
