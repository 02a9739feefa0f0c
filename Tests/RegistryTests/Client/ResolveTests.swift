import OCI
import Plumbing
import Registry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ResolveTests {
    private static let arm = Platform(os: "linux", architecture: "arm64")

    @Test func imageWithoutIndex() async throws {
        try await Fixture.with { fixture in
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1]), .tar([2])])
            let reference = try fixture.reference("a:1")
            let resolved = try await fixture.client.resolve(reference, platform: .linuxAMD64, credentials: nil)
            #expect(resolved.index == nil)
            #expect(resolved.raw.bytes == image.bytes)
            #expect(resolved.manifest == image.manifest)
            #expect(resolved.configuration.bytes == image.configuration)
            #expect(resolved.configuration.diffIDs.count == 2)
            #expect(resolved.referenceDigest == image.digest && resolved.manifestDigest == image.digest)
            #expect(resolved.platform == .linuxAMD64)
            // Manifest and configuration, nothing of the layers.
            #expect(fixture.registry.fetchedBlobs == [image.manifest.config.digest.description])
            #expect(fixture.registry.requests.count == 2)
        }
    }

    @Test(arguments: [MediaType.ociIndex, .dockerManifestList])
    func imageOfAPlatform(type: MediaType) async throws {
        try await Fixture.with { fixture in
            let registry = fixture.registry
            let amd = try registry.addImage("a", tag: nil, layers: [.tar([1])], mediaType: .ociManifest)
            let arm = try registry.addImage("a", tag: nil, layers: [.tar([2])], platform: Self.arm)
            let note = try registry.addImage(
                "a",
                tag: nil,
                layers: [.tar([3])],
                platform: Platform(os: "unknown", architecture: "unknown")
            )
            let digest = try registry.addIndex("a", tag: "1", images: [note, amd, arm], mediaType: type)
            let reference = try fixture.reference("a:1")
            for (platform, image) in [(Platform.linuxAMD64, amd), (Self.arm, arm)] {
                let resolved = try await fixture.client.resolve(reference, platform: platform, credentials: nil)
                #expect(resolved.index?.digest == digest)
                #expect(resolved.index?.bytes == registry.manifest("a", "1"))
                #expect(resolved.referenceDigest == digest)
                #expect(resolved.manifestDigest == image.digest)
                #expect(resolved.platform == platform)
            }
            let error = await expect(.platformNotOffered, "linux/amd64, linux/arm64") {
                try await fixture.client.resolve(
                    reference,
                    platform: Platform(os: "windows", architecture: "amd64"),
                    credentials: nil
                )
            }
            #expect(error?.description.contains("--platform") == true)
            #expect(error?.description.contains("unknown") == false)
        }
    }

    @Test func indexWithoutMediaTypeIsAnIndex() async throws {
        try await Fixture.with { fixture in
            let image = try fixture.registry.addImage("a", tag: nil, layers: [.tar([1])])
            let text =
                #"{"schemaVersion":2,"manifests":[{"mediaType":"\#(MediaType.dockerManifest)","#
                + #""digest":"\#(image.digest)","size":\#(image.bytes.count),"platform":{"os":"linux","architecture":"amd64"}}]}"#
            try fixture.registry.addManifest(
                Array(text.utf8),
                MediaType(rawValue: "application/json"),
                to: "a",
                tag: "1"
            )
            let resolved = try await fixture.client.resolve(
                fixture.reference("a:1"),
                platform: .linuxAMD64,
                credentials: nil
            )
            #expect(resolved.index?.bytes == Array(text.utf8))
            #expect(resolved.manifestDigest == image.digest)
        }
    }

    /// As containerd does: the configuration tells what an entry is for.
    @Test(arguments: [nil, JSONValue.object([:]), .object(["os": .string("linux")])])
    func entriesWithoutAPlatformAreLookedInto(platform: JSONValue?) async throws {
        try await Fixture.with { fixture in
            let registry = fixture.registry
            let images = try [Self.arm, .linuxAMD64].enumerated().map {
                try registry.addImage("a", tag: nil, layers: [.tar([UInt8($0)])], platform: $1)
            }
            let entries = images.map { image -> JSONValue in
                var members: [String: JSONValue] = [
                    "digest": .string("\(image.digest)"), "size": .integer(Int64(image.bytes.count)),
                ]
                members["platform"] = platform
                return .object(members)
            }
            let index = JSONValue.object(["schemaVersion": .integer(2), "manifests": .array(entries)])
            try registry.addManifest(JSONDocument.encode(index), .ociIndex, to: "a", tag: "1")
            let reference = try fixture.reference("a:1")
            for image in images {
                let resolved = try await fixture.client.resolve(reference, platform: image.platform, credentials: nil)
                #expect(resolved.manifestDigest == image.digest)
            }
            let riscv = Platform(os: "linux", architecture: "riscv64")
            await expect(.platformNotOffered, "it offers linux/arm64, linux/amd64; choose another one with --platform")
            {
                try await fixture.client.resolve(reference, platform: riscv, credentials: nil)
            }
        }
    }

    /// Types that say nothing, as Docker takes them.
    @Test(arguments: ["", "application/octet-stream", "application/json", "text/html"])
    func theTypeOfAConfigurationMaySayNothing(type: String) async throws {
        try await Fixture.with { fixture in
            let image = try fixture.registry.addImage("a", tag: nil, layers: [.tar([1])])
            var manifest = image.manifest
            manifest.config.mediaType = MediaType(rawValue: type)
            try fixture.registry.addManifest(manifest.encoded(), .dockerManifest, to: "a", tag: "1")
            let reference = try fixture.reference("a:1")
            let resolved = try await fixture.client.resolve(reference, platform: .linuxAMD64, credentials: nil)
            #expect(resolved.configuration.bytes == image.configuration)
        }
    }

    @Test func whatIsNotAnImageIsSaidSo() async throws {
        try await Fixture.with { fixture in
            let registry = fixture.registry
            func refuses(_ tag: String, _ code: RegistryError.Code, _ words: String) async throws {
                let reference = try fixture.reference("a:\(tag)")
                await expect(code, words) {
                    try await fixture.client.resolve(reference, platform: .linuxAMD64, credentials: nil)
                }
            }
            let chart = Manifest(
                mediaType: .ociManifest,
                config: try registry.addBlob(
                    [0x7B, 0x7D],
                    MediaType(rawValue: "application/vnd.cncf.helm.config.v1+json")
                ),
                layers: []
            )
            try registry.addManifest(chart.encoded(), .ociManifest, to: "a", tag: "chart")
            try await refuses("chart", .invalidDocument, "helm")

            let broken = Manifest(
                mediaType: .ociManifest,
                config: try registry.addBlob([0x7B], .ociConfiguration),
                layers: []
            )
            try registry.addManifest(broken.encoded(), .ociManifest, to: "a", tag: "broken")
            let why = "its configuration \(broken.config.digest) cannot be used: invalid image configuration"
            try await refuses("broken", .invalidDocument, why)
            try registry.addIndex("a", tag: "empty", images: [])
            try await refuses(
                "empty",
                .invalidDocument,
                "its index is empty: it names no image; name another tag or digest"
            )

            var huge = broken
            huge.config.size = 17 << 20
            try registry.addManifest(huge.encoded(), .ociManifest, to: "a", tag: "huge")
            try await refuses("huge", .tooLarge, "16 MiB")

            let image = try registry.addImage("a", tag: nil, layers: [.tar([1])])
            var entry = Descriptor(mediaType: .ociManifest, digest: image.digest, size: 5, platform: .linuxAMD64)
            try registry.addManifest(
                Index(mediaType: .ociIndex, manifests: [entry]).encoded(),
                .ociIndex,
                to: "a",
                tag: "size"
            )
            try await refuses("size", .sizeMismatch, "the index says 5")

            let inner = try registry.addIndex("a", tag: nil, images: [image])
            let bytes = try #require(registry.manifest("a", inner.description))
            entry = Descriptor(mediaType: .ociIndex, digest: inner, size: Int64(bytes.count), platform: .linuxAMD64)
            try registry.addManifest(
                Index(mediaType: .ociIndex, manifests: [entry]).encoded(),
                .ociIndex,
                to: "a",
                tag: "nested"
            )
            try await refuses("nested", .invalidDocument, "another index")
        }
    }

    @Test func damagedConfigurationIsNoticed() async throws {
        try await Fixture.with { fixture in
            let image = try fixture.registry.addImage("a", tag: "1", layers: [.tar([1])])
            fixture.registry.faults.damagesBlobs = true
            let reference = try fixture.reference("a:1")
            let error = await expect(.digestMismatch, "\(image.manifest.config.digest)") {
                try await fixture.client.resolve(reference, platform: .linuxAMD64, credentials: nil)
            }
            #expect(error?.description.contains("bytes with digest sha256:") == true)
        }
    }
}
