import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import State
import TestSupport
import Testing

/// Trees of layers that other programs published, and of many odd ones.
@Suite("Trees of stored layers") struct StoredLayerTests {
    private static let exact = TreeOptions(TreeSettings(modes: .exact), forPodman: false)

    /// Publishes files as a layer without a record, deletions as files in it, as DUCC does.
    private func publish(_ lines: String, at root: BytePath, in fixture: ConversionFixture) async throws {
        let preparation = try fixture.repository.prepare(.test)
        var entries: [SubtreeEntry] = []
        for (path, content) in Self.files(lines) {
            let row: CatalogEntry =
                if let content {
                    .file(path.name, content: try preparation.storeFile(content), modified: 1)
                } else {
                    .directory(path.name, modified: 1)
                }
            entries.append(SubtreeEntry(path: path, row: row))
        }
        let catalog = try preparation.catalog(of: entries, at: root)
        _ = try fixture.repository.commit(preparation, .test) { try $0.attach(catalog) }
        try preparation.end()
    }

    /// Of lines: `PATH` for a directory and `PATH=CONTENT` for a file.
    private static func files(_ lines: String) -> [(BytePath, [UInt8]?)] {
        lines.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let components = parts[0].utf8.split(separator: UInt8(ascii: "/")).map(Array.init)
            guard let path = BytePath(components: components) else { return nil }
            return (path, parts.count > 1 ? Array(parts[1].utf8) : nil)
        }.sorted { $0.0 < $1.0 }
    }

    @Test("with deletions as files, as DUCC publishes them, have these deletions") func whiteoutFiles() async throws {
        try await ConversionFixture.with { fixture in
            let layers = [
                "/\na\na/gone=1\na/kept=2\nd\nd/old=3\ne\ne/f=4\nr\nr/under=5",
                "/\na\na/.wh.gone=\nd\nd/.wh..wh..opq=\nd/new=6\n.wh.e=\n.wh.r=\nr\nr/own=7\n.wh..wh.plnk\n.wh..wh.plnk/1=",
            ]
            var digests: [Digest] = []
            for layer in layers {
                let digest = try Digest.sha256(of: Array(layer.utf8))
                digests.append(digest)
                try await publish(layer, at: RepositoryLayout.layerRoot(digest), in: fixture)
            }
            let root = try BytePath(".flat/00/tree")
            let publisher = NativePublisher(fixture.repository, .test)
            try await publisher.withSession { [digests] session in
                let plan = TreePlan(root: root, layers: digests, options: Self.exact)
                _ = try await session.assemble(plan)
                _ = try await session.commit([TreeEdit(root, .attach(replacing: true))], requiring: [root])
            }
            let found = try TreeListing(fixture.repository.reader, at: root)
            #expect(found.lines.keys.sorted() == ["", "a", "a/kept", "d", "d/new", "r", "r/own"])
            try await fixture.expectSound()
        }
    }

    @Test("are what unpackers make of a hundred random images") func random() async throws {
        try await ConversionFixture.with { fixture in
            try await withTemporaryFolder { folder in
                let program = "\(ProjectFolder.root)/Tests/tools/random_layers.py"
                try await ExternalTool.run("python3", [program, "--tame", "7", "100", "\(folder)"])
                let publisher = NativePublisher(fixture.repository, .test)
                for number in 0..<100 {
                    let image = "\(folder)/\(String(format: "%04d", number))"
                    let names = try FileManager.default.contentsOfDirectory(atPath: image).sorted()
                    let archives = try names.map { Array(try Data(contentsOf: URL(filePath: "\(image)/\($0)"))) }
                    let layers = archives.map { InMemoryRegistry.Layer.tar($0) }
                    let stored = try fixture.registry.addImage("image\(number)", tag: "1", layers: layers)
                    let wanted = try await TreeListing.unpacked(archives)
                    let desiderata = try await fixture.desire(
                        "image\(number):1",
                        as: "thin/image\(number):1",
                        formats: [.layers, .thin]
                    )
                    _ = try await fixture.converter(through: publisher).convert(desiderata)
                    let root = try BytePath(".flat/00/\(number)")
                    try await publisher.withSession { session in
                        let plan = TreePlan(
                            root: root,
                            layers: stored.manifest.layers.map(\.digest),
                            options: Self.exact
                        )
                        _ = try await session.assemble(plan)
                        _ = try await session.commit([TreeEdit(root, .attach(replacing: true))], requiring: [root])
                    }
                    let found = try TreeListing(fixture.repository.reader, at: root)
                    #expect(found == wanted, "image \(number) of random_layers.py --tame 7 100")
                }
                try await fixture.expectSound()
            }
        }
    }
}
