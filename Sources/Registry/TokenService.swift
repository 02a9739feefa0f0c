import NIOHTTP1
import OCI
import Plumbing

/// Asks a registry's token service (Docker "Token Authentication Specification").
struct TokenService: Sendable {
    private let next: any Transport
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Answers longer than this are refused.
    private static let maximumAnswer = 64 << 10

    init(next: any Transport, now: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.next = next
        self.now = now
    }

    /// A token for what a request needs, with its credentials if there are some.
    func token(for request: RegistryRequest, challenge: Challenge) async throws -> Token {
        let realm = try Self.realm(of: challenge, request)
        var items: [(name: String, value: String)] = []
        if let service = challenge.parameters["service"] { items.append(("service", service)) }
        items.append(("scope", request.scope.description))
        let url = realm.adding(query: items)

        let purpose = Purpose(.authenticate, request.purpose.object, host: request.purpose.host)
        var question = RegistryRequest(
            .GET,
            url,
            for: purpose,
            registry: realm,
            scope: request.scope,
            credentials: request.credentials
        )
        if let credentials = request.credentials {
            question.headers.add(name: "Authorization", value: credentials.basicAuthorization)
        }
        let start = now()
        var answer = try await next.send(question)
        answer.secrets = Secrets(request.credentials, authorization: question.headers.first(name: "Authorization"))
        guard answer.status == 200 else { throw await RegistryError.answer(answer, to: question) }
        return try await Self.read(answer, start: start, purpose, realm)
    }

    private static func realm(of challenge: Challenge, _ request: RegistryRequest) throws -> RequestURL {
        func refused(_ detail: String) -> RegistryError {
            RegistryError(.unsupportedAuthentication, request.purpose, status: 401, detail: detail)
        }
        guard let text = challenge.parameters["realm"] else { throw refused("the token service has no address") }
        let realm: RequestURL
        do {
            realm = try RequestURL(parsing: text)
        } catch let fault as RequestURLFault {
            throw refused("the address of the token service \(fault.reason)")
        }
        if let reason = TargetPolicy.refusal(ofRealm: realm, namedBy: request.registry) {
            throw refused("the address of the token service, \(realm), \(reason)")
        }
        return realm
    }

    private static func read(
        _ answer: RegistryResponse,
        start: ContinuousClock.Instant,
        _ purpose: Purpose,
        _ realm: RequestURL
    ) async throws -> Token {
        let body = await answer.beginning(limit: maximumAnswer)
        do {
            return try Token(answer: body, start: start)
        } catch let error as OCIError {
            throw RegistryError(.invalidDocument, purpose, detail: "\(realm) sent an \(error)")
        }
    }
}
