import OCI
import Registry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct PushTests {
    private let blob = Fixture.bytes(3_000)

    private func push(_ fixture: Fixture, user: RegistryCredentials? = nil) async throws -> Bool {
        try await fixture.client.push(
            blob: blob,
            digest: .sha256(of: blob),
            to: fixture.reference("out/x:1"),
            credentials: user
        )
    }

    @Test func blobIsUploadedOnlyWhereItIsMissing() async throws {
        try await Fixture.with { fixture in
            #expect(try await push(fixture))
            #expect(fixture.registry.blob(try .sha256(of: blob)) == blob)
            #expect(fixture.registry.requests.map(\.method) == ["HEAD", "POST", "PUT"])
            let upload = try #require(fixture.registry.requests.last)
            #expect(upload.header("Content-Type") == "application/octet-stream")
            #expect(upload.header("Content-Length") == "3000")
            #expect(fixture.registry.requests[1].header("Content-Length") == "0")

            fixture.registry.forgetRequests()
            #expect(try await !push(fixture))
            #expect(fixture.registry.requests.map(\.method) == ["HEAD"])
        }
    }

    @Test func absoluteUploadAddressIsTaken() async throws {
        try await Fixture.with { fixture in
            fixture.registry.faults.uploadLocation = "\(fixture.registry.url){path}"
            let isNew = try await push(fixture)
            #expect(isNew)
        }
    }

    @Test func uploadAddressElsewhereGetsNoCredentials() async throws {
        try await InMemoryRegistry.with { storage in
            try await Fixture.with(.basic(["ann": "secret"])) { fixture in
                fixture.registry.faults.uploadLocation = "\(storage.url){path}"
                let isNew = try await push(fixture, user: fixture.user("ann", "secret"))
                #expect(isNew)
                #expect(fixture.registry.requests.last?.header("Authorization")?.hasPrefix("Basic ") == true)
                #expect(storage.requests.map(\.method) == ["PUT"])
                #expect(storage.requests.map { $0.header("Authorization") } == [nil])
            }
        }
    }

    @Test(
        arguments: [
            FaultCase(.denied, "wafer add-user --username USER", { $0.blobPushStatus = 403 }),
            FaultCase(.serverFailure, "answered 500", { $0.blobPushStatus = 500 }),
            FaultCase(.refused, "answered 413", { $0.blobPushStatus = 413 }),
            FaultCase(.redirectRefused, "link-local", { $0.uploadLocation = "http://169.254.169.254{path}" }),
            FaultCase(.redirectRefused, "neither", { $0.uploadLocation = "ftp://x/" }),
            FaultCase(
                .digestMismatch,
                "sha256:bbbb",
                { $0.contentDigest = "sha256:" + String(repeating: "b", count: 64) }
            ),
        ]
    )
    func refusedBlobs(_ expected: FaultCase) async throws {
        try await Fixture.with { fixture in
            expected.fault(&fixture.registry.faults)
            await expect(expected.code, expected.words) { try await push(fixture) }
        }
    }

    @Test func wrongDigestIsNotEvenSent() async throws {
        try await Fixture.with { fixture in
            let reference = try fixture.reference("out:1")
            await expect(.digestMismatch, "it has digest") {
                try await fixture.client.push(blob: blob, digest: .sha256(of: [1]), to: reference, credentials: nil)
            }
            #expect(fixture.registry.requests.isEmpty)
        }
    }

    @Test func manifestGoesToTheTag() async throws {
        try await Fixture.with { fixture in
            let config = try fixture.registry.addBlob(Array("{}".utf8), .dockerConfiguration)
            let bytes = try Manifest(mediaType: .dockerManifest, config: config, layers: []).encoded()
            func push(_ name: String) async throws -> Digest {
                try await fixture.client.push(
                    manifest: bytes,
                    mediaType: .dockerManifest,
                    to: fixture.reference(name),
                    credentials: nil
                )
            }
            let digest = try Digest.sha256(of: bytes)
            for (name, tag) in [
                ("out:v1", "v1"), ("out", "latest"), ("out:v2@\(digest)", "v2"), ("out@\(digest)", "\(digest)"),
            ] {
                #expect(try await push(name) == digest)
                #expect(fixture.registry.requests.last?.path == "/v2/out/manifests/\(tag)")
                #expect(fixture.registry.requests.last?.header("Content-Type") == MediaType.dockerManifest.rawValue)
                #expect(fixture.registry.manifest("out", tag) == bytes)
            }
            let other = try Digest.sha256(of: [1])
            await expect(.digestMismatch, other.description) { try await push("out:v1@\(other)") }

            fixture.registry.faults.contentDigest = other.description
            await expect(.digestMismatch, other.description) { try await push("out:v1") }
            fixture.registry.faults.contentDigest = nil
            fixture.registry.faults.manifestPushStatus = 403
            await expect(.denied, "answered 403: DENIED") { try await push("out:v1") }
        }
    }

    @Test func manifestOfMissingBlobsIsRefused() async throws {
        try await Fixture.with { fixture in
            let config = Descriptor(mediaType: .dockerConfiguration, digest: try .sha256(of: [1]), size: 1)
            let bytes = try Manifest(mediaType: .dockerManifest, config: config, layers: []).encoded()
            let reference = try fixture.reference("out:1")
            await expect(.refused, "MANIFEST_BLOB_UNKNOWN") {
                try await fixture.client.push(
                    manifest: bytes,
                    mediaType: .dockerManifest,
                    to: reference,
                    credentials: nil
                )
            }
        }
    }
}
