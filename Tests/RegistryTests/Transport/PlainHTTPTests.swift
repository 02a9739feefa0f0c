import Logging
import OCI
import Registry
import TestSupport
import Testing

/// Secrets go without TLS only to this machine, or where they were stored for that.
@Suite struct PlainHTTPTests {
    private func send(
        _ name: String,
        allowed: Bool,
        source: String? = nil,
        scheme: String,
        log: LogKeeper = LogKeeper()
    ) async throws -> StubNetwork {
        let network = StubNetwork { request in
            if request.url.target.hasPrefix("/token") { return .init(body: #"{"token":"t"}"#) }
            if request.authorization != nil { return .init() }
            let realm = "\(request.url.scheme.rawValue)://\(request.url.host)/token"
            return .init(status: 401, headers: [("WWW-Authenticate", #"\#(scheme) realm="\#(realm)""#)])
        }
        let reference = try ImageReference(parsing: name)
        let user = RegistryCredentials(
            host: reference.canonicalHost,
            username: "ann",
            secret: "pass:word",
            kind: .password,
            allowsPlainHTTP: allowed,
            source: source
        )
        let transport = AuthTransport(next: network, logger: log.logger(.warning))
        for _ in 0..<2 { _ = try await transport.send(.manifest(name, user: user)) }
        return network
    }

    @Test(
        arguments: ["Basic", "Bearer"],
        [
            ("https://reg.example.org/a:1", false), ("http://127.0.0.1:5000/a:1", false),
            ("http://localhost:5000/a:1", false), ("http://[::1]:5000/a:1", false),
            ("http://reg.example.org:5000/a:1", true),
        ]
    )
    func goes(scheme: String, place: (name: String, isStoredForIt: Bool)) async throws {
        let log = LogKeeper()
        let network = try await send(place.name, allowed: place.isStoredForIt, scheme: scheme, log: log)
        #expect(network.requests.contains { $0.authorization?.hasPrefix("Basic ") == true })
        // Once for a registry, and only where somebody could listen.
        #expect(log.lines.count == (place.isStoredForIt ? 1 : 0))
        #expect(log.lines.allSatisfy { $0.contains("spoken to without TLS") && !$0.contains("pass:word") })
    }

    @Test(arguments: ["Basic", "Bearer"], [nil, "WAFER_REGISTRY_X_…"])
    func doesNotGo(scheme: String, source: String?) async throws {
        let error = await expect(.clearTextRefused, "without TLS") {
            try await send("http://reg.example.org:5000/a:1", allowed: false, source: source, scheme: scheme)
        }
        let remedy = source.map { "write http://reg.example.org:5000 in \($0)" }
        #expect(
            error?.description.contains(
                remedy ?? "wafer add-user --username ann --registry http://reg.example.org:5000"
            ) == true
        )
        #expect(error?.description.contains("pass:word") == false)
    }
}
