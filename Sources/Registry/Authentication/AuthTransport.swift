package import Logging
import NIOHTTP1
import OCI
import Plumbing
import Synchronization

/// Logs in where a registry asks for it.
///
/// The first request to a registry goes without credentials; what its answer asks for is remembered and done at once from
/// then on. A token that a registry does not take any more is fetched anew once; a fresh one that it does not take is an error.
package final class AuthTransport: Transport {
    private let next: any Transport
    private let logger: Logger
    private let tokens: SingleFlightCache<TokenKey, Token>
    private let service: TokenService
    private let users: RequestUsers
    private let clock: NetworkClock
    /// What each registry (by origin) asked for last.
    private let challenges = Mutex<[String: Challenge]>([:])
    /// What a token of a scope has to be for besides.
    private let widened = Mutex<[ScopeKey: TokenScope]>([:])

    private struct ScopeKey: Hashable {
        let origin: String
        let scope: TokenScope
    }

    /// Sends with another transport.
    ///
    /// - Parameters:
    ///   - next: the transport.
    ///   - logger: hears of requests that go without TLS, and of tokens that are replaced.
    ///   - users: who logs in where a request names nobody, and whose tokens registries replace.
    ///   - clock: of token lifetimes, and of waits.
    package init(
        next: any Transport,
        logger: Logger,
        users: RequestUsers = RequestUsers(),
        clock: NetworkClock = .system
    ) {
        self.next = next
        self.logger = logger
        self.users = users
        self.clock = clock
        tokens = SingleFlightCache(now: clock.now)
        service = TokenService(
            next: next,
            refreshTokens: RefreshTokens(store: users.store, logger: logger, sleep: clock.sleep),
            clock: clock
        )
    }

    /// An `Authorization` that was or will be sent.
    private struct Authorization {
        let challenge: Challenge
        let value: String
        /// Whether a newer one cannot be had.
        let isFresh: Bool
    }

    /// Sends a request with what its registry asks for. Throws ``RegistryError`` where it does not let it in.
    package func send(_ request: RegistryRequest) async throws -> RegistryResponse {
        let origin = request.registry.origin
        // An upload's address may be elsewhere: nothing of the registry's goes there.
        guard request.url.origin == origin else { return try await next.send(request) }

        var request = request
        let key = ScopeKey(origin: origin, scope: request.scope)
        if let scope = widened.withLock({ $0[key] }) { request.scope = scope }
        let known = challenges.withLock { $0[origin] }
        var used: Authorization?
        if let known {
            request.credentials = try await users.credentials(for: request)
            used = try await authorization(for: request, known, rejected: nil)
        }
        let response = try await send(request, used)
        guard response.status == 401, response.url.origin == origin else { return response }

        let body = await response.beginning(limit: RemoteDiagnostic.maximumBodySize)
        let challenge = try choose(response, request, body)
        let scope = request.scope.adding(challenge.parameters["scope"])
        let isWidened = scope != request.scope
        if isWidened {
            request.scope = scope
            widened.withLock { $0[key] = scope }
        }
        if let used, used.isFresh, !isWidened, used.challenge.isSameLogin(as: challenge) {
            throw RegistryError.answer(response, to: request, body: body, at: clock.date())
        }
        request.credentials = try await users.credentials(for: request)
        remember(challenge, of: request)
        guard let new = try await authorization(for: request, challenge, rejected: used?.value) else {
            throw RegistryError.answer(response, to: request, body: body, at: clock.date())
        }
        let second = try await send(request, new)
        if second.status == 401 { throw await RegistryError.answer(second, to: request, at: clock.date()) }
        return second
    }

    /// Whether there is a user for the images of a repository who would log in where the registry asks for that. Throws
    /// ``CredentialsError``, and what the database throws.
    func hasUser(for reference: ImageReference, isMirror: Bool) async throws -> Bool {
        try await users.user(at: reference.canonicalHost, repository: reference.repository, isMirror: isMirror) != nil
    }

    /// A refresh token that the registry gives for the password of the request's user; nil where it gives none.
    ///
    /// Throws ``RegistryError`` where the registry does not let the user in.
    func refreshToken(for request: RegistryRequest) async throws -> String? {
        try Self.checkClearText(request)
        let response = try await next.send(request)
        let body = await response.beginning(limit: RemoteDiagnostic.maximumBodySize)
        guard response.status == 401, response.url.origin == request.registry.origin else {
            guard response.status == 200 else {
                throw RegistryError.answer(response, to: request, body: body, at: clock.date())
            }
            return nil
        }
        let challenge = try choose(response, request, body)
        if challenge.scheme == "bearer" { return try await service.refreshToken(for: request, challenge: challenge) }
        // Nothing but the password will do; whether it does is worth to know.
        let second = try await send(
            request,
            try await authorization(for: request, challenge, rejected: nil)
        )
        guard second.status == 200 else { throw await RegistryError.answer(second, to: request, at: clock.date()) }
        await second.discardBody()
        return nil
    }

    private func remember(_ challenge: Challenge, of request: RegistryRequest) {
        let old = challenges.withLock { $0.updateValue(challenge, forKey: request.registry.origin) }
        guard old == nil, let user = request.credentials, request.registry.scheme == .http else { return }
        if request.registry.host.reach != .loopback, user.allowsPlainHTTP {
            logger.warning(
                "this registry is spoken to without TLS: anyone on the way can read the password or token",
                metadata: ["registry": "\(request.registry.host)", "user": "\(Printable.text(user.username))"]
            )
        }
    }

    private func send(_ request: RegistryRequest, _ authorization: Authorization?) async throws -> RegistryResponse {
        var request = request
        if let authorization { request.headers.replaceOrAdd(name: "Authorization", value: authorization.value) }
        var response = try await next.send(request)
        response.secrets = Secrets(request.credentials, authorization: authorization?.value)
        response.user = request.credentials
        response.login = authorization?.challenge
        return response
    }

    /// What to send; nil where only a user could log in and there is none.
    private func authorization(
        for request: RegistryRequest,
        _ challenge: Challenge,
        rejected: String?
    ) async throws -> Authorization? {
        try Self.checkClearText(request)
        guard challenge.scheme == "bearer" else {
            guard let user = request.credentials else { return nil }
            guard user.kind == .password else {
                throw RegistryError(
                    .unsupportedAuthentication,
                    request.purpose,
                    status: 401,
                    detail: "it wants a password, but there is only a token of \(Printable.text(user.username))"
                )
            }
            return Authorization(
                challenge: challenge,
                value: try user.basicAuthorization(for: request.purpose),
                isFresh: true
            )
        }
        if let user = request.credentials, user.kind == .registryToken {
            return Authorization(challenge: challenge, value: "Bearer \(user.secret)", isFresh: true)
        }
        let key = TokenKey(
            origin: request.registry.origin,
            scope: request.scope,
            username: request.credentials?.username
        )
        let old = rejected.map { String($0.dropFirst("Bearer ".count)) }
        let (token, isFresh) = try await tokens.value(for: key, isRejected: { $0.value == old }) {
            let token = try await service.token(for: request, challenge: challenge)
            return .init(value: token, expires: token.expires)
        }
        return Authorization(challenge: challenge, value: "Bearer \(token.value)", isFresh: isFresh)
    }

    /// Without TLS, a secret goes to this machine, or to where it was stored for.
    private static func checkClearText(_ request: RegistryRequest) throws {
        guard let user = request.credentials, request.registry.scheme == .http, !user.allowsPlainHTTP,
            request.registry.host.reach != .loopback
        else { return }
        let host = request.purpose.host
        let remedy =
            user.source.map { "write http://\(host) in \($0)" }
            ?? "store the user with `wafer add-user --username \(user.username) --registry http://\(host)`"
        throw RegistryError(
            .clearTextRefused,
            request.purpose,
            detail: "\(request.registry.host) is spoken to without TLS, and the credentials of "
                + "\(Printable.text(user.username)) were not stored for that",
            nextStep: "use https, or, where everybody on the way may read them, \(remedy)"
        )
    }

    private func choose(
        _ response: RegistryResponse,
        _ request: RegistryRequest,
        _ body: [UInt8]
    ) throws -> Challenge {
        let offered = Challenge.parse(response.headers["WWW-Authenticate"])
        let usable =
            offered.first { $0.scheme == "bearer" && $0.parameters["realm"] != nil }
            ?? offered.first { $0.scheme == "basic" }
        if let usable { return usable }
        let names = offered.map(\.scheme).joined(separator: ", ")
        throw RegistryError(
            .unsupportedAuthentication,
            request.purpose,
            status: 401,
            remarks: RegistryError.answer(response, to: request, body: body, at: clock.date()).remarks,
            detail: offered.isEmpty
                ? "the registry refuses the request without saying how to log in"
                : "the registry wants a login that this program does not know (\(Printable.text(names, limit: 100)))"
        )
    }
}
