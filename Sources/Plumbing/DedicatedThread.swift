import Foundation

/// Runs blocking work on a thread of its own and waits for it without holding a cooperative one.
///
/// Swift's cooperative pool has a thread a core: one blocking `read` in each and the whole program stands still
/// (docs/architecture.md, decision 12).
package func onDedicatedThread<T: Sendable>(
    _ name: String,
    _ body: @escaping @Sendable () throws -> T
) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread {
            continuation.resume(with: Result(catching: body))
        }
        thread.name = name
        // The tree of a deep layer is walked by recursion; glibc's default of 8 MiB is for the main thread only.
        thread.stackSize = 8 << 20
        thread.start()
    }
}
