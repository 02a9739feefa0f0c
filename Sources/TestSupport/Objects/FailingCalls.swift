import CVMFS

/// Lets the n-th call of a store fail, and every one after it: what a full disk or a lost mount does to a publisher.
package final class FailingCalls: StoreWatcher {
    /// What a failing call throws.
    package struct Failure: Error, Equatable {}

    private struct State {
        var calls = 0
        var unsynced: [String] = []
        var losesNextSync: Bool
    }

    private let state: Guarded<State>
    private let limit: Int

    /// Fails from call number `limit` on, which counts from 0; with `losingFirstSync` also the first sync, and no other,
    /// as a disk reports a lost write once.
    package init(failingAt limit: Int, losingFirstSync: Bool = false) {
        self.limit = limit
        state = Guarded(State(losesNextSync: losingFirstSync))
    }

    /// How many calls there were, those within others included.
    package var calls: Int { state.with { $0.calls } }

    /// The paths of objects that were written and not synced.
    package var unsynced: [String] { state.with { $0.unsynced } }

    package func on(_ call: StoreCall) throws {
        try state.with { state in
            if case .written(let hash, let kind, isNew: true) = call { state.unsynced.append(hash.objectPath(kind)) }
            if state.calls >= limit { throw Failure() }
            state.calls += 1
            guard call == .synchronize else { return }
            if state.losesNextSync {
                state.losesNextSync = false
                throw Failure()
            }
            state.unsynced = []
        }
    }
}
