import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import State
import TestSupport
import Testing

@Suite("Verification of podman's entries and thin images") struct OutputVerificationTests {
    @Test("says what podman stumbles over, and what it does not find") func podman() async throws {
        try await ConversionFixture.with { fixture in
            let tree = try await VerifiedTree(fixture)
            let id = tree.image.manifest.config.digest.hex
            let list = try #require(try fixture.repository.reader.tree().readFile(PodmanStore.images))
            let others = String(decoding: list, as: UTF8.self).replacing("/app:1", with: "/app:2")
            try tree.edit { try $0.writeFile(PodmanStore.images, Array(others.utf8)) }
            expectLines(try await tree.findings().differences, ["images.json does not give the name"])
            expectLines(try await tree.findings([]).differences, [])
            let manifest = PodmanStore.root.appending(try BytePath("overlay-images/\(id)/manifest"))
            try tree.edit {
                try $0.writeFile(PodmanStore.images, list)
                try $0.remove(manifest)
            }
            for wanted in [[tree.desiderata], []] {
                expectLines(try await tree.findings(wanted).differences, ["\(manifest.absolute) is no regular file"])
            }
            try tree.edit { try $0.remove(PodmanStore.root) }
            #expect(try await tree.findings().differences.contains { $0.contains("has no image \(id)") })
            expectLines(try await tree.findings([]).differences, [])
        }
    }

    @Test("compares the thin image byte for byte, whoever pushed it, in its form, by its writer") func thin()
        async throws
    {
        try await ConversionFixture.with { fixture in
            let registry = fixture.registry
            let tree = try await VerifiedTree(fixture, formats: [.layers, .thin])
            let pushed = try #require(registry.manifest("thin/app", "1"))
            let source = try ImageSource(parsing: registry.reference("app:1"), folder: "/")
            func push(_ form: ThinForm, origin: ImageSource, writer: String) throws {
                let thin = try ThinImage(
                    origin: origin,
                    layers: tree.image.manifest.layers.map(\.digest),
                    original: ImageConfiguration(bytes: tree.image.configuration),
                    repository: ConversionFixture.fqrn,
                    form: form,
                    writer: writer
                )
                try registry.addBlob(thin.configuration)
                try registry.addBlob(thin.layer)
                let type: MediaType = form == .oci ? .ociManifest : .dockerManifest
                try registry.addManifest(thin.manifest, type, to: "thin/app", tag: "1")
            }
            try push(.oci, origin: source, writer: "wafer 0.0.1")
            #expect(registry.manifest("thin/app", "1") != pushed)
            expectLines(try await tree.findings().differences, [])
            try push(.docker, origin: source, writer: "somebody")
            expectLines(try await tree.findings().differences, ["app:1: its configuration is another one"])
            let other = try ImageSource(parsing: registry.reference("app:2"), folder: "/")
            try push(.docker, origin: other, writer: "wafer 0.1.0")
            expectLines(
                try await tree.findings().differences,
                ["its configuration is another one", "its thin.json is another one"]
            )
            expectLines(try await tree.findings([]).differences, [])
            try registry.addImage("thin/app", tag: "1", layers: [SampleLayers.base, SampleLayers.application])
            expectLines(try await tree.findings().differences, ["it is no image with one layer"])
            let image = try registry.addImage("thin/app", tag: "1", layers: [SampleLayers.base])
            try registry.addIndex("thin/app", tag: "1", images: [image])
            expectLines(try await tree.findings().differences, ["it is an index"])
        }
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1", formats: [.layers, .thin])
            let findings = try await fixture.findings("app:1", wanted: [desiderata])
            #expect(findings.differences.contains { $0.contains("thin/app:1 is missing") })
        }
    }
}
