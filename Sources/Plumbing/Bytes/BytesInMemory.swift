import Synchronization

/// Bytes that wait in several pipes together: none of them is refused, but each pipe holds less while they are too many.
///
/// What a producer that hangs has in its pipe is read and gone: it takes nothing of what others may have.
package final class BytesInMemory: Sendable {
    private let limit: Int
    private let count = Atomic<Int>(0)

    /// - Parameter limit: bytes.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Whether there are more than the limit.
    package var areTooMany: Bool { count.load(ordering: .relaxed) > limit }

    /// How many there are.
    package var bytes: Int { count.load(ordering: .relaxed) }

    func add(_ bytes: Int) { count.add(bytes, ordering: .relaxed) }

    func remove(_ bytes: Int) { count.subtract(bytes, ordering: .relaxed) }
}
