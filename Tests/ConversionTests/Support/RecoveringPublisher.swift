import Conversion
import Plumbing
import Synchronization

/// Publishes natively, and counts how often it is asked to end what a dead process left open.
final class RecoveringPublisher: Publisher {
    private let base: NativePublisher
    private let count = Mutex(0)

    init(_ base: NativePublisher) {
        self.base = base
    }

    var recoveries: Int { count.withLock { $0 } }
    var fqrn: String { base.fqrn }

    func recover() async throws { count.withLock { $0 += 1 } }
    func contents(_ paths: [BytePath]) async throws -> [BytePath: [UInt8]] { try await base.contents(paths) }
    func freeBytes() async throws -> Int64? { try await base.freeBytes() }

    func withSession<Result: Sendable>(
        _ body: @Sendable (any PublishingSession) async throws -> Result
    ) async throws -> Result {
        try await base.withSession(body)
    }
}
