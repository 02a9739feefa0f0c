import NIOCore
import OCI
import Registry
import Synchronization
import TestSupport
import Testing

/// Names that resolve to where a registry must not lead.
@Suite(.timeLimit(.minutes(5))) struct AddressLimitTests {
    @Test(
        arguments: [
            ("127.0.0.1", true, false), ("127.9.9.9", true, false), ("::1", true, false), ("0.0.0.0", true, false),
            ("::ffff:127.0.0.1", true, false), ("169.254.169.254", true, true), ("fe80::1", true, true),
            ("10.0.0.1", false, false), ("93.184.216.34", false, false), ("2001:db8::1", false, false),
        ]
    )
    func looksAtTheAddress(address: String, isRefused: Bool, isLinkLocal: Bool) throws {
        let socket = try SocketAddress(ipAddress: address, port: 443)
        #expect((AddressLimit.noLinkLocalNorLoopback.refusal(of: socket) != nil) == isRefused)
        #expect((AddressLimit.noLinkLocal.refusal(of: socket) != nil) == isLinkLocal)
        #expect(AddressLimit.none.refusal(of: socket) == nil)
    }

    @Test func anAddressThatIsNoneIsRefused() throws {
        #expect(AddressLimit.noLinkLocal.refusal(of: nil) != nil)
        #expect(AddressLimit.noLinkLocal.refusal(of: try SocketAddress(unixDomainSocketPath: "/x")) != nil)
    }

    @Test(
        arguments: [
            ("https://a/", "https://a:5/", AddressLimit.none),
            ("https://a/", "https://b/", .noLinkLocalNorLoopback),
            ("http://127.0.0.1:1/", "http://cdn/", .noLinkLocal),
            ("http://localhost/", "http://127.0.0.1/", .noLinkLocal),
        ]
    )
    func followsFromWhoNamesWhat(source: String, target: String, limit: AddressLimit) throws {
        let found = TargetPolicy.limit(of: try RequestURL(parsing: target), namedBy: try RequestURL(parsing: source))
        #expect(found == limit)
    }

    /// A network on which every name leads to this machine.
    private func with(
        names: [String],
        _ body: (InMemoryRegistry, HTTPTransport) async throws -> Void
    ) async throws {
        try await InMemoryRegistry.with { registry in
            var settings = NetworkSettings()
            settings.addresses = Dictionary(uniqueKeysWithValues: names.map { ($0, "127.0.0.1") })
            let clients = HTTPClients(settings)
            let network = HTTPTransport(clients: clients, userAgent: "wafer/test", logger: Fixture.logger)
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(registry, network)) } catch { outcome = .failure(error) }
            try await clients.shutdown()
            try outcome.get()
        }
    }

    @Test func aConnectionIsCheckedBeforeARequestGoesIntoIt() async throws {
        try await with(names: ["rebound.example.org"]) { registry, network in
            var request = try RegistryRequest.manifest("http://rebound.example.org:\(registry.port)/a:1")
            for limit in [AddressLimit.noLinkLocalNorLoopback, .noLinkLocalNorLoopback] {
                request.limit = limit
                let error = await expect(.redirectRefused, "its host leads to this machine (127.0.0.1)") {
                    try await network.send(request)
                }
                #expect(error?.isTemporary == false)
            }
            #expect(registry.requests.isEmpty)
            for limit in [AddressLimit.none, .noLinkLocal] {
                request.limit = limit
                #expect(try await network.send(request).status == 404)
            }
            // A connection that is open already is another client's.
            request.limit = .noLinkLocalNorLoopback
            await expect(.redirectRefused, "this machine") { try await network.send(request) }
            #expect(registry.requests.count == 2)
        }
    }

    /// A registry "elsewhere" answers from a closure; all else is a real network.
    private struct Internet: Transport {
        let registry: StubNetwork
        let rest: HTTPTransport

        func send(_ request: RegistryRequest) async throws -> RegistryResponse {
            request.url.host.name == "quay.io" ? try await registry.send(request) : try await rest.send(request)
        }
    }

    @Test func redirectsUploadsAndTokenServicesAreChecked() async throws {
        try await with(names: ["rebound.example.org"]) { registry, network in
            let place = "http://rebound.example.org:\(registry.port)"
            let quay = StubNetwork { request in
                switch request.url.target {
                case "/v2/moved/manifests/1": .init(status: 307, headers: [("Location", "\(place)/x")])
                case "/v2/up/blobs/uploads/": .init(status: 202, headers: [("Location", "\(place)/x")])
                case let target where target.contains("/blobs/"): .init(status: 404)
                default: .init(status: 401, headers: [("WWW-Authenticate", #"Bearer realm="\#(place)/token""#)])
                }
            }
            let client = RegistryClient(network: Internet(registry: quay, rest: network), logger: Fixture.logger)
            await expect(.redirectRefused, "this machine") {
                try await client.manifest(ImageReference(parsing: "http://quay.io/moved:1"), credentials: nil)
            }
            await expect(.redirectRefused, "this machine") {
                let up = try ImageReference(parsing: "http://quay.io/up:1")
                return try await client.push(blob: [1], digest: .sha256(of: [1]), to: up, credentials: nil)
            }
            // By http a realm elsewhere is refused by its name alone.
            await expect(.unsupportedAuthentication, "is not https") {
                try await client.manifest(ImageReference(parsing: "http://quay.io/login:1"), credentials: nil)
            }
            #expect(registry.requests.isEmpty)
        }
    }
}
