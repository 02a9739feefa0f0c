import Layers
import OCI
import Plumbing
import TestSupport
import Testing

@Suite("What is left out of layers, and what is refused")
struct PolicyTests {
    static let markers = LayerPolicy(markerNames: [Array(".cvmfscatalog".utf8), Array(".cvmfsautocatalog".utf8)])

    @Test("empty marker files are dropped and counted", arguments: [".cvmfscatalog", ".cvmfsautocatalog"])
    func emptyMarkers(name: String) throws {
        let tar = TarBuilder.archive { tar in
            tar.file(RawBytes(stringLiteral: name))
            tar.directory("d")
            tar.file("d/\(name)") { $0.mode = 0 }
            tar.file("d/.wh.\(name)")
            tar.file("d/file")
        }
        let layer = try ReadLayer(tar, policy: Self.markers)
        #expect(layer.paths == ["d", "d/file"])
        let tally = layer.summary.notes.dropped[.markerFile]
        #expect(tally?.count == 3)
        #expect(tally?.names == [name, "d/" + name, "d/.wh." + name])
        #expect(layer.summary.entries == 2)
        #expect(try ReadLayer(tar).paths == [name, "d", "d/" + name, "d/" + name, "d/file"])
    }

    @Test("anything else of such a name is dropped and counted, with what lies below it")
    func otherMarkers() throws {
        let builds: [(inout TarBuilder) -> Void] = [
            { $0.file("d/.cvmfscatalog", "content") }, { $0.directory("d/.cvmfscatalog") },
            { $0.symlink("d/.cvmfscatalog", to: "x") }, { $0.hardLink("d/.cvmfscatalog", to: "x") },
            { $0.fifo("d/.cvmfscatalog") }, { $0.characterDevice("d/.cvmfscatalog", 1, 3) },
            { $0.file(".cvmfscatalog/x") }, { $0.file("d/.cvmfscatalog/x/y") }, { $0.file(".cvmfscatalog/.wh.x") },
            { $0.file(".wh..cvmfscatalog") },
        ]
        for build in builds {
            let layer = try ReadLayer(TarBuilder.archive(build), policy: Self.markers)
            #expect(layer.paths.isEmpty)
            #expect(layer.summary.notes.dropped[.markerFile]?.count == 1)
        }
    }

    @Test("other names that begin alike are ordinary")
    func otherNames() throws {
        let tar = TarBuilder.archive { tar in
            tar.file(".cvmfs", "x")
            tar.file(".cvmfscatalogs", "x")
            tar.directory(".cvmfsdirtab.d")
            tar.file("d/.cvmfspublished", "x")
        }
        #expect(try ReadLayer(tar, policy: Self.markers).entries.count == 4)
    }

    @Test("hard links to what is left out are left out, too")
    func hardLinks() throws {
        let tar = TarBuilder.archive { tar in
            tar.file("d/.cvmfscatalog", "x")
            tar.hardLink("link", to: "d/.cvmfscatalog")
            tar.file("kept", "y")
        }
        let complete = try ReadLayer(tar, policy: Self.markers).complete()
        #expect(complete.nodes.map(\.path.description) == ["/", "kept"])
        #expect(complete.notes.dropped[.markerFile]?.names == ["link"])
    }

    @Test("a character device 0:0 is dropped and counted, other devices are kept")
    func devices() throws {
        func expectDropped(_ tar: [UInt8], _ name: String) throws {
            let layer = try ReadLayer(tar)
            #expect(layer.entries.filter { $0.path.description == name }.map(\.kind) == [.leftOut(.overlayDevice)])
            #expect(try layer.nodes().allSatisfy { $0.path.description != name })
            #expect(layer.summary.notes.dropped[.overlayDevice]?.names == [name])
        }
        try expectDropped(TarBuilder.archive { $0.characterDevice("d/x", 0, 0) }, "d/x")
        // Records overrule the header.
        let tar = TarBuilder.archive { tar in
            tar.pax(["SCHILY.devmajor": "0", "SCHILY.devminor": "0"])
            tar.characterDevice("x", 1, 3)
        }
        try expectDropped(tar, "x")
        let old = TarBuilder.archive { tar in
            tar.file("first")
            tar.characterDevice("x", 1, 3) { $0.dialect = .v7 }
        }
        try expectDropped(old, "x")
        try expectDropped(TarBuilder.archive { $0.characterDevice("x", 4096, 1 << 20) { $0.dialect = .gnu } }, "x")
        let kept = TarBuilder.archive { tar in
            tar.characterDevice("a", 0, 1)
            tar.characterDevice("b", 5, 0)
            tar.blockDevice("c", 0, 0)
            tar.characterDevice("d", 4095, 1_048_575) { $0.dialect = .gnu }
        }
        let kinds: [FileNode.Kind] = [
            .characterDevice(DeviceNumber(major: 0, minor: 1)), .characterDevice(DeviceNumber(major: 5, minor: 0)),
            .blockDevice(DeviceNumber(major: 0, minor: 0)),
            .characterDevice(DeviceNumber(major: 4095, minor: 1_048_575)),
        ]
        #expect(try ReadLayer(kept).entries.map(\.kind) == kinds.map(LayerEntry.Kind.node))
        let wrapped = try ReadLayer(TarBuilder.archive { $0.characterDevice("a", -1, 1) })
        #expect(wrapped.entries.map(\.kind) == [.node(.characterDevice(DeviceNumber(major: 4095, minor: 1)))])
        #expect(wrapped.summary.notes.warnings[.wrappedNumber]?.names == ["a"])
    }

    @Test("links that clients expand are kept and warned about")
    func variableLinks() throws {
        let tar = TarBuilder.archive { tar in
            tar.symlink("a", to: "$(HOME)/x")
            tar.symlink("b", to: "x$(")
            tar.symlink("c", to: "$x")
            tar.symlink("d", to: "$ (x)")
            for index in 0..<20 { tar.symlink("many\(index)", to: "$(X)") }
        }
        let layer = try ReadLayer(tar)
        #expect(layer.entries[0].kind == .symlink(target: Array("$(HOME)/x".utf8)))
        let tally = layer.summary.notes.warnings[.variableLink]
        #expect(tally?.count == 22)
        #expect(tally?.names.count == 10)
        #expect(tally?.names.first == "a -> $(HOME)/x")
    }

    @Test("link targets may be anything but nothing")
    func linkTargets() throws {
        for target in ["../../../../etc/shadow", "/", "..", "nowhere", "a/../..", " "] {
            let layer = try ReadLayer(TarBuilder.archive { $0.symlink("l", to: RawBytes(stringLiteral: target)) })
            #expect(layer.entries[0].kind == .symlink(target: Array(target.utf8)))
        }
        expectRefused("a link with no or a NUL target", TarBuilder.archive { $0.symlink("l", to: "") })
        let long = RawBytes([UInt8](repeating: 97, count: 4097))
        let tar = TarBuilder.archive { tar in
            tar.pax(["linkpath": long])
            tar.symlink("l", to: "")
        }
        expectRefused("the length of a path", tar)
    }

    @Test("errors show names without control characters")
    func printableErrors() {
        expectRefused("entry \"a\\x1b[2J\"", TarBuilder.archive { $0.hardLink("a\u{1b}[2J", to: "b") })
    }
}
