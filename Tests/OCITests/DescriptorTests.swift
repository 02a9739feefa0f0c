import OCI
import Plumbing
import Testing

@Suite struct DescriptorTests {
    static let json =
        #"{"annotations":{"a/b":"c"},"artifactType":"x/y","digest":"sha256:\#(ImageReferenceTests.hex)","#
        + #""mediaType":"application/vnd.oci.image.layer.v1.tar+zstd","other":{"deep":[1,2.5,true,null,"t"]},"size":9007199254740993}"#

    @Test func keepsUnknownMembers() throws {
        let document = try JSONValue(parsing: Array(Self.json.utf8))
        let descriptor = try Descriptor(JSONReader(document, kind: "descriptor"))
        #expect(descriptor.otherMembers["artifactType"] == .string("x/y"))
        #expect(descriptor.size == 9_007_199_254_740_993)
        #expect(String(decoding: try JSONDocument.encode(descriptor.json), as: UTF8.self) == Self.json)
    }

    @Test(
        arguments: [
            ("application/vnd.docker.image.rootfs.diff.tar.gzip", true, false),
            ("application/vnd.oci.image.layer.v1.tar", true, false),
            ("application/vnd.oci.image.layer.v1.tar+zstd", true, false),
            ("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", true, true),
            ("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", true, true),
            ("application/vnd.oci.image.config.v1+json", false, false),
        ]
    )
    func knowsLayers(type: String, isLayer: Bool, isForeign: Bool) {
        let type = MediaType(rawValue: type)
        #expect(type.isLayer == isLayer)
        #expect(type.isForeignLayer == isForeign)
    }

    @Test(
        arguments: [
            ("application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "encrypted"),
            ("application/vnd.oci.image.layer.nydus.blob.v1", "nydus"),
            ("application/vnd.wasm.content.layer.v1+wasm", "WebAssembly"), ("application/wasm", "WebAssembly"),
            ("application/vnd.sylabs.sif.layer.v1.sif", "Apptainer"),
            ("application/vnd.dev.cosign.simplesigning.v1+json", "cosign"),
            ("application/vnd.in-toto+json", "attestation"),
            ("application/vnd.dsse.envelope.v1+json", "attestation"), ("application/spdx+json", "bill of materials"),
            ("application/vnd.stacker.image.layer.squashfs+zstd+verity", "squashfs"), ("text/x+json", "JSON"),
            ("application/vnd.oci.image.layer.v1.tar+zstd", nil), ("application/vnd.docker.image.rootfs.diff.tar", nil),
            ("application/octet-stream", nil), ("", nil),
        ] as [(String, String?)]
    )
    func knowsWhatIsNoTar(type: String, words: String?) {
        let found = MediaType(rawValue: type).contentThatIsNoTar
        #expect(words.map { found?.contains($0) == true } ?? (found == nil), "\(found ?? "")")
    }

    @Test func manifestsAreWrittenAlike() throws {
        let config = Descriptor(mediaType: .dockerConfiguration, digest: try .sha256(of: [1]), size: 1)
        let layer = Descriptor(mediaType: .dockerLayer, digest: try .sha256(of: [2]), size: 2)
        let manifest = Manifest(mediaType: .dockerManifest, config: config, layers: [layer, layer])
        let bytes = try manifest.encoded()
        #expect(try bytes == manifest.encoded())
        #expect(!bytes.contains(UInt8(ascii: "\\")))
        #expect(try RawManifest(bytes: bytes).decoded == .image(manifest))
    }
}
