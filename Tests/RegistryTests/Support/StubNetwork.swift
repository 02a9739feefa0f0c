import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import OCI
import Registry
import Synchronization

/// A network that answers from a closure: for hosts, TLS and redirects that no test machine has.
final class StubNetwork: Transport {
    struct Answer: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body = ""
    }

    private let answer: @Sendable (RegistryRequest) async throws -> Answer
    private let log = Mutex<[RegistryRequest]>([])

    init(_ answer: @escaping @Sendable (RegistryRequest) async throws -> Answer) {
        self.answer = answer
    }

    /// What was sent so far.
    var requests: [RegistryRequest] { log.withLock { $0 } }

    /// "METHOD URL" of what was sent so far.
    var lines: [String] { requests.map { "\($0.method) \($0.url.text)" } }

    func send(_ request: RegistryRequest) async throws -> RegistryResponse {
        log.withLock { $0.append(request) }
        let answer = try await answer(request)
        return RegistryResponse(
            status: answer.status,
            headers: HTTPHeaders(answer.headers),
            body: .bytes(.init(string: answer.body)),
            url: request.url
        )
    }
}

extension RegistryRequest {
    /// The `Authorization` header.
    var authorization: String? { headers.first(name: "Authorization") }

    /// A request for the manifest of an image, as the client makes it.
    static func manifest(_ name: String, user: RegistryCredentials? = nil) throws -> RegistryRequest {
        let reference = try ImageReference(parsing: name)
        let target = "/v2/\(reference.repository)/manifests/\(reference.reference)"
        let url = try RequestURL(registry: reference, target: target)
        return RegistryRequest(
            .GET,
            url,
            for: Purpose(.pullManifest, reference.description, host: reference.canonicalHost),
            registry: url,
            scope: .pull(reference),
            credentials: user
        )
    }
}
