import Dispatch

/// Runs blocking work (opening files, waiting for a lock of another process) on a thread of its own queue.
///
/// Swift's cooperative threads are as few as the cores: one that waits here could stop the whole process.
func offCooperativeThreads<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    let queue = DispatchQueue(label: "wafer.state")
    return try await withCheckedThrowingContinuation { continuation in
        queue.async { continuation.resume(with: Result(catching: body)) }
    }
}
