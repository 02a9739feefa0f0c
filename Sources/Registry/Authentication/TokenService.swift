import NIOHTTP1
import Plumbing

/// Asks a registry's token service (Docker "Token Authentication Specification", and its OAuth2 form for refresh tokens).
struct TokenService: Sendable {
    private let next: any Transport
    private let refreshTokens: RefreshTokens
    private let clock: NetworkClock

    /// Answers longer than this are refused.
    private static let maximumAnswer = 64 << 10
    /// The name that OAuth2 wants for a program.
    static let clientID = "wafer"

    init(
        next: any Transport,
        refreshTokens: RefreshTokens,
        clock: NetworkClock
    ) {
        self.next = next
        self.refreshTokens = refreshTokens
        self.clock = clock
    }

    /// A token for what a request needs, with its credentials if there are some.
    ///
    /// A refresh token goes by POST, as OAuth2 has it. A service that knows GET only (404, 405; some say 401) gets it as the
    /// user's password, which is what such services mean.
    func token(for request: RegistryRequest, challenge: Challenge) async throws -> Token {
        guard let user = request.credentials, user.kind == .identityToken else {
            return try await get(request, challenge)
        }
        return try await refreshTokens.use(user) { user in
            var request = request
            request.credentials = user
            return try await token(of: user, for: request, challenge)
        }
    }

    private func token(
        of user: RegistryCredentials,
        for request: RegistryRequest,
        _ challenge: Challenge
    ) async throws -> Token {
        // Somebody may have stored a password in the token's place.
        guard user.kind == .identityToken else { return try await get(request, challenge) }
        let grant = [("grant_type", "refresh_token"), ("refresh_token", user.secret)]
        let (question, answer, start) = try await post(grant, for: request, challenge)
        if answer.status == 200 { return try await read(answer, start, question) }
        let hasName = !user.username.isEmpty && user.username != CredentialHelper.tokenUser
        if hasName, [401, 404, 405, 501].contains(answer.status) {
            await answer.discardBody()
            return try await get(request, challenge)
        }
        let error = await RegistryError.answer(answer, to: question, at: clock.date())
        // OAuth2 says "invalid_grant" with 400 (RFC 6749 §5.2).
        guard answer.status == 400 else { throw error }
        throw RegistryError(
            .unauthorized,
            question.purpose,
            status: 400,
            remarks: error.remarks,
            nextStep: RegistryError.nextStep(for: .unauthorized, question)
        )
    }

    /// A refresh token that stands for the user's password, nil where the service gives none that works.
    func refreshToken(for request: RegistryRequest, challenge: Challenge) async throws -> String? {
        guard let user = request.credentials, user.kind == .password else { return nil }
        let first = try await get(request, challenge, [("client_id", Self.clientID), ("offline_token", "true")])
        var offered = first.refreshToken
        if offered == nil {
            let grant = [
                ("grant_type", "password"), ("username", user.username), ("password", user.secret),
                ("access_type", "offline"),
            ]
            let (question, answer, start) = try await post(grant, for: request, challenge)
            guard answer.status == 200 else {
                // The password is good, as the first answer told: the service knows no such grant.
                await answer.discardBody()
                return nil
            }
            offered = try await read(answer, start, question).refreshToken
        }
        guard let offered else { return nil }
        // What does not work must not take the place of a password that does.
        let grant = [("grant_type", "refresh_token"), ("refresh_token", offered)]
        let (question, answer, start) = try await post(grant, for: request, challenge)
        guard answer.status == 200 else {
            await answer.discardBody()
            return nil
        }
        // The trial may have used it up.
        return try await read(answer, start, question).refreshToken ?? offered
    }

    private func get(
        _ request: RegistryRequest,
        _ challenge: Challenge,
        _ more: [(name: String, value: String)] = []
    ) async throws -> Token {
        let realm = try Self.realm(of: challenge, request)
        let items = Self.items(request, challenge) + request.scope.parts.map { ("scope", $0) } + more
        var question = question(.GET, realm, items.isEmpty ? realm : realm.adding(query: items), request)
        if let credentials = request.credentials {
            let value = try credentials.basicAuthorization(for: question.purpose)
            question.headers.add(name: "Authorization", value: value)
        }
        let start = clock.now()
        let answer = try await send(question)
        guard answer.status == 200 else { throw await RegistryError.answer(answer, to: question, at: clock.date()) }
        return try await read(answer, start, question)
    }

    private func post(
        _ grant: [(name: String, value: String)],
        for request: RegistryRequest,
        _ challenge: Challenge
    ) async throws -> (RegistryRequest, RegistryResponse, ContinuousClock.Instant) {
        let realm = try Self.realm(of: challenge, request)
        var question = question(.POST, realm, realm, request)
        question.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        var items = grant + [("client_id", Self.clientID)] + Self.items(request, challenge)
        // OAuth2 puts them into one item (RFC 6749 §3.3), the older form has one for each.
        if !request.scope.parts.isEmpty { items.append(("scope", request.scope.description)) }
        question.body = Array(RequestURL.form(items).utf8)
        let start = clock.now()
        return (question, try await send(question), start)
    }

    private static func items(_ request: RegistryRequest, _ challenge: Challenge) -> [(name: String, value: String)] {
        challenge.parameters["service"].map { [("service", $0)] } ?? []
    }

    private func question(
        _ method: HTTPMethod,
        _ realm: RequestURL,
        _ url: RequestURL,
        _ request: RegistryRequest
    ) -> RegistryRequest {
        var question = RegistryRequest(
            method,
            url,
            for: Purpose(.authenticate, request.purpose.object, host: request.purpose.host),
            registry: realm,
            scope: request.scope,
            credentials: request.credentials
        )
        question.isAnonymous = request.isAnonymous
        question.limit = TargetPolicy.limit(of: realm, namedBy: request.registry)
        return question
    }

    private func send(_ question: RegistryRequest) async throws -> RegistryResponse {
        var answer = try await next.send(question)
        answer.secrets = Secrets(question.credentials)
        return answer
    }

    private static func realm(of challenge: Challenge, _ request: RegistryRequest) throws -> RequestURL {
        func refused(_ detail: String) -> RegistryError {
            RegistryError(.unsupportedAuthentication, request.purpose, status: 401, detail: detail)
        }
        guard let text = challenge.parameters["realm"] else { throw refused("the token service has no address") }
        let realm: RequestURL
        do {
            realm = try RequestURL(parsing: text)
        } catch {
            throw refused("the address of the token service \(error.reason)")
        }
        if let reason = TargetPolicy.refusal(ofRealm: realm, namedBy: request.registry) {
            throw refused("the address of the token service, \(realm), \(reason)")
        }
        return realm
    }

    private func read(
        _ answer: RegistryResponse,
        _ start: ContinuousClock.Instant,
        _ question: RegistryRequest
    ) async throws -> Token {
        let body = await answer.beginning(limit: Self.maximumAnswer)
        do {
            return try Token(
                answer: body,
                start: start,
                date: answer.headers.first(name: "Date"),
                now: clock.date()
            )
        } catch let error as JSONError {
            throw RegistryError(.invalidDocument, question.purpose, detail: "\(question.registry) sent an \(error)")
        }
    }
}
