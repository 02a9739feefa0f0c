import OCI
import Registry
import TestSupport
import Testing

/// Mirrors of a registry, before it in their order.
@Suite(.timeLimit(.minutes(5))) struct MirrorTests {
    /// Two mirrors, the second below a prefix, and the registry itself.
    private func with(
        _ body: (_ client: RegistryClient, _ first: InMemoryRegistry, _ second: InMemoryRegistry, Fixture) async throws
            -> Void
    ) async throws {
        try await InMemoryRegistry.with { first in
            try await InMemoryRegistry.with { second in
                try await InMemoryRegistry.with { origin in
                    var settings = Fixture.settings(FakeClock())
                    var host = HostSettings()
                    host.mirrors = [
                        try RegistryMirror(parsing: first.url),
                        try RegistryMirror(parsing: "\(second.url)/proxy"),
                    ]
                    settings.hosts.hosts[origin.host] = host
                    try await RegistryClient.with(
                        userAgent: "wafer/test",
                        logger: Fixture.logger,
                        settings: settings
                    ) { client in
                        try await body(client, first, second, Fixture(registry: origin, client: client))
                    }
                }
            }
        }
    }

    private static let layer = InMemoryRegistry.Layer.tar(Fixture.bytes(1_000))

    private func pull(_ fixture: Fixture) async throws -> (Digest, [UInt8]) {
        let reference = try fixture.reference("a/b:1")
        let image = try await fixture.client.resolve(reference, platform: .linuxAMD64, credentials: nil)
        let layer = try await fixture.client.blob(image.manifest.layers[0], of: reference, credentials: nil)
        return (image.manifestDigest, layer)
    }

    @Test func firstMirrorIsEnough() async throws {
        try await with { _, first, second, fixture in
            let image = try first.addImage("a/b", tag: "1", layers: [Self.layer])
            let (digest, bytes) = try await pull(fixture)
            #expect(digest == image.digest && bytes == Self.layer.bytes)
            #expect(first.requests.count == 3)
            #expect(second.requests.isEmpty && fixture.registry.requests.isEmpty)
        }
    }

    @Test func proxyIsAskedBelowItsPrefix() async throws {
        try await with { _, first, second, fixture in
            let image = try second.addImage("proxy/a/b", tag: "1", layers: [Self.layer])
            #expect(try await pull(fixture).0 == image.digest)
            #expect(first.requests.count == 3)
            #expect(second.requests.allSatisfy { $0.path.hasPrefix("/v2/proxy/a/b/") })
            #expect(fixture.registry.requests.isEmpty)
        }
    }

    @Test func registryItselfIsTheLast() async throws {
        try await with { client, first, second, fixture in
            let image = try fixture.registry.addImage("a/b", tag: "1", layers: [Self.layer])
            #expect(try await pull(fixture).0 == image.digest)
            #expect(first.requests.count == 3 && second.requests.count == 3)
            #expect(try await client.digest(of: fixture.reference("a/b:1"), credentials: nil) == image.digest)
        }
    }

    @Test func mirrorThatIsDownIsLeftOutForAWhile() async throws {
        try await with { _, first, second, fixture in
            try second.addImage("proxy/a/b", tag: "1", layers: [Self.layer])
            first.faults.passingFailures = 1_000
            _ = try await pull(fixture)
            // Two attempts, and nothing more for the blobs.
            #expect(first.requests.count == 2)
            #expect(second.requests.count == 3)
        }
    }

    @Test func mirrorThatLiesIsPassedOver() async throws {
        try await with { _, first, _, fixture in
            let image = try fixture.registry.addImage("a/b", tag: "1", layers: [Self.layer])
            try first.addImage("a/b", tag: "1", layers: [Self.layer])
            first.faults.damagesManifests = true
            #expect(try await pull(fixture).0 == image.digest)
        }
    }

    private func downloadLayer(_ fixture: Fixture) async throws -> [UInt8] {
        let descriptor = Descriptor(
            mediaType: .dockerLayer,
            digest: try .sha256(of: Self.layer.bytes),
            size: Int64(Self.layer.bytes.count)
        )
        var bytes: [UInt8] = []
        try await fixture.client.streamBlob(descriptor, of: fixture.reference("a/b:1"), credentials: nil) {
            bytes += $0
        }
        return bytes
    }

    @Test func downloadGoesOnAtTheNextSource() async throws {
        try await with { _, first, _, fixture in
            try first.addImage("a/b", tag: "1", layers: [Self.layer])
            try fixture.registry.addImage("a/b", tag: "1", layers: [Self.layer])
            first.faults.cutBlobsAfter = 100
            #expect(try await downloadLayer(fixture) == Self.layer.bytes)
            #expect(first.requests.map { $0.header("Range") } == [nil, "bytes=100-"])
            #expect(fixture.registry.requests.map { $0.header("Range") } == ["bytes=200-"])
        }
    }

    /// That one source gives no parts says nothing of the next.
    @Test func partsAreAskedForAtTheNextSourceAgain() async throws {
        try await with { _, first, _, fixture in
            try first.addImage("a/b", tag: "1", layers: [Self.layer])
            try fixture.registry.addImage("a/b", tag: "1", layers: [Self.layer])
            first.faults.cutBlobsAfter = 100
            first.faults.contentRange = "nonsense"
            #expect(try await downloadLayer(fixture) == Self.layer.bytes)
            #expect(first.requests.map { $0.header("Range") } == [nil, "bytes=100-", nil])
            #expect(fixture.registry.requests.map { $0.header("Range") } == ["bytes=100-"])
        }
    }

    /// One that nobody can trust is as good as down.
    @Test(arguments: [RegistryError.Code.untrusted, .tlsFailed, .unreachable])
    func mirrorWithoutTrustIsLeftOutForAWhile(code: RegistryError.Code) async throws {
        let network = StubNetwork { request in
            guard request.url.host.name == "quay.io" else { throw RegistryError(code, request.purpose) }
            return .init(headers: [("Docker-Content-Digest", "sha256:\(String(repeating: "a", count: 64))")])
        }
        var settings = Fixture.oneAttempt
        var host = HostSettings()
        host.mirrors = [try RegistryMirror(parsing: "mirror.example.org")]
        settings.hosts.hosts["quay.io"] = host
        let client = RegistryClient(network: network, logger: Fixture.logger, settings: settings)
        for _ in 0..<3 { _ = try await client.digest(of: ImageReference(parsing: "quay.io/a/b:1"), credentials: nil) }
        #expect(network.requests.count { $0.url.host.name == "mirror.example.org" } == 1)
        #expect(network.requests.count == 4)
    }

    @Test func pushesGoToTheRegistryItself() async throws {
        try await with { client, first, second, fixture in
            let bytes = Fixture.bytes(10)
            let isNew = try await client.push(
                blob: bytes,
                digest: .sha256(of: bytes),
                to: fixture.reference("a/b:1"),
                credentials: nil
            )
            #expect(isNew && first.requests.isEmpty && second.requests.isEmpty)
        }
    }

    @Test func userOfTheRegistryIsNotShownToAMirror() async throws {
        try await with { client, first, second, fixture in
            try fixture.registry.addImage("a/b", tag: "1", layers: [Self.layer])
            first.faults.challenge = #"Basic realm="x""#
            first.faults.refusesWithoutChallenge = true
            _ = try await client.manifest(fixture.reference("a/b:1"), credentials: fixture.user("ann", "secret"))
            #expect((first.requests + second.requests).allSatisfy { $0.header("Authorization") == nil })
        }
    }

    @Test func errorIsTheRegistrysOwn() async throws {
        try await with { client, _, _, fixture in
            let error = await expect(.notFound, fixture.registry.host) {
                try await client.manifest(fixture.reference("a/b:1"), credentials: nil)
            }
            #expect(error?.purpose.host == fixture.registry.host)
        }
    }
}
