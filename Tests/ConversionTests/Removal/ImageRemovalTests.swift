import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import Registry
import State
import TestSupport
import Testing

@Suite("Removal of single images")
struct ImageRemovalTests {
    private static let all: OutputFormats = [.layers, .flat, .podman]

    private func publisher(_ fixture: ConversionFixture) -> NativePublisher {
        NativePublisher(fixture.repository, WriteContext(lockTimeout: .seconds(10)))
    }

    private func source(_ fixture: ConversionFixture, _ name: String) throws -> ImageSource {
        try ImageSource(parsing: fixture.registry.reference(name), folder: "/")
    }

    private func convert(_ fixture: ConversionFixture, _ name: String, as chosen: String? = nil) async throws {
        let reference = StoredReference(try ImageReference(parsing: fixture.registry.reference(name)), user: nil)
        let wish = Wish(
            input: reference,
            output: nil,
            repository: ConversionFixture.fqrn,
            formats: Self.all,
            platforms: ["linux/amd64"],
            name: try chosen.map { try BytePath($0) }
        )
        _ = try await fixture.converter().convert(wish)
    }

    private func has(_ fixture: ConversionFixture, _ path: String) throws -> Bool {
        try fixture.repository.reader.tree().entry(at: BytePath(path)) != nil
    }

    @Test("names, chosen ones too, metadata, the tree and podman's entry go in one revision; the layers stay")
    func removes() async throws {
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage(
                "a",
                tag: "1",
                layers: [SampleLayers.base],
                mediaType: .ociManifest
            )
            try await convert(fixture, "a:1")
            try await convert(fixture, "a:1", as: "tools/a")
            let removal = SingleRemoval(publisher(fixture), state: fixture.state)
            let before = try fixture.revision
            let plan = try await removal.run(try source(fixture, "a:1"), dryRun: true)
            #expect(try fixture.revision == before && plan.revision == nil)
            #expect(Set(plan.names.map(\.absolute)) == ["/\(fixture.registry.host)/a:1", "/tools/a"])
            let done = try await removal.run(try source(fixture, "a:1"), dryRun: false)
            #expect(done.revision == before + 1 && done.names == plan.names)
            let tree = RepositoryLayout.tree(image.manifest.config.digest)
            for path in ["\(fixture.registry.host)/a:1", "tools/a", "\(tree)", "\(try fixture.manifest(of: "a:1"))"] {
                #expect(try !has(fixture, path), "\(path)")
            }
            #expect(try has(fixture, "\(RepositoryLayout.layerRecord(image.manifest.layers[0].digest))"))
            let list = try fixture.repository.reader.tree().readFile(PodmanStore.images)
            #expect(try JSONValue(parsing: list ?? []).array?.isEmpty == true)
            let error = await #expect(throws: CVMFSError.self) {
                _ = try await removal.run(try source(fixture, "a:1"), dryRun: false)
            }
            #expect(error?.code == .notFound)
            try await fixture.expectSound()
        }
    }

    @Test("one that a desiderata wants is refused, and what two images share stays until both are gone")
    func shared() async throws {
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage(
                "a",
                tag: "1",
                layers: [SampleLayers.base],
                mediaType: .ociManifest
            )
            _ = try fixture.registry.addImage("a", tag: "2", layers: [SampleLayers.base], mediaType: .ociManifest)
            let desiderata = try await fixture.desire("a:1", formats: [.layers, .flat, .podman, .thin])
            _ = try await fixture.converter().convert(desiderata)
            try await convert(fixture, "a:2")
            let removal = SingleRemoval(publisher(fixture), state: fixture.state)
            let error = await #expect(throws: ConversionError.self) {
                _ = try await removal.run(try source(fixture, "a:1"), dryRun: false)
            }
            #expect(error?.description.contains("wafer remove-desiderata \(desiderata.id)") == true)
            _ = try await removal.run(try source(fixture, "a:2"), dryRun: false)
            let tree = "\(RepositoryLayout.tree(image.manifest.config.digest))"
            #expect(try has(fixture, tree))
            try await fixture.state.wishes.removeDesiderata(desiderata.id, at: Date())
            try await convert(fixture, "a:2")
            // Both at once: each is the other's only user.
            let second = try await fixture.desire("a:2", as: "thin/b:1", formats: [.layers, .flat, .podman, .thin])
            _ = try await fixture.converter().convert(second)
            try await fixture.state.wishes.removeDesiderata(second.id, at: Date())
            let pruning = Pruning(publisher(fixture), state: fixture.state, grace: 0, now: Date() + 1)
            let report = try await pruning.run(dryRun: false)
            #expect(report.images.count == 2 && report.layers == [image.manifest.layers[0].digest])
            #expect(try !has(fixture, tree))
            let list = try fixture.repository.reader.tree().readFile(PodmanStore.images)
            #expect(try JSONValue(parsing: list ?? []).array?.isEmpty == true)
            try await fixture.expectSound()
        }
    }
}
