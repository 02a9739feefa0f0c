import Synchronization

/// Tokens by what they are for, with one request at a time for each: whoever needs a token that is being fetched waits for it.
final class TokenCache: Sendable {
    /// What a token is for and who has it.
    struct Key: Hashable, Sendable {
        let origin: String
        let scope: TokenScope
        let username: String?
    }

    /// How a wait for somebody else's request ends.
    private enum Outcome: Sendable {
        case token(Token)
        case failure(any Error)
        /// The one who asked was cancelled: somebody who waits has to ask.
        case abandoned
    }

    private struct State {
        var tokens: [Key: Token] = [:]
        /// Who waits for a request that is under way; a key is here as long as it is.
        var waiting: [Key: [UInt64: CheckedContinuation<Outcome, Never>]] = [:]
        var lastWaiter: UInt64 = 0
    }

    private enum Turn {
        case cached(Token)
        case wait
        case fetch
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.now = now
    }

    /// A token that is still good: from here, or from `fetch`, whose failure all who wait share.
    ///
    /// `rejected` is the value of a token that a registry does not take any more: it is forgotten.
    func token(
        for key: Key,
        rejected: String? = nil,
        fetch: () async throws -> Token
    ) async throws -> (token: Token, isFresh: Bool) {
        while true {
            switch turn(key, rejected) {
            case .cached(let token):
                return (token, false)
            case .wait:
                switch await outcome(of: key) {
                case .token(let token): return (token, true)
                case .failure(let error): throw error
                case .abandoned: try Task.checkCancellation()
                }
            case .fetch:
                do {
                    let token = try await fetch()
                    finish(key, .token(token))
                    return (token, true)
                } catch {
                    finish(key, error is CancellationError ? .abandoned : .failure(error))
                    throw error
                }
            }
        }
    }

    private func turn(_ key: Key, _ rejected: String?) -> Turn {
        let now = now()
        return state.withLock { state in
            if let token = state.tokens[key], token.value != rejected, token.expires > now { return .cached(token) }
            if state.waiting[key] != nil { return .wait }
            state.tokens = state.tokens.filter { $0.value.expires > now && $0.key != key }
            state.waiting[key] = [:]
            return .fetch
        }
    }

    private func finish(_ key: Key, _ outcome: Outcome) {
        let waiters = state.withLock { state in
            if case .token(let token) = outcome { state.tokens[key] = token }
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
