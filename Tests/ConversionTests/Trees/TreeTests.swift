import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import State
import TestSupport
import Testing

/// Images as root file systems, written by Wafer itself.
@Suite("Root file systems") struct TreeTests {
    private static let options = ConversionOptions()

    /// A converter for a repository with these settings.
    private func converter(
        _ fixture: ConversionFixture,
        _ settings: TreeSettings = TreeSettings(),
        _ options: ConversionOptions = options
    ) -> Converter {
        fixture.converter(
            through: NativePublisher(fixture.repository, WriteContext(lockTimeout: .seconds(10)), trees: settings),
            options
        )
    }

    private func tree(_ image: InMemoryRegistry.Image) -> BytePath {
        RepositoryLayout.tree(image.manifest.config.digest)
    }

    /// What is added to every tree.
    private static let additions = [
        "dev", "proc", "sys", "home", "root", "srv", "cvmfs", "run", "tmp", "var/tmp", "etc/hosts", "etc/resolv.conf",
        "etc/hostname", "etc/localtime", "etc/mtab", ".singularity.d",
    ]

    private static let layers = [
        TarBuilder.archive { tar in
            tar.directory("usr/") { $0.mode = 0o750 }
            tar.directory("usr/bin/")
            tar.file("usr/bin/a", "a\n") { $0.mode = 0o4755 }
            tar.symlink("bin", to: "usr/bin")
            tar.directory("etc/") {
                $0.mode = 0o700; $0.uid = 5
            }
            tar.file("etc/motd", "welcome\n")
            tar.file("etc/shadow", "secret\n") {
                $0.mode = 0o640; $0.gid = 42
            }
            tar.directory("var/")
            tar.directory("var/cache/")
            tar.file("var/cache/old", "old\n")
            tar.file("var/cache/gone", "gone\n")
            tar.file("links/one", "same\n")
            tar.hardLink("links/two", to: "links/one")
            tar.hardLink("links/three", to: "links/one")
            tar.fifo("fifo")
            tar.blockDevice("disk", 8, 1)
        },
        TarBuilder.archive { tar in
            tar.file("etc/.wh.motd")
            tar.file("bin/b", "b\n")
            tar.file("var/cache/.wh..wh..opq")
            tar.file("var/cache/new", "new\n")
            tar.file("links/.wh.three")
            tar.file("disk/under", "x")
        },
    ]

    @Test("are what unpackers make of the layers, where modes shall be exact") func exact() async throws {
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage(
                "app",
                tag: "1",
                layers: Self.layers.map(InMemoryRegistry.Layer.tar)
            )
            let desiderata = try await fixture.desire("app:1")
            _ = try await converter(fixture, TreeSettings(modes: .exact)).convert(desiderata)
            try await fixture.expectSound()
            let found = try TreeListing(fixture.repository.reader, at: tree(image)).without(Self.additions)
            #expect(found == (try await TreeListing.unpacked(Self.layers)).without(Self.additions))
            let rows = try fixture.repository.reader.tree().listing(of: tree(image).appending(try BytePath("links")))
            let links = rows.map { "\(String(decoding: $0.name, as: UTF8.self)) \($0.linkCount) \($0.linkGroup)" }
            #expect(links == ["one 2 1", "two 2 1"])
        }
    }

    @Test("can be read by everybody, and say what the image says to those who ask") func readable() async throws {
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage(
                "app",
                tag: "1",
                layers: Self.layers.map(InMemoryRegistry.Layer.tar),
                mediaType: .ociManifest
            )
            let desiderata = try await fixture.desire("app:1")
            _ = try await fixture.state.wishes.setDesiderata(
                desiderata.id,
                formats: [.layers, .flat, .podman, .thin],
                at: Date()
            )
            _ = try await converter(fixture, TreeSettings(mountPoints: ["/srv2/deep"], keepsSetuid: false))
                .convert(fixture.state.wishes.desiderata(desiderata.id))
            try await fixture.expectSound()
            let found = try TreeListing(fixture.repository.reader, at: tree(image))
            func has(_ path: String, _ words: String) {
                #expect(found[path]?.contains(words) == true, "\(found[path] ?? "no \(path)")")
            }
            has("etc", "directory 755 5:0")
            has("etc", "user.containers.override_stat=5:0:0700")
            has("etc/shadow", "file 644 0:42")
            has("etc/shadow", "user.containers.override_stat=0:42:0640")
            has("usr/bin/a", "file 755 0:0")
            has("usr/bin/a", "override_stat=0:0:0755")
            has("srv2/deep", "directory 755 0:0")
            has("tmp", "override_stat=0:0:01777")
            has("", "override_stat=")
            has("etc/mtab", "-> /proc/mounts")
            has(".singularity.d/runscript", "file 755")
            #expect(found["bin"]?.contains("-> usr/bin") == true && found["usr/bin/b"] != nil)
        }
    }

    @Test("have a name that moves with the tag, in the revision of the new tree, and back without one") func names()
        async throws
    {
        try await ConversionFixture.with { fixture in
            let registry = fixture.registry
            let first = try registry.addImage("group/app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("group/app:1")
            let name = try BytePath("\(registry.host)/group/app:1")
            func link() throws -> String? {
                try fixture.repository.reader.tree().entry(at: name).map { String(decoding: $0.symlink, as: UTF8.self) }
            }
            let one = try await converter(fixture).convert(desiderata)
            #expect(try link() == "../../\(tree(first))")
            let second = try registry.addImage(
                "group/app",
                tag: "1",
                layers: [SampleLayers.base, SampleLayers.application]
            )
            let two = try await converter(fixture).convert(desiderata)
            #expect(try link() == "../../\(tree(second))" && two.revision == one.revision + 1)
            _ = try registry.addImage("group/app", tag: "1", layers: [SampleLayers.base])
            let objects = try fixture.objects.count
            let three = try await converter(fixture).convert(desiderata)
            #expect(try link() == "../../\(tree(first))" && three.revision == two.revision + 1)
            // No tree and no record: catalogs on the way to the name and the manifest, and the provenance.
            #expect(try fixture.objects.count - objects < 20)
            #expect(try await converter(fixture).convert(desiderata) == .upToDate(revision: three.revision))
            try await fixture.expectSound()
        }
    }

    @Test("take no name from what others made") func foreignNames() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1")
            let name = try BytePath("\(fixture.registry.host)/app:1")
            let before = try await NativePublisher(fixture.repository, .test).withSession { session in
                try await session.commit([TreeEdit(name, .file(Array("mine".utf8)))], requiring: [])
            }
            let error = await #expect(throws: ConversionError.self) {
                try await converter(fixture).convert(desiderata)
            }
            #expect(error?.description.contains("is no name that Wafer made") == true)
            #expect(try fixture.revision == before.revision)
        }
    }

    @Test("are made anew where their record is missing, or the repository wants others") func anew() async throws {
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1")
            let one = try await converter(fixture).convert(desiderata)
            let record = RepositoryLayout.treeRecord(image.manifest.config.digest)
            _ = try await NativePublisher(fixture.repository, .test).remove([record])
            let two = try await converter(fixture).convert(desiderata)
            #expect(two.revision == one.revision + 2)
            #expect(try fixture.repository.reader.tree().entry(at: record) != nil)
            let settings = TreeSettings(mountPoints: ["/data"])
            let three = try await converter(fixture, settings).convert(desiderata)
            #expect(three.revision == two.revision + 1)
            #expect(try fixture.repository.reader.tree().entry(at: tree(image).appending(try BytePath("data"))) != nil)
            #expect(try await converter(fixture, settings).convert(desiderata) == .upToDate(revision: three.revision))
            try await fixture.expectSound()
        }
    }

    @Test("lose their names and their places in podman's store when nobody wants them any more") func unwanted()
        async throws
    {
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage(
                "app",
                tag: "1",
                layers: [SampleLayers.base],
                mediaType: .ociManifest
            )
            let all: OutputFormats = [.layers, .flat, .podman, .thin]
            let desiderata = try await fixture.desire("app:1", formats: all)
            let other = try await fixture.desire("app:1", as: "thin/other:1", formats: all)
            let made = try await converter(fixture).convert(desiderata)
            _ = try await converter(fixture).convert(other)
            func there() throws -> [Bool] {
                let id = image.manifest.config.digest
                let podman = try BytePath("podmanStore/overlay-images/\(id.hex)/manifest")
                let paths = try [
                    tree(image), RepositoryLayout.treeRecord(id), podman, BytePath("\(fixture.registry.host)/app:1"),
                ]
                let tree = try fixture.repository.reader.tree()
                return try paths.map { try tree.entry(at: $0) != nil }
            }
            #expect(try there() == [true, true, true, true])
            let less = try await fixture.state.wishes.setDesiderata(
                desiderata.id,
                formats: [.layers, .thin],
                at: Date()
            )
            // The other one wants them.
            #expect(try await converter(fixture).convert(less) == .upToDate(revision: made.revision))
            #expect(try there() == [true, true, true, true])
            try await fixture.state.wishes.removeDesiderata(other.id, at: Date())
            let result = try await converter(fixture).convert(less)
            #expect(result.revision == made.revision + 1)
            #expect(try there() == [false, false, false, false])
            #expect(try await converter(fixture).convert(less) == .upToDate(revision: result.revision))
            try await fixture.expectSound()
        }
    }
}
