/// Runs blocking work on a thread of its own and waits for it without holding a cooperative one.
///
/// Swift's cooperative pool has a thread a core: one blocking `read` in each and the whole program stands still
/// (docs/decisions/012-dedicated-threads.md). Throws ``ThreadError`` where the system starts no thread.
package func onDedicatedThread<T: Sendable>(
    _ name: String,
    _ body: @escaping @Sendable () throws -> T
) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        do {
            try StartedThread.start(name) { continuation.resume(with: Result(catching: body)) }
        } catch {
            continuation.resume(throwing: error)
        }
    }
}
