import Plumbing

/// Runs blocking work (opening files, waiting for a lock of another process) on a thread of its own.
///
/// Swift's cooperative threads are as few as the cores: one that waits here could stop the whole process.
func offCooperativeThreads<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await onDedicatedThread("wafer.state", body)
}
