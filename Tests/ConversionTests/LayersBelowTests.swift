import CVMFS
import Conversion
import Foundation
import Layers
import OCI
import Plumbing
import State
import TestSupport
import Testing

@Suite("What a layer has from those below it")
struct LayersBelowTests {
    private static let base = InMemoryRegistry.Layer.tar(
        TarBuilder.archive { tar in
            tar.directory("root/") { ($0.mode, $0.mtime) = (0o700, 5) }
            tar.directory("d/")
            tar.file("d/file", "content") { $0.mode = 0o640 }
            tar.file("old", "x")
        }
    )
    private static let otherBase = InMemoryRegistry.Layer.tar(
        TarBuilder.archive { tar in
            tar.directory("root/") { $0.mode = 0o750 }
            tar.directory("d/")
            tar.file("d/file", "content") { $0.mode = 0o640 }
            tar.file("older", "x")
        }
    )
    private static let links = InMemoryRegistry.Layer.tar(
        TarBuilder.archive { tar in
            tar.file("root/new", "x")
            tar.hardLink("d/link", to: "d/file")
            tar.file("../up", "y")
            tar.characterDevice("device", 0, 0)
        }
    )
    private static let opaque = InMemoryRegistry.Layer.tar(
        TarBuilder.archive { tar in
            tar.file(".wh..wh..opq")
            tar.file("fresh", "x")
        }
    )

    @Test("is stored, said, and what a verification expects")
    func stored() async throws {
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage("app", tag: "1", layers: [Self.base, Self.links, Self.opaque])
            let desiderata = try await fixture.desire("app:1")
            _ = try await fixture.converter().convert(desiderata)
            let tree = try fixture.repository.reader.tree()
            let digests = image.manifest.layers.map(\.digest)
            func entry(_ layer: Int, _ path: String) throws -> CatalogEntry? {
                try tree.entry(at: RepositoryLayout.layerRoot(digests[layer]).appending(BytePath(path)))
            }
            #expect(try entry(1, "root")?.mode == 0o040700)
            #expect(try entry(1, "root")?.modified == 5)
            #expect(try entry(1, "d/link")?.mode == 0o100640)
            #expect(try entry(1, "d/link")?.hash == (try entry(0, "d/file")?.hash))
            #expect(try entry(1, "up")?.size == 1)
            #expect(try entry(1, "device") == nil)
            let names = try tree.entries(of: RepositoryLayout.layerRoot(digests[2])).map {
                String(decoding: $0.name, as: UTF8.self)
            }
            #expect(names == [".cvmfscatalog", "d", "fresh", "old", "root", "up"])

            let losses: [LayerLoss: Int] = [.lowerLinks: 1, .cleanedNames: 1, .overlayDevices: 1]
            #expect(
                fixture.events.losses == [losses, [.opaqueRoots: 4]]
                    || fixture.events.losses == [[.opaqueRoots: 4], losses]
            )
            let said = try await fixture.state.history.lastPublished(of: desiderata.id)?.published?.losses
            #expect(said?.contains("1 hard link to a lower layer as a file with its content") == true)

            let findings = try await findings(of: "app:1", fixture)
            #expect(findings.differences == [])
            #expect(findings.losses.map(\.losses) == [losses, [.opaqueRoots: 4]])
            try await fixture.expectSound()
        }
    }

    @Test("is said to be another image's where a second one has other layers below")
    func anotherBase() async throws {
        try await ConversionFixture.with { fixture in
            _ = try fixture.registry.addImage("app", tag: "1", layers: [Self.base, Self.links, Self.opaque])
            let second = try fixture.registry.addImage(
                "app",
                tag: "2",
                layers: [Self.otherBase, Self.links, Self.opaque]
            )
            let third = try fixture.registry.addImage("app", tag: "3", layers: [Self.base, Self.links])
            _ = try await fixture.converter().convert(fixture.desire("app:1"))
            var notes: [[Int?]] = []
            for (tag, image) in [("2", second), ("3", third)] {
                let desiderata = try await fixture.desire("app:\(tag)", as: "thin/app:\(tag)")
                _ = try await fixture.converter().convert(desiderata)
                let folder = try #require(try fixture.manifest(of: "app:\(tag)").parent)
                let file = RepositoryLayout.ImageFile.provenance.path(in: folder)
                let bytes = try #require(try fixture.repository.reader.tree().readFile(file))
                let provenance = try JSONDecoder().decode(Notes.self, from: Data(bytes))
                notes.append(image.manifest.layers.map { provenance.notes[$0.digest.description]?["other-base"] })
                let said = try await fixture.state.history.lastPublished(of: desiderata.id)?.published?.losses ?? ""
                #expect(said.contains("as on the layers of another image") == (tag == "2"))
                #expect(try await findings(of: "app:\(tag)", fixture).differences == [])
            }
            // The directory /root, and the name that is not deleted.
            #expect(notes == [[nil, 1, 1], [nil, nil]])
            try await fixture.expectSound()
        }
    }

    @Test("is found, too, where two images bring the layer at once")
    func atOnce() async throws {
        try await ConversionFixture.with { fixture in
            _ = try fixture.registry.addImage("app", tag: "1", layers: [Self.base, Self.links])
            _ = try fixture.registry.addImage("app", tag: "2", layers: [Self.otherBase, Self.links])
            let first = try await fixture.desire("app:1")
            let second = try await fixture.desire("app:2", as: "thin/app:2")
            async let one = fixture.converter().convert(first)
            async let two = fixture.converter().convert(second)
            _ = try await (one, two)
            var told = 0
            for (desiderata, name) in [(first, "app:1"), (second, "app:2")] {
                #expect(try await findings(of: name, fixture).differences == [])
                let said = try await fixture.state.history.lastPublished(of: desiderata.id)?.published?.losses ?? ""
                if said.contains("as on the layers of another image") { told += 1 }
            }
            // Whoever comes second is told, whichever that is.
            #expect(told == 1)
            try await fixture.expectSound()
        }
    }

    @Test("is said before another image's layer is replaced")
    func overwriting() async throws {
        try await ConversionFixture.with { fixture in
            _ = try fixture.registry.addImage("app", tag: "1", layers: [Self.base, Self.links])
            _ = try fixture.registry.addImage("app", tag: "2", layers: [Self.otherBase, Self.links])
            _ = try await fixture.converter().convert(fixture.desire("app:1"))
            var options = ConversionOptions()
            options.overwriteLayers = true
            let second = try await fixture.desire("app:2", as: "thin/app:2")
            _ = try await fixture.converter(options).convert(second)
            #expect(fixture.events.rebased.count == 1)
            #expect(try await findings(of: "app:2", fixture).differences == [])
            try await fixture.expectSound()
        }
    }

    @Test("is refused where a known layer links to what these do not have")
    func linkToNothing() async throws {
        try await ConversionFixture.with { fixture in
            let without = InMemoryRegistry.Layer.tar(TarBuilder.archive { $0.directory("root/") { $0.mode = 0o700 } })
            _ = try fixture.registry.addImage("app", tag: "1", layers: [Self.base, Self.links])
            _ = try fixture.registry.addImage("app", tag: "2", layers: [without, Self.links])
            _ = try await fixture.converter().convert(fixture.desire("app:1"))
            let second = try await fixture.desire("app:2", as: "thin/app:2")
            let error = await #expect(throws: ConversionError.self) {
                try await fixture.converter().convert(second)
            }
            #expect(error?.description.contains("entry \"d/link\": refused: a hard link to \"d/file\"") == true)
            try await fixture.expectSound()
        }
    }

    @Test("is told of a layer that an image has twice, and of a root that no member names")
    func twiceAndRoot() async throws {
        let changed = InMemoryRegistry.Layer.tar(
            TarBuilder.archive { tar in
                tar.directory("root/") { $0.mode = 0o710 }
                tar.file("d/file", "changed")
            }
        )
        let rootless = InMemoryRegistry.Layer.tar(TarBuilder.archive { $0.file("top", "x") })
        let root = InMemoryRegistry.Layer.tar(TarBuilder.archive { $0.directory("./") { $0.mode = 0o700 } })
        try await ConversionFixture.with { fixture in
            let twice = [Self.base, Self.links, changed, Self.links]
            for (tag, layers) in [("1", twice), ("2", [Self.base, rootless]), ("3", [root, rootless])] {
                _ = try fixture.registry.addImage("app", tag: "\(tag)", layers: layers)
                let desiderata = try await fixture.desire("app:\(tag)", as: "thin/app:\(tag)")
                _ = try await fixture.converter().convert(desiderata)
                let said = try await fixture.state.history.lastPublished(of: desiderata.id)?.published?.losses ?? ""
                #expect(said.contains("as on the layers of another image") == (tag != "2"), "\(tag)")
                let found = try await findings(of: "app:\(tag)", fixture)
                #expect(found.differences == [])
                #expect(found.losses.contains { $0.losses[.otherBase] != nil } == (tag != "2"), "\(tag)")
            }
            try await fixture.expectSound()
        }
    }

    @Test("is not listed beyond what can be read at once")
    func veryMuch() async throws {
        func parents(_ mode: Int64) -> InMemoryRegistry.Layer {
            .tar(
                TarBuilder.archive { tar in
                    for number in 0..<10_100 { tar.directory("d\(number)/") { $0.mode = mode } }
                }
            )
        }
        let below = InMemoryRegistry.Layer.tar(
            TarBuilder.archive { tar in
                for number in 0..<10_100 { tar.file("d\(number)/file") }
            }
        )
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage("app", tag: "1", layers: [parents(0o700), below])
            try fixture.registry.addImage("other", tag: "1", layers: [parents(0o750), below])
            for name in ["app:1", "other:1"] {
                _ = try await fixture.converter().convert(try await fixture.desire(name))
            }
            let root = RepositoryLayout.layerRoot(image.manifest.layers[1].digest)
            let folder = try #require(root.parent)
            let record = try #require(
                try fixture.repository.reader.tree().readFile(folder.appending(BytePath(".metadata/base.json")))
            )
            #expect(record.count < 2 << 20)
            #expect(String(decoding: record, as: UTF8.self).contains("\"left_out\""))
            #expect(try await findings(of: "app:1", fixture).differences == [])
            let other = try await findings(of: "other:1", fixture)
            #expect(other.differences == [])
            #expect(other.losses.first?.losses[.otherBase] == 10_100)
        }
    }

    @Test("waits for layers that are in work, and ends with them")
    func failureBelow() async throws {
        try await ConversionFixture.with { fixture in
            let broken = InMemoryRegistry.Layer.tar(TarBuilder.archive { $0.hardLink("a", to: "nowhere") })
            let image = try fixture.registry.addImage("app", tag: "1", layers: [broken, Self.links, Self.opaque])
            let desiderata = try await fixture.desire("app:1")
            let error = await #expect(throws: ConversionError.self) {
                _ = try await fixture.converter().convert(desiderata)
            }
            #expect(error?.description.contains(image.manifest.layers[0].digest.description) == true)
            #expect(try fixture.revision == 1)
        }
    }

    private struct Notes: Decodable {
        let notes: [String: [String: Int]]
    }

    private func findings(of name: String, _ fixture: ConversionFixture) async throws -> ImageVerification.Findings {
        try await ImageVerification(
            registry: fixture.client,
            repository: VerifiedRepository(fixture.repository.reader),
            report: { _ in }
        )
        .findings(
            of: ImageSource(parsing: fixture.registry.reference(name), folder: "/"),
            platform: .linuxAMD64,
            credentials: nil
        )
    }
}
