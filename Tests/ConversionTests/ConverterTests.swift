import CVMFS
import Conversion
import Foundation
import Layers
import OCI
import Plumbing
import State
import TestSupport
import Testing

@Suite("Conversion")
struct ConverterTests {
    @Test("an image becomes one revision and a thin image; again there is nothing to do")
    func story() async throws {
        try await ConversionFixture.with { fixture in
            let layers = [SampleLayers.base, SampleLayers.application]
            let image = try fixture.registry.addImage("app", tag: "1", layers: layers)
            let desiderata = try await fixture.desire("app:1")
            let result = try await fixture.converter().convert(desiderata)
            #expect(result.revision == 2)
            try await fixture.expectSound()

            let tree = try fixture.repository.reader.tree()
            let root = RepositoryLayout.layerRoot(image.manifest.layers[1].digest)
            #expect(try tree.entry(at: root.appending(BytePath("etc/motd")))?.type == .characterDevice)
            let run = try #require(try tree.entry(at: root.appending(BytePath("app/run"))))
            #expect(run.mode == 0o104755 && run.uid == 1000 && run.gid == 100)
            let cache = try #require(try tree.entry(at: root.appending(BytePath("var/cache"))))
            let attributes = ExtendedAttributes(blob: try #require(cache.xattrs))
            #expect(
                attributes?.attributes.map { String(decoding: $0.name, as: UTF8.self) } == [
                    "trusted.overlay.opaque", "user.overlay.opaque",
                ]
            )
            #expect(try tree.readFile(fixture.manifest(of: "app:1")) == image.bytes)

            fixture.registry.forgetRequests()
            #expect(try await fixture.converter().convert(desiderata) == .upToDate(revision: 2))
            #expect(fixture.registry.requests.map(\.method) == ["HEAD"])
            #expect(try await fixture.state.history.conversions(of: desiderata.id).count == 1)
        }
    }

    @Test("the thin image keeps the configuration and names the layers")
    func thinImage() async throws {
        try await ConversionFixture.with { fixture in
            let config: [String: JSONValue] = [
                "Env": .array([.string("A=b")]), "Entrypoint": .array([.string("/app/run")]), "User": .string("1000"),
                "WorkingDir": .string("/app"), "Labels": .object(["l": .string("v")]),
            ]
            let image = try fixture.registry.addImage(
                "app",
                tag: "1",
                layers: [SampleLayers.base],
                members: ["config": .object(config)]
            )
            _ = try await fixture.converter().convert(fixture.desire("app:1"))

            let bytes = try #require(fixture.registry.manifest("thin/app", "1"))
            let thin = try RawManifest(bytes: bytes)
            guard case .image(let manifest) = thin.decoded else { throw ConversionError("not an image") }
            #expect(manifest.mediaType == .dockerManifest)
            let configuration = try ImageConfiguration(
                bytes: try #require(fixture.registry.blob(manifest.config.digest))
            )
            var expected = config
            expected["Env"] = .array([.string("A=b"), .string("CVMFS_IMAGE=true")])
            #expect(configuration.config == expected)
            #expect(configuration.created == "2024-05-06T07:08:09Z")
            #expect(configuration.document["history"]?.array?.count == 1)

            let archive = try #require(fixture.registry.blob(manifest.layers[0].digest))
            let tar = try await ExternalTool.run("gzip", ["-dc"], input: archive)
            #expect(try Digest.sha256(of: tar) == configuration.diffIDs[0])
            let text = try await ExternalTool.run("tar", ["-xOf", "-", "thin.json"], input: tar)
            let document = try JSONValue(parsing: text).object
            let hex = image.manifest.layers[0].digest.hex
            let url = "cvmfs://images.example.org/.layers/\(hex.prefix(2))/\(hex)/layerfs"
            #expect(
                document == [
                    "version": .string("1.0"), "origin": .string(fixture.registry.reference("app:1")),
                    "layers": .array([.object(["digest": .string(hex), "url": .string(url)])]),
                ]
            )
        }
    }

    @Test("a second output, and converting again, make no revision and fetch no layer")
    func noRevisionWithoutReason() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let first = try await fixture.desire("app:1")
            _ = try await fixture.converter().convert(first)
            let second = try await fixture.desire("app:1", as: "other/app:1")
            #expect(try await fixture.converter().convert(second).revision == 2)
            let again = try await fixture.converter(ConversionOptions(convertAgain: true)).convert(first)
            #expect(again.revision == 2)
            #expect(fixture.events.startedLayers == 1)
            #expect(try fixture.revision == 2)
            #expect(fixture.registry.manifest("other/app", "1") == fixture.registry.manifest("thin/app", "1"))
        }
    }

    @Test("a moved tag is converted anew, and only the new layer is fetched")
    func movedTag() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1")
            _ = try await fixture.converter().convert(desiderata)
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base, SampleLayers.application])
            #expect(try await fixture.converter().convert(desiderata).revision == 3)
            #expect(fixture.events.startedLayers == 2)
            try await fixture.expectSound()
        }
    }

    @Test("the same layer twice in one image is stored once and named twice")
    func repeatedLayer() async throws {
        try await ConversionFixture.with { fixture in
            let layers = [SampleLayers.base, SampleLayers.application, SampleLayers.base]
            try fixture.registry.addImage("app", tag: "1", layers: layers)
            _ = try await fixture.converter().convert(fixture.desire("app:1"))
            #expect(fixture.events.startedLayers == 2)
            try await fixture.expectSound()
        }
    }

    @Test("a desiderata says its platform, and need have no thin image")
    func layersOfThePlatform() async throws {
        try await ConversionFixture.with { fixture in
            let arm64 = Platform(os: "linux", architecture: "arm64")
            let images = [
                try fixture.registry.addImage("app", tag: nil, layers: [SampleLayers.base]),
                try fixture.registry.addImage("app", tag: nil, layers: [SampleLayers.application], platform: arm64),
            ]
            try fixture.registry.addIndex("app", tag: "1", images: images)
            let desiderata = try await fixture.state.wishes.addDesiderata(
                input: StoredReference(try ImageReference(parsing: fixture.registry.reference("app:1")), user: nil),
                output: nil,
                cvmfsRepository: ConversionFixture.fqrn,
                platforms: ["linux/arm64"],
                at: Date()
            )
            let result = try await fixture.converter().convert(desiderata)
            guard case .converted(2, nil, 1, 0, _, nil) = result else { throw ConversionError("\(result)") }
            #expect(try fixture.repository.reader.tree().readFile(fixture.manifest(of: "app:1")) == images[1].bytes)
            fixture.registry.forgetRequests()
            #expect(try await fixture.converter().convert(desiderata) == .upToDate(revision: 2))
            #expect(fixture.registry.requests.map(\.method) == ["HEAD"])
            let history = try await fixture.state.history.conversions(of: desiderata.id)
            #expect(history.map(\.outcome) == [.succeeded] && history.first?.pushed == nil)
            // Another platform may be chosen.
            let chosen = fixture.converter(ConversionOptions(platform: .linuxAMD64))
            #expect(try await chosen.convert(desiderata).revision == 3)
            try await fixture.expectSound()
        }
    }

    @Test("an index gives its platform's image and is stored beside it")
    func index() async throws {
        try await ConversionFixture.with { fixture in
            let amd64 = try fixture.registry.addImage("app", tag: nil, layers: [SampleLayers.base])
            let arm64 = try fixture.registry.addImage(
                "app",
                tag: nil,
                layers: [SampleLayers.application],
                platform: Platform(os: "linux", architecture: "arm64")
            )
            let index = try fixture.registry.addIndex("app", tag: "1", images: [amd64, arm64])
            let desiderata = try await fixture.desire("app:1")
            let options = ConversionOptions(platform: Platform(os: "linux", architecture: "arm64"))
            _ = try await fixture.converter(options).convert(desiderata)
            let manifest = try fixture.manifest(of: "app:1")
            let folder = try #require(manifest.parent)
            let tree = try fixture.repository.reader.tree()
            #expect(try tree.readFile(manifest) == arm64.bytes)
            let stored = try #require(try tree.readFile(folder.appending(Array("index.json".utf8))))
            #expect(try Digest.sha256(of: stored) == index)
            let record = try #require(try await fixture.state.history.lastConversion(of: desiderata.id))
            #expect(record.referenceDigest == index.description)
            #expect(record.platform == "linux/arm64")
        }
    }

    @Test("a layer that another tool published is not believed")
    func layerWithoutRecord() async throws {
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let root = RepositoryLayout.layerRoot(image.manifest.layers[0].digest)
            try fixture.publishEmptyLayer(image.manifest.layers[0].digest)
            _ = try await fixture.converter().convert(fixture.desire("app:1"))
            #expect(fixture.events.startedLayers == 1)
            #expect(try fixture.repository.reader.tree().entry(at: root.appending(BytePath("etc/motd"))) != nil)
            try await fixture.expectSound()
        }
    }

    @Test("such a layer is taken on the operator's word")
    func trustedLayer() async throws {
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            try fixture.publishEmptyLayer(image.manifest.layers[0].digest)
            let options = ConversionOptions(trustExistingLayers: true)
            _ = try await fixture.converter(options).convert(fixture.desire("app:1"))
            #expect(fixture.events.startedLayers == 0)
            #expect(fixture.registry.manifest("thin/app", "1") != nil)
        }
    }

    @Test("overwriting a layer by the same content changes nothing but downloads it")
    func overwrite() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base, SampleLayers.application])
            let desiderata = try await fixture.desire("app:1")
            _ = try await fixture.converter().convert(desiderata)
            let again = try await fixture.converter(ConversionOptions(overwriteLayers: true)).convert(desiderata)
            #expect(again.revision == 2)
            #expect(fixture.events.startedLayers == 4)
            try await fixture.expectSound()
        }
    }

    @Test("a layer over a limit is refused by the limit's name")
    func limits() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1")
            var options = ConversionOptions()
            options.limits.entries = 2
            let converter = fixture.converter(options)
            let error = await #expect(throws: ConversionError.self) { try await converter.convert(desiderata) }
            #expect(error?.description.contains("number of entries may be at most 2") == true)
            #expect(try fixture.revision == 1)
        }
    }

    @Test("a desiderata in work elsewhere is left alone")
    func claimed() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1")
            try await fixture.state.claims.withClaim(on: .desiderata(desiderata.id)) {
                _ = await #expect(throws: StateError.self) { try await fixture.converter().convert(desiderata) }
            }
            #expect(try fixture.revision == 1)
        }
    }

    @Test("what a dead process left open is ended also where everything is up to date")
    func recoversWhereNothingIsToDo() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1")
            _ = try await fixture.converter().convert(desiderata)
            let publisher = RecoveringPublisher(
                NativePublisher(fixture.repository, WriteContext(lockTimeout: .seconds(10)))
            )
            guard case .upToDate = try await fixture.converter(through: publisher).convert(desiderata) else {
                return #expect(Bool(false), "converted again")
            }
            #expect(publisher.recoveries == 1)
        }
    }
}
