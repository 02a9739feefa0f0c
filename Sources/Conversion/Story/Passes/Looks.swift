import Foundation
import State

/// What a pass has looked at, on its way into the database: many in one transaction.
struct Looks {
    /// Kept together at most, and for how long: a process that is killed asks so many registries again.
    private static let most = 1_024
    private static let longest = Duration.seconds(2)

    private let wishes: WishStore
    private let policy: LookPolicy
    private let now: @Sendable () -> Date
    private var kept: [Desiderata] = []
    private var start = ContinuousClock.now

    init(_ wishes: WishStore, _ policy: LookPolicy, now: @escaping @Sendable () -> Date) {
        self.wishes = wishes
        self.policy = policy
        self.now = now
    }

    /// Notes that one was seen to be as it is wanted. Throws `StateError`.
    mutating func add(_ desiderata: Desiderata) async throws {
        if kept.isEmpty { start = .now }
        kept.append(desiderata)
        if kept.count >= Self.most { try await flush() }
    }

    /// Records what has been kept for long enough. Throws `StateError`.
    mutating func flushIfOld() async throws {
        if ContinuousClock.now - start >= Self.longest { try await flush() }
    }

    /// Records what is kept. Throws `StateError`.
    mutating func flush() async throws {
        if kept.isEmpty { return }
        try await wishes.recordLooks(at: kept, at: now(), policy)
        kept = []
    }
}
