import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import Registry
import State
import TestSupport
import Testing

/// What a plan hears from the outputs of a desiderata.
@Suite("Outputs")
struct OutputTests {
    @Test("an image whose name was removed from the repository gets it again, without its layers")
    func nameComesBack() async throws {
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1")
            _ = try await fixture.converter().convert(desiderata)
            let manifest = try fixture.manifest(of: "app:1")
            let folder = try #require(manifest.parent)
            _ = try await NativePublisher(fixture.repository, .test).remove([folder])

            let plan = try await fixture.converter().plan(desiderata)
            #expect(plan.needsPublication && plan.missing.isEmpty)
            let result = try await fixture.converter().convert(desiderata)
            #expect(result.revision == 4)
            #expect(try fixture.repository.reader.tree().readFile(manifest) == image.bytes)
            #expect(try await fixture.converter().convert(desiderata) == .upToDate(revision: 4))
            try await fixture.expectSound()
        }
    }

    @Test("each output says what it needs to know and what it changes; only layers are in the repository")
    func plans() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base, SampleLayers.base])
            let name = try await fixture.desire("app:1")
            let output = try #require(name.output)
            let input = try ImageSource(parsing: name.input.reference.text, folder: "/")
            let image = try await fixture.client.open(input, credentials: nil).resolve(
                platform: Platform(parsing: "linux/amd64")
            )
            let layers = LayersOutput(ConversionOptions())
            let thin = ThinImageOutput(output.reference, repository: ConversionFixture.fqrn)
            let named = NamedManifest(image)
            let digest = image.manifest.layers[0].digest

            #expect(layers.format == .layers && thin.format == .thin)
            #expect(Set(layers.paths(of: named)) == Set(LayerPresence.paths(of: digest)) && thin.paths(of: named) == [])
            #expect(!layers.isPublished(named, in: [:]) && thin.isPublished(named, in: [:]))
            let both = try [layers.plan(image, place: .only, in: [:]), thin.plan(image, place: .only, in: [:])]
            let wanted = [Outputs(layers: layers), Outputs(layers: layers, others: [thin])]
            #expect(try wanted.map { try $0.arePublished(named, in: [:]) } == [false, false])
            #expect(wanted.map(\.arePushed) == [false, true])
            #expect(both[0].push == nil && both[1].push?.name == output.reference)
            #expect(both.map(\.required) == [[RepositoryLayout.layerRoot(digest)], []])
            #expect(throws: ConversionError("layer \(digest) was not ingested")) {
                _ = try both[0].edits(PreparedImage(layers: IngestedLayers([:])))
            }
            #expect(try both[1].edits(PreparedImage(layers: IngestedLayers([:]))).isEmpty)
        }
    }

    @Test("more than this version makes is refused, and nothing is made")
    func tooMuch() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let source = StoredReference(try ImageReference(parsing: fixture.registry.reference("app:1")), user: nil)
            let cases: [(OutputFormats, [String], String)] = [
                (
                    OutputFormats([.layers, .other("tree")]), ["linux/amd64"],
                    "this version does not make what is wanted (tree)"
                )
            ]
            for (formats, platforms, words) in cases {
                let desiderata = try await fixture.state.wishes.addDesiderata(
                    input: source,
                    output: nil,
                    cvmfsRepository: ConversionFixture.fqrn,
                    formats: formats,
                    platforms: platforms,
                    at: Date()
                )
                let error = await #expect(throws: ConversionError.self) {
                    _ = try await fixture.converter().convert(desiderata)
                }
                #expect(error?.description.contains(words) == true)
                try await fixture.state.wishes.removeDesiderata(desiderata.id, at: Date())
            }
            #expect(try fixture.revision == 1)
        }
    }
}
