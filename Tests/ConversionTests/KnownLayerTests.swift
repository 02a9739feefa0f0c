import CVMFS
import Conversion
import OCI
import TestSupport
import Testing

/// What one image says of a layer has to fit what was verified for another.
@Suite("Layers that are there already")
struct KnownLayerTests {
    @Test("another diff id or size than the verified one is refused, as where the layer is not there")
    func contradictions() async throws {
        try await ConversionFixture.with { fixture in
            let good = try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            _ = try await fixture.converter().convert(fixture.desire("app:1"))

            let base = SampleLayers.base
            try fixture.registry.addImage("diff", tag: "1", layers: [.gzip(base.bytes, of: base.tar + [0])])
            let layer = good.manifest.layers[0]
            let longer = Manifest(
                mediaType: .dockerManifest,
                config: good.manifest.config,
                layers: [Descriptor(mediaType: layer.mediaType, digest: layer.digest, size: layer.size + 1)]
            )
            _ = try fixture.registry.addManifest(longer.encoded(), .dockerManifest, to: "size", tag: "1")
            for (name, word) in [("diff", "diff id"), ("size", "bytes")] {
                let desiderata = try await fixture.desire("\(name):1")
                let error = await #expect(throws: ConversionError.self) {
                    _ = try await fixture.converter().convert(desiderata)
                }
                #expect(error?.description.contains(word) == true)
                #expect(fixture.registry.manifest("thin/\(name)", "1") == nil)
            }
            #expect(try fixture.repository.reader.published().manifest.revision == 2)
            try await fixture.expectSound()
        }
    }
}
