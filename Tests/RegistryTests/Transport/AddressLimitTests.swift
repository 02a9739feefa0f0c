import NIOCore
import OCI
import Plumbing
import Registry
import Synchronization
import TestSupport
import Testing

/// Names that resolve to where a registry must not lead.
@Suite(.timeLimit(.minutes(5))) struct AddressLimitTests {
    @Test(
        arguments: [
            ("127.0.0.1", AddressLimit.noLinkLocal), ("127.9.9.9", .noLinkLocal), ("::1", .noLinkLocal),
            ("0.0.0.0", .noLinkLocal), ("::ffff:127.0.0.1", .noLinkLocal), ("10.0.0.5", .noLinkLocalNorLoopback),
            ("fd00::5", .noLinkLocalNorLoopback), ("::ffff:10.0.0.5", .noLinkLocalNorLoopback),
            ("169.254.169.254", AddressLimit.none), ("fe80::1", AddressLimit.none), ("224.0.0.1", AddressLimit.none),
            ("10.0.0.1", .notThisMachine), ("93.184.216.34", .notThisMachine), ("2001:db8::1", .notThisMachine),
        ]
    )
    func looksAtTheAddress(address: String, strictest: AddressLimit) throws {
        let socket = try SocketAddress(ipAddress: address, port: 443)
        for limit in AddressLimit.allCases {
            #expect((limit.refusal(of: socket, on: Fixture.machine) == nil) == (limit <= strictest), "\(limit)")
        }
    }

    @Test func anAddressThatIsNoneIsRefused() throws {
        #expect(AddressLimit.noLinkLocal.refusal(of: nil) != nil)
        #expect(AddressLimit.noLinkLocal.refusal(of: try SocketAddress(unixDomainSocketPath: "/x")) != nil)
    }

    @Test func whereTheMachineCannotBeAskedNothingIsElsewhere() throws {
        let machine = MachineAddresses { nil }
        let socket = try SocketAddress(ipAddress: "93.184.216.34", port: 443)
        #expect(AddressLimit.notThisMachine.refusal(of: socket, on: machine) != nil)
        #expect(AddressLimit.noLinkLocalNorLoopback.refusal(of: socket, on: machine) == nil)
    }

    @Test(
        arguments: [
            ("https://a/", "https://a:5/", AddressLimit.none),
            ("https://a/", "https://b/", .notThisMachine),
            ("http://127.0.0.1:1/", "http://cdn/", .noLinkLocal),
            ("http://localhost/", "http://127.0.0.1/", .noLinkLocal),
            ("http://10.0.0.5/", "http://10.0.0.5:1/", AddressLimit.none),
            ("http://10.0.0.5/", "http://cdn/", .noLinkLocalNorLoopback),
        ]
    )
    func followsFromWhoNamesWhat(source: String, target: String, limit: AddressLimit) throws {
        let found = TargetPolicy.limit(
            of: try RequestURL(parsing: target),
            namedBy: try RequestURL(parsing: source),
            on: Fixture.machine
        )
        #expect(found == limit)
    }

    /// A network on which every name leads to this machine.
    private func with(
        names: [String],
        at address: String = "127.0.0.1",
        _ body: (InMemoryRegistry, HTTPTransport) async throws -> Void
    ) async throws {
        try await InMemoryRegistry.with(at: address) { registry in
            var settings = NetworkSettings()
            settings.addresses = Dictionary(uniqueKeysWithValues: names.map { ($0, address) })
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
            for limit in [AddressLimit.notThisMachine, .noLinkLocalNorLoopback] {
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
            request.limit = .notThisMachine
            await expect(.redirectRefused, "this machine") { try await network.send(request) }
            #expect(registry.requests.count == 2)
        }
    }

    /// An address of this machine by which others reach it; nil where it has none.
    private static let ownAddress = MachineAddresses.current.all?.lazy
        .compactMap { address in
            if case .v4 = address { address.description } else { nil }
        }
        .first { (try? RegistryHost(parsing: $0).reach) == .other }

    @Test func knowsTheAddressesOfThisMachine() throws {
        let all = try #require(MachineAddresses.current.all)
        #expect(all.contains(.v4([127, 0, 0, 1])))
        for address in [Self.ownAddress].compactMap({ $0 }) {
            #expect(MachineAddresses.current.reach(of: try RegistryHost(parsing: address)) == .ownAddress)
        }
        #expect(MachineAddresses.current.reach(of: try RegistryHost(parsing: "quay.io")) == .other)
        #expect(MachineAddresses.current.reach(of: try RegistryHost(parsing: "127.0.0.1")) == .loopback)
    }

    @Test(.enabled(if: ownAddress != nil)) func thisMachineIsNotReachedByItsOtherAddresses() async throws {
        let address = try #require(Self.ownAddress)
        try await with(names: ["rebound.example.org", "registry.example.org"], at: address) { registry, network in
            var rebound = try RegistryRequest.manifest("http://rebound.example.org:\(registry.port)/a:1")
            rebound.limit = .notThisMachine
            await expect(.redirectRefused, "its host leads to this machine (\(address))") {
                try await network.send(rebound)
            }
            #expect(registry.requests.isEmpty)
            rebound.limit = .noLinkLocalNorLoopback
            #expect(try await network.send(rebound).status == 404)
            // Another name of the very server that the operator named, as that of its token service.
            let named = try RegistryRequest.manifest("http://registry.example.org:\(registry.port)/a:1")
            #expect(try await network.send(named).status == 404)
            rebound.limit = .notThisMachine
            #expect(try await network.send(rebound).status == 404)
        }
    }

    @Test(.enabled(if: ownAddress != nil)) func aRegistryOnAnAddressOfThisMachineWorks() async throws {
        let address = try #require(Self.ownAddress)
        try await InMemoryRegistry.with(at: address) { storage in
            try await InMemoryRegistry.with(at: address) { registry in
                let descriptor = try registry.addBlob([1, 2, 3])
                _ = try storage.addBlob([1, 2, 3])
                registry.faults.redirectsBlobsTo = storage.url
                let settings = Fixture.oneAttempt
                try await RegistryClient.with(userAgent: "wafer/test", logger: Fixture.logger, settings: settings) {
                    let reference = try ImageReference(parsing: registry.reference("app:1"))
                    #expect(try await $0.blob(descriptor, of: reference, credentials: nil) == [1, 2, 3])
                    let digest = try Digest.sha256(of: [1])
                    _ = try await $0.push(blob: [1], digest: digest, to: reference, credentials: nil)
                }
            }
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
