import Layers
import OCI
import Plumbing
import TestSupport
import Testing

@Suite("Whiteouts")
struct WhiteoutTests {
    /// Paths with a letter for what is there.
    static func tree(_ build: (inout TarBuilder) -> Void) throws -> [String] {
        try ReadLayer(TarBuilder.archive(build)).nodes().dropFirst().map { node in
            switch node.kind {
            case .directory where node.isOpaque: "\(node.path) opaque"
            case .directory: "\(node.path)/"
            case .characterDevice where node.file.isWhiteout: "\(node.path) gone"
            default: "\(node.path)"
            }
        }
    }

    /// Compares the paths.
    static func expectTree(
        _ expected: [String],
        sourceLocation: SourceLocation = #_sourceLocation,
        _ build: (inout TarBuilder) -> Void
    ) throws {
        #expect(try tree(build) == expected, sourceLocation: sourceLocation)
    }

    @Test("delete a name or hide a directory")
    func kinds() throws {
        let tree = try Self.tree { tar in
            tar.file("d/.wh.file")
            tar.file("e/.wh..wh..opq")
            tar.file(".wh.top")
            tar.file("d/.wh..hidden")
            tar.file("d/.wh....")
        }
        #expect(tree == ["d/", "d/... gone", "d/.hidden gone", "d/file gone", "e opaque", "top gone"])
        // Nothing lies below a first layer that its root could hide.
        let root = try ReadLayer(TarBuilder.archive { $0.file(".wh..wh..opq") }).nodes()
        #expect(root.map(\.kind) == [.directory] && root.map(\.isOpaque) == [false])
    }

    @Test("have the metadata of nothing")
    func metadata() throws {
        let nodes = try ReadLayer(TarBuilder.archive { $0.file(".wh.x") { ($0.uid, $0.mtime) = (5, 6) } }).nodes()
        #expect(
            nodes[1].attributes.mode == 0 && nodes[1].attributes.uid == 0 && nodes[1].attributes.mtime == 0
                && nodes[1].attributes.xattrs.isEmpty
        )
        #expect(nodes[1].linkCount == 1 && nodes[1].linkGroup == 0)
    }

    @Test("may have content or be hard links, as aufs wrote them")
    func forms() throws {
        let tree = try Self.tree { tar in
            tar.file(".wh.a", "content")
            tar.hardLink(".wh.b", to: ".wh..wh.aufs")
            tar.file("c")
        }
        #expect(tree == ["a gone", "b gone", "c"])
    }

    @Test("may be anything")
    func otherKinds() throws {
        let builds: [(inout TarBuilder) -> Void] = [
            { $0.directory(".wh.x") }, { $0.symlink("d/.wh.x", to: "y") }, { $0.fifo(".wh.x") },
            { $0.characterDevice(".wh.x", 1, 3) }, { $0.directory("d/.wh..wh..opq") },
        ]
        for build in builds {
            let kind = try ReadLayer(TarBuilder.archive(build)).entries.map(\.kind)
            #expect(kind == [.whiteout] || kind == [.opaque])
        }
    }

    @Test(
        "of nothing are dropped and counted",
        arguments: [".wh.", "d/.wh.", ".wh..", ".wh..."]
    )
    func stray(name: String) throws {
        let layer = try ReadLayer(TarBuilder.archive { $0.file("\(name)") })
        #expect(layer.entries.isEmpty)
        #expect(layer.summary.notes.dropped[.strayWhiteout]?.names == [name])
    }

    @Test("that others lie below are ordinary directories on their way, as for all unpackers")
    func below() throws {
        let tar = TarBuilder.archive { tar in
            tar.directory(".wh.d")
            tar.file(".wh.d/x")
            tar.file("a/.wh.d/.wh.b")
        }
        #expect(
            try ReadLayer(tar).nodes().map(\.path.description)
                == ["/", ".wh.d", ".wh.d/x", "a", "a/.wh.d", "a/.wh.d/b", "d"]
        )
    }

    @Test("of aufs itself are dropped and counted, and serve as targets of hard links")
    func aufs() throws {
        let tar = TarBuilder.archive { tar in
            tar.directory(".wh..wh.plnk")
            tar.file(".wh..wh.plnk/123.456", "x")
            tar.file(".wh..wh.aufs")
            tar.file("d/.wh..wh.orph/x")
            tar.file("d/.wh..wh.")
            tar.file("kept")
        }
        let layer = try ReadLayer(tar)
        #expect(try layer.nodes().map(\.path.description) == ["/", "kept"])
        #expect(layer.summary.notes.dropped[.aufsEntry]?.count == 4)
        #expect(layer.summary.notes.dropped[.aufsEntry]?.names.first == ".wh..wh.plnk")
        let linked = TarBuilder.archive { tar in
            tar.file(".wh..wh.plnk/123.456", "x")
            tar.hardLink("a", to: ".wh..wh.plnk/123.456")
            tar.hardLink("b", to: "/.wh..wh.plnk/123.456")
        }
        let nodes = try ReadLayer(linked).nodes()
        #expect(nodes.map(\.path.description) == ["/", "a", "b"])
        #expect(nodes.dropFirst().allSatisfy { $0.content == Array("x".utf8) && $0.linkCount == 2 })
    }

    @Test("similar names are ordinary", arguments: [".wh", "wh.x", "x.wh.y", "d.wh./x", ".WH.x", ".whx"])
    func ordinary(name: String) throws {
        #expect(try ReadLayer(TarBuilder.archive { $0.file("\(name)") }).paths == [name])
    }

    /// Both orders of the archive mean the same: a whiteout speaks of the layers below only.
    @Test("let members of the same layer win", arguments: [true, false])
    func members(whiteoutFirst: Bool) throws {
        func tree(_ whiteout: RawBytes, _ member: (inout TarBuilder) -> Void) throws -> [String] {
            try Self.tree { tar in
                if whiteoutFirst { tar.file(whiteout) }
                member(&tar)
                if !whiteoutFirst { tar.file(whiteout) }
            }
        }
        #expect(try tree(".wh.a") { $0.file("a") } == ["a"])
        #expect(try tree(".wh.a") { $0.symlink("a", to: "b") } == ["a"])
        #expect(try tree(".wh.a") { $0.directory("a") } == ["a opaque"])
        // An implicit directory too.
        #expect(try tree(".wh.a") { $0.file("a/b") } == ["a opaque", "a/b"])
        #expect(try tree("a/.wh.b") { $0.file("a/b/c/d") } == ["a/", "a/b opaque", "a/b/c/", "a/b/c/d"])
        #expect(try tree("a/.wh..wh..opq") { $0.directory("a") } == ["a opaque"])
        #expect(try tree("a/.wh..wh..opq") { $0.file("a/b") } == ["a opaque", "a/b"])
    }

    @Test("are dropped where the directory hides everything anyway", arguments: [true, false])
    func insideOpaque(opaqueFirst: Bool) throws {
        let tree = try Self.tree { tar in
            if opaqueFirst { tar.file("a/.wh..wh..opq") }
            tar.file("a/.wh.x")
            tar.file("a/b/.wh.y")
            tar.file("a/b/c")
            tar.file("z/.wh.x")
            if !opaqueFirst { tar.file("a/.wh..wh..opq") }
        }
        #expect(tree == ["a opaque", "a/b/", "a/b/c", "z/", "z/x gone"])
    }

    @Test("of one name twice are one")
    func twice() throws {
        try Self.expectTree(["d/", "d/x gone"]) { tar in
            tar.file("d/.wh.x")
            tar.file("./d/.wh.x")
        }
    }

    @Test("follow links of the layer on the way")
    func throughLinks() throws {
        let tree = try Self.tree { tar in
            tar.directory("usr/lib")
            tar.symlink("lib", to: "usr/lib")
            tar.file("lib/.wh.x")
            tar.file("lib/.wh..wh..opq")
        }
        #expect(tree == ["lib", "usr/", "usr/lib opaque"])
    }
}
