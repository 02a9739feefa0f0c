import CVMFS
import Conversion
import Plumbing
import State
import Synchronization

/// Publishes natively, and counts how often it is asked to end what a dead process left open.
final class RecoveringPublisher: Publisher {
    private let base: NativePublisher
    private let count = Mutex(0)

    private let free: Int64?
    private let members: String?

    /// `free` are the bytes that it says are free, nil for those that are. With `members`, the repository is theirs alone.
    init(_ base: NativePublisher, free: Int64? = nil, members: String? = nil) {
        self.base = base
        self.free = free
        self.members = members
    }

    var recoveries: Int { count.withLock { $0 } }
    var fqrn: String { base.fqrn }
    var trees: TreeSettings { base.trees }

    func recover() async throws { count.withLock { $0 += 1 } }
    func contents(_ paths: [BytePath]) async throws -> [BytePath: [UInt8]] { try await base.contents(paths) }
    func freeBytes() async throws -> Int64? {
        if let free { return free }
        return try await base.freeBytes()
    }
    func space() async throws -> RepositorySpace { try await base.space() }
    func membership() async throws -> String? { members }

    func withSession<Result: Sendable>(
        _ body: @Sendable (any PublishingSession) async throws -> Result
    ) async throws -> Result {
        try await base.withSession(body)
    }

    func referrers(to paths: [BytePath]) async throws -> RemovalReferrers { try await base.referrers(to: paths) }
    func remove(_ paths: [BytePath]) async throws -> UInt64 { try await base.remove(paths) }

    func addTag(_ name: String, description: String, revisionOf source: String?) async throws -> UInt64 {
        try await base.addTag(name, description: description, revisionOf: source)
    }

    func removeTags(_ names: [String]) async throws { try await base.removeTags(names) }
    func planRollback(to name: String) async throws -> RollbackPlan { try await base.planRollback(to: name) }
    func rollback(to name: String) async throws -> Rollback { try await base.rollback(to: name) }
    func setMetainfo(_ bytes: [UInt8]) async throws -> Bool { try await base.setMetainfo(bytes) }

    func inventory() async throws -> RepositoryInventory { try await base.inventory() }

    func collectGarbage(
        _ policy: CollectionPolicy,
        dryRun: Bool,
        report: @escaping @Sendable (CollectionProgress) -> Void
    ) async throws -> CollectionReport {
        try await base.collectGarbage(policy, dryRun: dryRun, report: report)
    }
}
