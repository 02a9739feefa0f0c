import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import Registry
import State
import TestSupport
import Testing

/// An image of all outputs in a repository, which a test damages and compares.
struct VerifiedTree {
    let fixture: ConversionFixture
    let image: InMemoryRegistry.Image
    let desiderata: Desiderata

    static let layers = [
        TarBuilder.archive { tar in
            tar.directory("usr/") { $0.mode = 0o750 }
            tar.directory("usr/bin/")
            tar.pax(["SCHILY.xattr.user.a": "1", "mtime": "7.5"])
            tar.file("usr/bin/a", "a\n") { $0.mode = 0o4755 }
            tar.symlink("bin", to: "usr/bin")
            tar.directory("etc/") { $0.mode = 0o700 }
            tar.file("etc/motd", "welcome\n")
            tar.file("etc/shadow", "secret\n") {
                $0.mode = 0o640; $0.gid = 42
            }
            tar.directory("var/cache/")
            tar.file("var/cache/old", "old\n")
            tar.file("links/one", "same\n")
            tar.hardLink("links/two", to: "links/one")
            tar.fifo("fifo")
            for number in 0..<1100 { tar.file("many/\(number)", "\(number)") }
        },
        TarBuilder.archive { tar in
            tar.file("etc/.wh.motd")
            tar.file("bin/b", "b\n")
            tar.file("var/cache/.wh..wh..opq")
            tar.file("var/cache/new", "new\n")
        },
    ]

    /// Converts the image `app:1` into everything that can be made of it.
    init(_ fixture: ConversionFixture, formats: OutputFormats = [.layers, .flat, .podman, .thin]) async throws {
        self.fixture = fixture
        image = try fixture.registry.addImage(
            "app",
            tag: "1",
            layers: Self.layers.map(InMemoryRegistry.Layer.tar),
            members: ["config": .object(["WorkingDir": .string("/data"), "User": .string("daemon")])],
            mediaType: .ociManifest
        )
        desiderata = try await fixture.desire("app:1", formats: formats)
        _ = try await fixture.converter().convert(desiderata)
    }

    var root: BytePath { RepositoryLayout.tree(image.manifest.config.digest) }
    var record: BytePath { RepositoryLayout.treeRecord(image.manifest.config.digest) }
    var name: BytePath { get throws { try BytePath("\(fixture.registry.host)/app:1") } }

    func path(_ path: String) throws -> BytePath { root.appending(try BytePath(path)) }

    func edit(_ body: (Transaction) throws -> Void) throws { _ = try fixture.repository.edit(.test, body) }

    /// Writes the tree again with other rows: `change` gets each with its path, and says whether it stays. `more` are added.
    func rewrite(_ more: [SubtreeEntry] = [], _ change: (String, inout CatalogEntry) throws -> Bool) throws {
        let preparation = try fixture.repository.prepare(.test)
        var entries = more
        try fixture.repository.reader.tree().walk(root) { path, row in
            guard let inner = path.relative(to: root), row.name != CatalogEntry.markerName else { return }
            var row = row
            if try change(inner.description, &row) { entries.append(SubtreeEntry(path: inner, row: row)) }
        }
        let catalog = try preparation.catalog(of: entries.sorted { $0.path < $1.path }, at: root)
        _ = try fixture.repository.commit(preparation, .test) { try $0.attach(catalog) }
        try preparation.end()
    }

    /// Compares it, as the desiderata wants it or as nobody does.
    func findings(
        _ wanted: [Desiderata]? = nil,
        platform: Platform? = nil
    ) async throws -> ImageVerification.Findings {
        try await fixture.findings("app:1", wanted: wanted ?? [desiderata], platform: platform)
    }
}

extension ConversionFixture {
    /// Compares an image with its registry.
    func findings(
        _ name: String,
        wanted: [Desiderata],
        platform: Platform? = nil
    ) async throws -> ImageVerification.Findings {
        try await ImageVerification(
            registry: client,
            repository: VerifiedRepository(repository.reader),
            report: events.add
        ).findings(
            VerificationRequest(
                of: ImageSource(parsing: registry.reference(name), folder: "/"),
                wanted: wanted.map { VerificationRequest.Wanted(Wish($0)) },
                platform: platform
            )
        )
    }
}

/// That these lines are what they should be: each of the words in one of them, and no line else.
func expectLines(_ lines: [String], _ words: [String], sourceLocation: SourceLocation = #_sourceLocation) {
    var rest = lines
    for word in words {
        let index = rest.firstIndex { $0.contains(word) }
        #expect(index != nil, "no \(word) in \(rest)", sourceLocation: sourceLocation)
        if let index { rest.remove(at: index) }
    }
    #expect(rest == [], sourceLocation: sourceLocation)
}
