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

    /// Names of one file in one directory, and another elsewhere.
    private static let linked = InMemoryRegistry.Layer.tar(
        TarBuilder.archive { tar in
            tar.file("bin/git", "program")
            tar.hardLink("bin/git-log", to: "bin/git")
            tar.hardLink("lib/git", to: "bin/git")
            tar.file("bin/perl", "other")
            tar.hardLink("bin/perl5", to: "bin/perl")
        }
    )

    private func groups(_ fixture: ConversionFixture, _ layer: Digest) throws -> [String] {
        let folder = RepositoryLayout.layerRoot(layer).appending(Array("bin".utf8))
        return try fixture.repository.reader.tree().entries(of: folder).map { "\($0.linkCount)/\($0.linkGroup)" }
    }

    @Test("are hard links from one directory into another")
    func linksAcrossDirectories() async throws {
        try await ConversionFixture.with { fixture in
            let layer = try fixture.registry.addImage("app", tag: "1", layers: [Self.linked]).manifest.layers[0].digest
            let desiderata = try await fixture.desire("app:1")
            _ = try await fixture.converter().convert(desiderata)
            #expect(fixture.events.losses == [[.hardLinks: 3]])
            let published = try await fixture.state.history.lastPublished(of: desiderata.id)?.published
            #expect(published?.losses == "layer \(layer): 3 hard links as files of their own")
            #expect(try groups(fixture, layer) == ["2/1", "2/1", "2/2", "2/2"])
            let findings = try await verify(fixture)
            #expect(findings.differences == [] && findings.losses.map(\.losses) == [[.hardLinks: 3]])
            try await fixture.expectSound()
        }
    }

    @Test("are all hard links, where the repository splits them")
    func splitLinks() async throws {
        try await ConversionFixture.with { fixture in
            let layer = try fixture.registry.addImage("app", tag: "1", layers: [Self.linked]).manifest.layers[0].digest
            var repository = fixture.repository
            repository.settings.hardLinks = .split
            let publisher = NativePublisher(repository, WriteContext(lockTimeout: .seconds(10)))
            _ = try await fixture.converter(through: publisher).convert(fixture.desire("app:1"))
            #expect(fixture.events.losses == [[.hardLinks: 5]])
            #expect(try groups(fixture, layer) == ["1/0", "1/0", "1/0", "1/0"])
            let findings = try await verify(fixture)
            #expect(findings.differences == [] && findings.losses.map(\.losses) == [[.hardLinks: 5]])
            try await fixture.expectSound()
        }
    }

    @Test("are hard links that are split later: their number stands in the layer's record")
    func laterSplit() async throws {
        try await ConversionFixture.with { fixture in
            let layer = try fixture.registry.addImage("app", tag: "1", layers: [Self.linked]).manifest.layers[0].digest
            _ = try await fixture.converter().convert(fixture.desire("app:1", formats: [.layers, .thin]))
            let publisher = NativePublisher(fixture.repository, WriteContext(lockTimeout: .seconds(10)))
            let (rows, outcome) = try await publisher.rewrite(hardLinks: .split, markers: nil)
            #expect(rows.splitNames == [RepositoryLayout.layerRoot(layer): 4])
            #expect(outcome == .published(revision: try fixture.revision))
            #expect(try groups(fixture, layer) == ["1/0", "1/0", "1/0", "1/0"])
            let bytes = try fixture.repository.reader.tree().readFile(RepositoryLayout.layerRecord(layer))
            #expect(try LayerRecord.decode(try #require(bytes)).notes == ["lost-hard-links": 4])
            let findings = try await verify(fixture)
            #expect(findings.differences == [] && findings.losses.map(\.losses) == [[.hardLinks: 4]])
            try await fixture.expectSound()
            // What clients do not show is no difference either.
            let again = try await publisher.rewrite(hardLinks: .split, markers: .hidden)
            #expect(again.rows.splitNames.isEmpty && again.rows.markers > 0)
            #expect(try await verify(fixture).differences == [])
        }
    }

    private struct Notes: Decodable {
        let notes: [String: [String: Int]]
    }

    private func verify(_ fixture: ConversionFixture) async throws -> ImageVerification.Findings {
        try await ImageVerification(
            registry: fixture.client,
            repository: VerifiedRepository(fixture.repository.reader),
            report: { _ in }
        )
        .findings(
            of: ImageSource(parsing: fixture.registry.reference("app:1"), folder: "/"),
            platform: .linuxAMD64,
            credentials: nil
        )
    }
}
