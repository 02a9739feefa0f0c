import Synchronization

/// What takes long to get and expires, as tokens do, with one request at a time for each key: whoever needs a value that is
/// being fetched waits for it.
final class SingleFlightCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// A value and how long it is used.
    struct Entry: Sendable {
        let value: Value
        let expires: ContinuousClock.Instant
    }

    /// How a wait for somebody else's request ends.
    private enum Outcome: Sendable {
        case value(Value)
        case failure(any Error)
        /// The one who asked was cancelled: somebody who waits has to ask.
        case abandoned
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        /// Who waits for a request that is under way; a key is here as long as it is.
        var waiting: [Key: [UInt64: CheckedContinuation<Outcome, Never>]] = [:]
        var lastWaiter: UInt64 = 0
    }

    private enum Step {
        case cached(Value)
        case wait
        case fetch
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.now = now
    }

    /// A value that is still good: from here, or from `fetch`, whose failure all who wait share.
    ///
    /// A value for which `isRejected` holds is not good any more: it is forgotten.
    func value(
        for key: Key,
        isRejected: (Value) -> Bool = { _ in false },
        fetch: () async throws -> Entry
    ) async throws -> (value: Value, isFresh: Bool) {
        while true {
            switch step(key, isRejected) {
            case .cached(let value):
                return (value, false)
            case .wait:
                switch await outcome(of: key) {
                case .value(let value): return (value, true)
                case .failure(let error): throw error
                case .abandoned: try Task.checkCancellation()
                }
            case .fetch:
                do {
                    let entry = try await fetch()
                    finish(key, .value(entry.value), entry)
                    return (entry.value, true)
                } catch {
                    finish(key, error is CancellationError ? .abandoned : .failure(error))
                    throw error
                }
            }
        }
    }

    private func step(_ key: Key, _ isRejected: (Value) -> Bool) -> Step {
        let now = now()
        return state.withLock { state in
            if let entry = state.entries[key], !isRejected(entry.value), entry.expires > now {
                return .cached(entry.value)
            }
            if state.waiting[key] != nil { return .wait }
            state.entries = state.entries.filter { $0.value.expires > now && $0.key != key }
            state.waiting[key] = [:]
            return .fetch
        }
    }

    private func finish(_ key: Key, _ outcome: Outcome, _ entry: Entry? = nil) {
        let waiters = state.withLock { state in
            if let entry { state.entries[key] = entry }
            return state.waiting.removeValue(forKey: key) ?? [:]
        }
        for waiter in waiters.values { waiter.resume(returning: outcome) }
    }

    /// Waits for the request that is under way; a cancelled task stops waiting at once.
    private func outcome(of key: Key) async -> Outcome {
        let number = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isWaiting = state.withLock { state in
                    // The request may have ended since, and a cancellation that came before this has found nobody.
                    guard !Task.isCancelled, state.waiting[key] != nil else { return false }
                    state.waiting[key]?[number] = continuation
                    return true
                }
                if !isWaiting { continuation.resume(returning: .abandoned) }
            }
        } onCancel: {
            state.withLock { $0.waiting[key]?.removeValue(forKey: number) }?.resume(returning: .abandoned)
        }
    }
}
