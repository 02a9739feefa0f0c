import Foundation
import Registry
import Synchronization

/// How much of one kind of work all images of the process do at the same time, for each registry or repository: what hangs
/// at one of them takes no place of another's.
final class Places: Sendable {
    private let count: Int
    private let semaphores = Mutex<[String: AsyncSemaphore]>([:])

    /// So many for each.
    init(_ count: Int) {
        self.count = count
    }

    /// Places for layers: two for each core, and so many that one image gets on.
    static var layers: Places { Places(max(6, 2 * ProcessInfo.processInfo.activeProcessorCount)) }

    /// Places for root file systems: one for each core.
    static var trees: Places { Places(ProcessInfo.processInfo.activeProcessorCount) }

    /// Waits for a place, in the order of coming. It is taken as long as it lives, unless it is released before. Throws
    /// `CancellationError`.
    func take(at name: String) async throws -> Permit {
        let semaphore = semaphores.withLock { semaphores in
            if let known = semaphores[name] { return known }
            let new = AsyncSemaphore(count)
            semaphores[name] = new
            return new
        }
        return try await semaphore.take()
    }
}
