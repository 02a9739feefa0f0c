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
    private let tokens: TokenCache
    private let service: TokenService
    /// What each registry (by origin) asked for last.
    private let challenges = Mutex<[String: Challenge]>([:])

    /// Sends with another transport. `now` is the clock of token lifetimes.
    package init(
        next: any Transport,
        logger: Logger,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.next = next
        self.logger = logger
        tokens = TokenCache(now: now)
        service = TokenService(next: next, now: now)
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

        let known = challenges.withLock { $0[origin] }
        var used: Authorization?
        if let known { used = try await authorization(for: request, known, rejected: nil) }
        let response = try await send(request, used)
        guard response.status == 401, response.url.origin == origin else { return response }

        let body = await response.beginning(limit: RemoteRemark.maximumBodySize)
        let challenge = try Self.choose(response, request, body)
        if let used, used.isFresh, used.challenge.isSameLogin(as: challenge) {
            throw RegistryError.answer(response, to: request, body: body)
        }
        remember(challenge, of: request)
        guard let new = try await authorization(for: request, challenge, rejected: used?.value) else {
            throw RegistryError.answer(response, to: request, body: body)
        }
        let second = try await send(request, new)
        if second.status == 401 { throw await RegistryError.answer(second, to: request) }
        return second
    }

    private func remember(_ challenge: Challenge, of request: RegistryRequest) {
        let old = challenges.withLock { $0.updateValue(challenge, forKey: request.registry.origin) }
        guard old == nil, let user = request.credentials, request.registry.scheme == .http else { return }
        if request.registry.host.reach != .loopback {
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
        return response
    }

    /// What to send; nil where only a user could log in and there is none.
    private func authorization(
        for request: RegistryRequest,
        _ challenge: Challenge,
        rejected: String?
    ) async throws -> Authorization? {
        guard challenge.scheme == "bearer" else {
            return request.credentials.map {
                Authorization(challenge: challenge, value: $0.basicAuthorization, isFresh: true)
            }
        }
        let key = TokenCache.Key(
            origin: request.registry.origin,
            scope: request.scope,
            username: request.credentials?.username
        )
        let old = rejected.map { String($0.dropFirst("Bearer ".count)) }
        let (token, isFresh) = try await tokens.token(for: key, rejected: old) {
            try await service.token(for: request, challenge: challenge)
        }
        return Authorization(challenge: challenge, value: "Bearer \(token.value)", isFresh: isFresh)
    }

    private static func choose(
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
            remarks: RegistryError.answer(response, to: request, body: body).remarks,
            detail: offered.isEmpty
                ? "the registry refuses the request without saying how to log in"
                : "the registry wants a login that this program does not know (\(Printable.text(names, limit: 100)))"
        )
    }
}
