import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import State
import TestSupport
import Testing

@Suite("Verification")
struct ImageVerificationTests {
    private func differences(_ fixture: ConversionFixture) async throws -> [String] {
        let verification = ImageVerification(
            registry: fixture.client,
            repository: VerifiedRepository(fixture.repository.reader),
            report: { _ in }
        )
        return try await verification.findings(
            of: ImageSource(parsing: fixture.registry.reference("app:1"), folder: "/"),
            platform: .linuxAMD64,
            credentials: nil
        ).differences
    }

    @Test("a converted image is equal to its registry; one that was not is missing")
    func equal() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base, SampleLayers.application])
            #expect(try await differences(fixture).contains { $0.contains("missing") })
            _ = try await fixture.converter().convert(fixture.desire("app:1"))
            #expect(try await differences(fixture) == [])
        }
    }

    @Test("a time whose fraction cvmfs_server cut off, and what a link's permissions were, are no differences")
    func rounded() async throws {
        try await ConversionFixture.with { fixture in
            let layer = InMemoryRegistry.Layer.tar(
                TarBuilder.archive { tar in
                    for (name, time) in [("after", "100.5"), ("before", "-100.5"), ("whole", "-100")] {
                        tar.pax(["mtime": RawBytes(stringLiteral: time)])
                        tar.file(RawBytes(stringLiteral: name), "1")
                    }
                    tar.symlink("link", to: "after") { $0.mode = 0o755 }
                }
            )
            let image = try fixture.registry.addImage("app", tag: "1", layers: [layer])
            _ = try await fixture.converter().convert(fixture.desire("app:1", formats: [.layers, .thin]))
            #expect(try await differences(fixture) == [])
            let digest = image.manifest.layers[0].digest
            let root = RepositoryLayout.layerRoot(digest)
            let names = ["after", "before", "link", "whole"]
            /// Publishes the layer with other rows, and a record that tells of the loss.
            func publish(_ change: (String, inout CatalogEntry) -> Void) throws {
                let preparation = try fixture.repository.prepare(.test)
                let tree = try fixture.repository.reader.tree()
                var entries = [SubtreeEntry(path: BytePath(), row: try #require(try tree.entry(at: root)))]
                for name in names {
                    let path = try BytePath(name)
                    var row = try #require(try tree.entry(at: root.appending(path)))
                    change(name, &row)
                    entries.append(SubtreeEntry(path: path, row: row))
                }
                let catalog = try preparation.catalog(of: entries, at: root)
                let record = RepositoryLayout.layerRecord(digest)
                let text = String(decoding: try #require(try tree.readFile(record)), as: UTF8.self)
                let told = text.replacing(/"notes" ?: ?{[^}]*}/, with: #""notes": {"lost-fractions-of-seconds": 2}"#)
                _ = try fixture.repository.commit(preparation, .test) { transaction in
                    try transaction.attach(catalog)
                    try transaction.writeFile(record, Array(told.utf8))
                }
                try preparation.end()
            }
            try publish { name, row in
                row.nanoseconds = nil
                if name == "before" { row.modified = -100 }
                if name == "link" { row.mode = 0o120755 }
            }
            #expect(try await differences(fixture) == [])
            // A whole second is what it was.
            try publish { name, row in if name == "whole" { row.modified = -99 } }
            #expect(try await differences(fixture).map { $0.contains("whole: modification time is -99") } == [true])
            try publish { name, row in if name == "after" { row.modified = 101 } }
            #expect(try await differences(fixture).contains { $0.contains("after: modification time is 101") })
        }
    }

    @Test("a layer that lacks, adds and changes entries is told, line by line")
    func different() async throws {
        try await ConversionFixture.with { fixture in
            let layer = InMemoryRegistry.Layer.tar(
                TarBuilder.archive { tar in
                    tar.file("same", "1")
                    tar.file("content", "1")
                    tar.file("other", "2")
                    tar.file("unreadable", "1")
                    tar.file("mode", "1") { $0.mode = 0o600 }
                    tar.file("missing", "1")
                }
            )
            let image = try fixture.registry.addImage("app", tag: "1", layers: [layer])
            _ = try await fixture.converter().convert(fixture.desire("app:1", formats: [.layers, .thin]))
            let root = RepositoryLayout.layerRoot(image.manifest.layers[0].digest)
            let preparation = try fixture.repository.prepare(.test)
            let tree = try fixture.repository.reader.tree()
            var entries = [SubtreeEntry(path: BytePath(), row: try #require(try tree.entry(at: root)))]
            for name in ["added", "content", "mode", "other", "same", "unreadable"] {
                let source = try BytePath(name == "added" ? "same" : name)
                var row = try #require(try tree.entry(at: root.appending(source)))
                row.name = Array(name.utf8)
                if name == "mode" { row.mode = 0o100644 }
                if ["content", "unreadable"].contains(name) {
                    let record = RepositoryLayout.layerRecord(image.manifest.layers[0].digest)
                    let path = name == "content" ? root.appending(try BytePath("other")) : record
                    let other = try tree.content(of: path)
                    guard case .whole(let hash, _, _) = other else { continue }
                    row.hash = hash
                }
                entries.append(SubtreeEntry(path: try BytePath(name), row: row))
            }
            let catalog = try preparation.catalog(of: entries, at: root)
            _ = try fixture.repository.commit(preparation, .test) {
                try $0.attach(catalog)
            }
            try preparation.end()
            let found = try await differences(fixture)
            #expect(found.count == 5)
            let lines = [
                "added is not in the layer", "content: the content differs", "mode: mode is", "missing is missing",
                "unreadable: the content cannot be read: ",
            ]
            for name in lines {
                #expect(found.contains { $0.contains("layer sha256:") && $0.contains(name) })
            }
        }
    }

    @Test("what the record calls lost is no difference; the same without that is one")
    func losses() async throws {
        try await ConversionFixture.with { fixture in
            let layer = InMemoryRegistry.Layer.tar(
                TarBuilder.archive { tar in
                    tar.pax(["SCHILY.xattr.user.a": "1", "mtime": "7.5", "uid": "12"])
                    tar.file("file", "1")
                    tar.hardLink("link", to: "file")
                    tar.symlink("symlink", to: "file")
                    tar.fifo("pipe")
                    tar.file(".wh.gone")
                }
            )
            let image = try fixture.registry.addImage("app", tag: "1", layers: [layer])
            _ = try await fixture.converter().convert(fixture.desire("app:1", formats: [.layers, .thin]))
            let digest = image.manifest.layers[0].digest
            let root = RepositoryLayout.layerRoot(digest)
            var notes: [String: Int] = [:]
            for loss in LayerLoss.allCases { notes[loss.rawValue] = 1 }
            for isTold in [false, true] {
                try fixture.repository.edit(.test) { transaction in
                    if isTold {
                        let path = RepositoryLayout.layerRecord(digest)
                        let record = try LayerRecord.decode(
                            try #require(try fixture.repository.reader.tree().readFile(path))
                        )
                        let told = try Self.record(record, notes: notes).encoded()
                        return try transaction.writeFile(path, told)
                    }
                    for name in ["file", "link", "pipe", "gone"] {
                        try transaction.remove(root.appending(try BytePath(name)))
                    }
                    for name in ["file", "link"] {
                        try transaction.writeFile(root.appending(try BytePath(name)), Array("1".utf8))
                    }
                }
                let found = try await differences(fixture).filter { !$0.contains("modification time") }
                #expect(found.isEmpty == isTold, "\(found)")
                if !isTold {
                    let missing = ["pipe is missing", "gone is missing"]
                    for words in ["owner", "nanoseconds", "link count", "extended attributes"] + missing {
                        #expect(found.contains { $0.contains(words) }, "\(found)")
                    }
                }
            }
        }
    }

    private static func record(_ record: LayerRecord, notes: [String: Int]) throws -> LayerRecord {
        var object = try #require(
            try JSONSerialization.jsonObject(with: Data(try record.encoded())) as? [String: Any]
        )
        object["notes"] = notes
        return try LayerRecord.decode(Array(try JSONSerialization.data(withJSONObject: object)))
    }

    @Test("catalogs inside a layer are no difference, but a marker where no catalog begins is one")
    func nestedCatalogs() async throws {
        try await ConversionFixture.with { fixture in
            let layer = InMemoryRegistry.Layer.tar(
                TarBuilder.archive { tar in
                    for name in ["a", "b", "b/c"] {
                        tar.directory("\(name)")
                        for number in 0..<9 { tar.file("\(name)/\(number)", "\(name)") }
                    }
                    tar.directory("d")
                }
            )
            let image = try fixture.registry.addImage("app", tag: "1", layers: [layer])
            _ = try await fixture.converter().convert(fixture.desire("app:1", formats: [.layers, .thin]))
            let root = RepositoryLayout.layerRoot(image.manifest.layers[0].digest)
            #expect(try republish(fixture, root) == ["a", "b", "b/c"])
            #expect(try await differences(fixture) == [])
            try await fixture.expectSound()
            _ = try republish(fixture, root, markerIn: "d")
            let found = try await differences(fixture)
            #expect(found.count == 1)
            #expect(found.first?.contains("d/.cvmfscatalog is not in the layer") == true)
        }
    }

    /// Writes a layer again with small catalogs, and says where they begin.
    private func republish(_ fixture: ConversionFixture, _ root: BytePath, markerIn other: String? = nil) throws
        -> [String]
    {
        let preparation = try fixture.repository.prepare(.test)
        let tree = try fixture.repository.reader.tree()
        var entries: [SubtreeEntry] = []
        try tree.walk(root) { path, row in
            guard let relative = path.relative(to: root), row.name != Array(".cvmfscatalog".utf8) else { return }
            entries.append(SubtreeEntry(path: relative, row: row))
        }
        if let other {
            let path = try BytePath("\(other)/.cvmfscatalog")
            entries.append(SubtreeEntry(path: path, row: try .marker(algorithm: .sha1)))
        }
        let limits = CatalogLimits(maximum: 16, minimum: 2)
        let catalog = try preparation.catalog(of: entries.sorted { $0.path < $1.path }, at: root, limits: limits)
        _ = try fixture.repository.commit(preparation, .test) {
            try $0.attach(catalog)
        }
        try preparation.end()
        var mountpoints: [String] = []
        try fixture.repository.reader.tree().walk(root) { path, row in
            guard let relative = path.relative(to: root), !relative.isRoot else { return }
            if row.flags.contains(.mountpoint) { mountpoints.append(relative.description) }
        }
        return mountpoints
    }
}
