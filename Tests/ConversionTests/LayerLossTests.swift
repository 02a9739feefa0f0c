import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import State
import TestSupport
import Testing

@Suite("What is not stored of a layer")
struct LayerLossTests {
    /// What the format cannot hold, beside an attribute that it can.
    private static let layer = InMemoryRegistry.Layer.tar(
        TarBuilder.archive { tar in
            tar.pax([
                "SCHILY.xattr.user.long": RawBytes([UInt8](repeating: 1, count: 256)), "SCHILY.xattr.user.short": "1",
            ])
            tar.file("signed", "x")
            tar.pax(["SCHILY.xattr.system.posix_acl_access": [2, 0, 0, 0]])
            tar.file("listed", "x")
            tar.file("etc/.cvmfscatalog")
        }
    )

    @Test("is said while it is converted, in the state, beside the image, and by a verification")
    func everywhere() async throws {
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage("app", tag: "1", layers: [Self.layer])
            let digest = image.manifest.layers[0].digest
            let losses: [LayerLoss: Int] = [.longAttributes: 1, .accessControlLists: 1, .markerFiles: 1]
            let text = """
                layer \(digest): 1 access control list is missing, 1 extended attribute of more than 255 bytes is missing, \
                1 file with the name of a catalog's marker is missing
                """
            let desiderata = try await fixture.desire("app:1")
            _ = try await fixture.converter().convert(desiderata)
            #expect(fixture.events.losses == [losses])
            let conversion = try #require(try await fixture.state.history.lastPublished(of: desiderata.id))
            #expect(conversion.published?.losses == text)

            let folder = try #require(try fixture.manifest(of: "app:1").parent)
            let file = RepositoryLayout.ImageFile.provenance.path(in: folder)
            let bytes = try #require(try fixture.repository.reader.tree().readFile(file))
            let provenance = try JSONDecoder().decode(Notes.self, from: Data(bytes))
            #expect(provenance.notes[digest.description]?["dropped-long-attribute"] == 1)

            let findings = try await verify(fixture)
            #expect(findings.differences == [])
            #expect(findings.losses.map(\.layer) == [digest])
            #expect(findings.losses.map(\.losses) == [losses])
            try await fixture.expectSound()
        }
    }

    @Test("is said of a known layer, too")
    func knownLayer() async throws {
        try await ConversionFixture.with { fixture in
            _ = try fixture.registry.addImage("app", tag: "1", layers: [Self.layer])
            _ = try fixture.registry.addImage("app", tag: "2", layers: [Self.layer, SampleLayers.base])
            _ = try await fixture.converter().convert(fixture.desire("app:1"))
            let second = try await fixture.desire("app:2", as: "thin/app:2")
            _ = try await fixture.converter().convert(second)
            let losses = try await fixture.state.history.lastPublished(of: second.id)?.published?.losses
            #expect(fixture.events.losses.count == 2)
            #expect(losses?.contains("1 extended attribute of more than 255 bytes is missing") == true)
        }
    }

    private struct Notes: Decodable {
        let notes: [String: [String: Int]]
    }

    private func verify(_ fixture: ConversionFixture) async throws -> ImageVerification.Findings {
        try await ImageVerification(registry: fixture.client, repository: fixture.repository.reader, report: { _ in })
            .findings(
                of: ImageSource(parsing: fixture.registry.reference("app:1"), folder: "/"),
                platform: .linuxAMD64,
                credentials: nil
            )
    }
}
