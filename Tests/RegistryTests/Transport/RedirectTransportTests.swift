import NIOHTTP1
import OCI
import Registry
import TestSupport
import Testing

@Suite struct RedirectTransportTests {
    private func send(
        _ routes: [String: (Int, String)],
        from name: String = "quay.io/a:1",
        method: HTTPMethod = .GET
    ) async throws -> (status: Int, network: StubNetwork) {
        let network = StubNetwork { request in
            guard let (status, location) = routes[request.url.text] else { return .init() }
            return .init(status: status, headers: location.isEmpty ? [] : [("Location", location)])
        }
        var request = try RegistryRequest.manifest(name)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer t")
        request.headers.add(name: "Accept", value: "x")
        return (try await RedirectTransport(next: network).send(request).status, network)
    }

    private let start = "https://quay.io/v2/a/manifests/1"

    @Test func anotherOriginGetsNoCredentials() async throws {
        let (status, network) = try await send([start: (307, "https://cdn.example.org/x?Signature=s")])
        #expect(status == 200)
        #expect(network.requests.map(\.authorization) == ["Bearer t", nil])
        #expect(network.requests.last?.headers.first(name: "Accept") == "x")
        #expect(network.requests.last?.url.text == "https://cdn.example.org/x?Signature=s")
    }

    @Test func sameOriginKeepsThemAndTheyDoNotComeBack() async throws {
        let (_, network) = try await send([
            start: (302, "/elsewhere"), "https://quay.io/elsewhere": (301, "https://quay.io:8443/x"),
            "https://quay.io:8443/x": (308, "https://quay.io/back"),
        ])
        #expect(network.requests.map(\.authorization) == ["Bearer t", "Bearer t", nil, nil])
    }

    @Test(
        arguments: [
            ("http://quay.io/x", "https to http"), ("https://169.254.169.254/latest", "link-local"),
            ("https://127.0.0.1/x", "this machine"), ("https://[::1]/x", "this machine"), ("ftp://quay.io/x", "http"),
            ("https://user:secret@quay.io/x", "password"), ("", "no Location"),
        ]
    )
    func refuses(location: String, reason: String) async throws {
        let error = await #expect(throws: RegistryError.self) { try await send([start: (302, location)]) }
        #expect(error?.code == .redirectRefused)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("secret") == false)
    }

    @Test func chainDoesNotReachWhatItsStartMayNotName() async throws {
        // The second step alone would be allowed: from plain http to plain http.
        let error = await #expect(throws: RegistryError.self) {
            try await send(
                [
                    "http://quay.io/v2/a/manifests/1": (302, "https://b.org/x"),
                    "https://b.org/x": (302, "http://quay.io/y"),
                ],
                from: "http://quay.io/a:1"
            )
        }
        #expect(error?.code == .redirectRefused)
    }

    @Test func circlesEnd() async throws {
        let error = await #expect(throws: RegistryError.self) { try await send([start: (302, start)]) }
        #expect(error?.code == .redirectRefused)
        #expect(error?.description.contains("more than 5") == true)
    }

    @Test func fiveRedirectsAreFollowed() async throws {
        var routes = [start: (302, "/1")]
        for step in 1..<5 { routes["https://quay.io/\(step)"] = (302, "/\(step + 1)") }
        #expect(try await send(routes).status == 200)
        routes["https://quay.io/5"] = (302, "/6")
        await #expect(throws: RegistryError.self) { try await send(routes) }
    }

    @Test func pushesStayAtTheRegistry() async throws {
        #expect(try await send([start: (307, "/x")], method: .PUT).status == 200)
        for (status, location) in [(307, "https://cdn.example.org/x"), (302, "/x"), (303, "/x")] {
            let error = await #expect(throws: RegistryError.self) {
                try await send([start: (status, location)], method: .PUT)
            }
            #expect(error?.code == .redirectRefused)
        }
    }

    @Test func damagedLocationsNeverCrash() async throws {
        var random = SeededRandom(seed: 7)
        var refused = 0
        for _ in 0..<2_000 {
            let location = String(decoding: random.mutate(Array("https://cdn.example.org:8/x?y#z".utf8)), as: UTF8.self)
            do {
                _ = try await send([start: (302, location)])
            } catch is RegistryError {
                refused += 1
            }
        }
        #expect((1..<2_000).contains(refused))
    }
}
