import Logging
import Synchronization

/// Refresh tokens that are replaced while they are used (RFC 6749 §6): some services give a new one with each answer, and the
/// one before is of no use from then on.
///
/// What the database had is replaced there, too; other programs' files are theirs. Of a user whose service does so, or may do so
/// for all that is known, one request is under way at a time: of two with the same token the second would be refused.
final class RefreshTokens: Sendable {
    fileprivate struct Key: Hashable {
        let host: String
        let username: String
    }

    /// Whether a service replaces tokens.
    private enum Habit {
        case unknown
        case keeps
        case replaces
    }

    private struct State {
        var habit = Habit.unknown
        var newest: String?
        /// What `newest` stands for, the oldest first. Whoever has one of these has it since it began.
        var replaced: [String] = []
        let semaphore = AsyncSemaphore(1)
    }

    /// Older ones than so many are forgotten: work that began so long ago reads the database's again.
    private static let memory = 256
    /// How long another process, which got the new token, may take to store it.
    private static let storingTime = Duration.seconds(1)

    private let store: (any UserStore)?
    private let logger: Logger
    private let sleep: @Sendable (Duration) async throws -> Void
    private let states = Mutex<[Key: State]>([:])

    init(store: (any UserStore)?, logger: Logger, sleep: @escaping @Sendable (Duration) async throws -> Void) {
        self.store = store
        self.logger = logger
        self.sleep = sleep
    }

    /// Has `body` ask for a token with the newest refresh token of a user.
    ///
    /// A refused one is looked up anew, once: another process may have been given a newer one meanwhile.
    func use(
        _ user: RegistryCredentials,
        _ body: (RegistryCredentials) async throws -> Token
    ) async throws -> Token {
        let permit = try await permit(user)
        defer { permit?.release() }
        let current = newest(user)
        do {
            return try await heard(body(current), current)
        } catch let error as RegistryError where error.code == .unauthorized {
            guard let other = try await replacement(of: current, user) else { throw error }
            return try await heard(body(other), other)
        }
    }

    /// The right to ask where only one may; nil where everybody may.
    private func permit(_ user: RegistryCredentials) async throws -> Permit? {
        let semaphore = states.withLock { states in
            let state = states[Key(user), default: State()]
            states[Key(user)] = state
            return state.habit == .keeps ? nil : state.semaphore
        }
        guard let semaphore else { return nil }
        let permit = try await semaphore.take()
        // The one before may have found out that nobody has to wait.
        if states.withLock({ $0[Key(user)]?.habit == .keeps }) { permit.release() }
        return permit
    }

    private func newest(_ user: RegistryCredentials) -> RegistryCredentials {
        states.withLock { states in
            guard let state = states[Key(user)], let newest = state.newest, state.replaced.contains(user.secret) else {
                return user
            }
            return user.with(token: newest)
        }
    }

    /// What stands in the place of a refused token; nil where it is still the newest that anybody knows of.
    private func replacement(
        of refused: RegistryCredentials,
        _ user: RegistryCredentials
    ) async throws -> RegistryCredentials? {
        let known = newest(user)
        if known.secret != refused.secret { return known }
        guard user.isStored, let store else { return nil }
        if let other = await stored(store, refused) { return other }
        try await sleep(Self.storingTime)
        return await stored(store, refused)
    }

    private func stored(_ store: any UserStore, _ refused: RegistryCredentials) async -> RegistryCredentials? {
        do {
            let stored = try await store.credentials(of: refused.username, at: refused.host)
            return stored?.secret == refused.secret ? nil : stored
        } catch {
            // The refusal is the error to tell.
            logger.debug("the stored token cannot be read again", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    private func heard(_ token: Token, _ user: RegistryCredentials) async -> Token {
        guard user.kind == .identityToken, let new = token.refreshToken, new != user.secret else {
            states.withLock { states in
                if states[Key(user)]?.habit == .unknown { states[Key(user)]?.habit = .keeps }
            }
            return token
        }
        states.withLock { states in
            var state = states[Key(user), default: State()]
            state.habit = .replaces
            state.newest = new
            state.replaced = state.replaced.suffix(Self.memory - 1) + [user.secret]
            states[Key(user)] = state
        }
        guard user.isStored, let store else { return token }
        do {
            try await store.replaceToken(user.secret, of: user.username, at: user.host, by: new)
            logger.debug("the registry gave a new token: it is stored", metadata: ["user": "\(user)"])
        } catch {
            logger.error(
                "the registry gave a new token in place of the stored one, and it cannot be stored: log in anew with `wafer add-user`",
                metadata: ["user": "\(user)", "reason": "\(error)"]
            )
        }
        return token
    }
}

extension RefreshTokens.Key {
    fileprivate init(_ user: RegistryCredentials) {
        self.init(host: user.host, username: user.username)
    }
}
