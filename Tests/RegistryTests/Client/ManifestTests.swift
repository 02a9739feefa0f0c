import Logging
import OCI
import Registry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ManifestTests {
    @Test(arguments: [MediaType.dockerManifest, .ociManifest])
    func comesExactlyAsSent(type: MediaType) async throws {
        try await Fixture.with { fixture in
            let image = try fixture.registry.addImage("a/b", tag: "1", layers: [.tar([1, 2, 3])], mediaType: type)
            let raw = try await fixture.client.manifest(fixture.reference("a/b:1"), credentials: nil)
            #expect(raw.bytes == image.bytes)
            #expect(raw.mediaType == type)
            #expect(raw.digest == image.digest)
            #expect(raw.decoded == .image(image.manifest))
            let request = try #require(fixture.registry.requests.last)
            for accepted in MediaType.acceptedManifests {
                #expect(request.header("Accept")?.contains(accepted.rawValue) == true)
            }
            #expect(request.header("User-Agent") == "wafer/test")
            #expect(request.header("Accept-Encoding") == nil)
        }
    }

    @Test func digestPins() async throws {
        try await Fixture.with { fixture in
            let old = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            try fixture.registry.addImage("a", tag: "1", layers: [.tar([2])])
            let both = try fixture.reference("a:1@\(old.digest)")
            #expect(try await fixture.client.manifest(both, credentials: nil).bytes == old.bytes)
            #expect(fixture.registry.requests.last?.path == "/v2/a/manifests/\(old.digest)")
        }
    }

    @Test func pinnedSHA512IsCompared() async throws {
        try await Fixture.with { fixture in
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            let right = try Digest.of(image.bytes, .sha512)
            // The registry knows one digest a manifest; the tag is what this test's server finds it by.
            for (digest, isRight) in [(right, true), (try Digest.of([9], .sha512), false)] {
                fixture.registry.alias("a", digest: digest, to: "1")
                let reference = try fixture.reference("a@\(digest)")
                if isRight {
                    #expect(try await fixture.client.manifest(reference, credentials: nil).digest == digest)
                } else {
                    await expect(.digestMismatch, right.description) {
                        try await fixture.client.manifest(reference, credentials: nil)
                    }
                }
            }
        }
    }

    @Test func missingOneIsSaidSo() async throws {
        try await Fixture.with { fixture in
            let reference = try fixture.reference("a:missing")
            await expect(.notFound, "MANIFEST_UNKNOWN") {
                try await fixture.client.manifest(reference, credentials: nil)
            }
        }
    }

    @Test func headTellsTheDigestOnly() async throws {
        try await Fixture.with { fixture in
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            #expect(try await fixture.client.digest(of: fixture.reference("a:1"), credentials: nil) == image.digest)
            #expect(fixture.registry.requests.map(\.method) == ["HEAD"])
        }
    }

    @Test(
        arguments: [
            { $0.contentDigest = "blake3:00" }, { $0.hidesContentDigest = true }, { $0.headStatus = 405 },
            { $0.headStatus = 404 }, { $0.headStatus = 403 }, { $0.headStatus = 500 }, { $0.headStatus = 302 },
        ] as [@Sendable (inout InMemoryRegistryFaults) -> Void]
    )
    func registryThatTellsNothingByHeadIsAskedForTheManifest(
        fault: @Sendable (inout InMemoryRegistryFaults) -> Void
    ) async throws {
        try await Fixture.with { fixture in
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            fault(&fixture.registry.faults)
            let reference = try fixture.reference("a:1")
            #expect(try await fixture.client.digest(of: reference, credentials: nil) == image.digest)
            #expect(fixture.registry.requests.map(\.method) == ["HEAD", "GET"])
        }
    }

    @Test func whatIsWrongIsTheAnswerToTheGet() async throws {
        try await Fixture.with { fixture in
            let reference = try fixture.reference("a:1")
            await expect(.notFound, "MANIFEST_UNKNOWN") {
                try await fixture.client.digest(of: reference, credentials: nil)
            }
        }
    }

    @Test(
        arguments: [
            FaultCase(.serverFailure, "503", { $0.manifestStatus = 503 }),
            FaultCase(.tooManyRequests, "use credentials", { $0.manifestStatus = 429 }),
            FaultCase(.denied, "wafer add-user", { $0.manifestStatus = 403 }),
            FaultCase(.refused, "MANIFEST_FAULT: manifest_fault here", { $0.manifestStatus = 400 }),
            FaultCase(.unexpectedAnswer, "answered 204", { $0.manifestStatus = 204 }),
            FaultCase(.unsupportedAuthentication, "without saying how", { $0.refusesWithoutChallenge = true }),
            FaultCase(.digestMismatch, "digest", { $0.damagesManifests = true }),
            FaultCase(
                .digestMismatch,
                "sha256:aaaa",
                { $0.contentDigest = "sha256:" + String(repeating: "a", count: 64) }
            ),
            FaultCase(.tooLarge, "4 MiB", { $0.manifestPadding = 4 << 20 }),
            FaultCase(.tooLarge, "4 MiB") {
                $0.manifestPadding = 4 << 20
                $0.hidesManifestLength = true
            },
            FaultCase(.invalidDocument, "sent as", { $0.manifestType = MediaType.ociIndex.rawValue }),
            FaultCase(.invalidDocument, "schema 1") {
                $0.manifestType = "application/vnd.docker.distribution.manifest.v1+prettyjws"
            },
        ]
    )
    func faults(_ expected: FaultCase) async throws {
        try await Fixture.with { fixture in
            try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            expected.fault(&fixture.registry.faults)
            let reference = try fixture.reference("a:1")
            let error = await expect(expected.code, expected.words) {
                try await fixture.client.manifest(reference, credentials: nil)
            }
            #expect(error?.description.contains(reference.description) == true)
            #expect(error?.isTemporary == [.serverFailure, .tooManyRequests].contains(expected.code))
        }
    }

    /// What the document says itself counts, and somebody hears of it.
    @Test func theOtherFamilysContentTypeIsNoted() async throws {
        let keeper = LogKeeper()
        try await InMemoryRegistry.with { registry in
            let image = try registry.addImage("a", tag: "1", layers: [.tar([1])])
            registry.faults.manifestType = MediaType.ociManifest.rawValue
            let reference = try ImageReference(parsing: registry.reference("a:1"))
            try await RegistryClient.with(userAgent: "wafer/test", logger: keeper.logger(.notice)) { client in
                let raw = try await client.manifest(reference, credentials: nil)
                #expect(raw.mediaType == .dockerManifest && raw.decoded == .image(image.manifest))
            }
        }
        #expect(keeper.lines.count == 1)
        #expect(keeper.lines.first?.contains(MediaType.ociManifest.rawValue) == true)
    }

    @Test func oneOfExactlyTheLimitIsRead() async throws {
        try await Fixture.with { fixture in
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            fixture.registry.faults.manifestPadding = (4 << 20) - image.bytes.count
            fixture.registry.faults.hidesContentDigest = true
            let raw = try await fixture.client.manifest(fixture.reference("a:1"), credentials: nil)
            #expect(raw.bytes.count == 4 << 20)
            #expect(raw.decoded == .image(image.manifest))
        }
    }

    @Test func mismatchNamesBothDigests() async throws {
        try await Fixture.with { fixture in
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            fixture.registry.faults.damagesManifests = true
            let reference = try fixture.reference("a@\(image.digest)")
            let error = await expect(.digestMismatch, image.digest.description) {
                try await fixture.client.manifest(reference, credentials: nil)
            }
            #expect(error?.description.contains("with digest sha256:") == true)
        }
    }
}
