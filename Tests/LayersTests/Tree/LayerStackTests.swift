import Layers
import Plumbing
import TestSupport
import Testing

@Suite("A layer on those below it")
struct LayerStackTests {
    /// Layers one upon the other, bottom to top.
    private static func stack(_ builds: ((inout TarBuilder) -> Void)...) throws -> [CompleteLayer<[UInt8]>] {
        var layers: [CompleteLayer<[UInt8]>] = []
        for build in builds {
            layers.append(try ReadLayer(TarBuilder.archive(build)).complete(over: layers))
        }
        return layers
    }

    private static func node(_ name: String, _ layer: CompleteLayer<[UInt8]>) throws -> LayerNode<[UInt8]> {
        let wanted = try path(name)
        return try #require(layer.nodes.first { $0.path == wanted })
    }

    @Test("gives directories that no member names what they have below, and says whose")
    func impliedParents() throws {
        let layers = try Self.stack(
            { tar in
                tar.directory("root/") { ($0.mode, $0.mtime) = (0o700, 7) }
                tar.directory("home/u/") { ($0.mode, $0.uid, $0.gid) = (0o750, 1000, 1001) }
            },
            { $0.directory("tmp/") { $0.mode = 0o1777 } },
            { tar in
                tar.file("root/x")
                tar.file("tmp/y")
                tar.file("home/u/z")
                tar.file("new/dir/f")
            }
        )
        let top = layers[2]
        #expect(try Self.node("root", top).attributes == FileAttributes(mode: 0o700, mtime: 7))
        #expect(try Self.node("tmp", top).attributes == FileAttributes(mode: 0o1777))
        #expect(try Self.node("home/u", top).attributes == FileAttributes(mode: 0o750, uid: 1000, gid: 1001))
        #expect(try Self.node("new/dir", top).attributes == FileAttributes())
        #expect(
            top.base.directories.map { "\($0.path) \($0.layer ?? -1) \($0.isOverLink)" } == [
                "home 0 false", "home/u 0 false", "new -1 false", "new/dir -1 false", "root 0 false", "tmp 1 false",
            ]
        )
        #expect(layers[1].base.isEmpty)
    }

    @Test("takes nothing from what a layer between has deleted or replaced")
    func deletedParents() throws {
        let restricted: (inout TarBuilder) -> Void = { $0.directory("d/e/") { $0.mode = 0o700 } }
        let hiding: [(inout TarBuilder) -> Void] = [
            { $0.file(".wh.d") }, { $0.file("d/.wh.e") }, { $0.file("d/.wh..wh..opq") }, { $0.file("d", "now a file") },
        ]
        for hide in hiding {
            let layers = try Self.stack(restricted, hide, { $0.file("d/e/f") })
            #expect(try Self.node("d/e", layers[2]).attributes == FileAttributes())
            // What the layer itself deletes does not matter, wherever the deletion stands: containerd looks below.
            for order in [true, false] {
                // What lies below a file of the same layer is refused.
                let both = try? Self.stack(
                    restricted,
                    { tar in
                        if order { hide(&tar) }
                        tar.file("d/e/f")
                        if !order { hide(&tar) }
                    }
                )
                if let top = both?[1], top.nodes.contains(where: { $0.path.description == "d/e" }) {
                    #expect(try Self.node("d/e", top).attributes.mode == 0o700)
                }
            }
        }
    }

    @Test("notes a directory that no member names over a link of a lower layer")
    func overLink() throws {
        let layers = try Self.stack(
            { tar in
                tar.directory("usr/lib/") { $0.mode = 0o711 }
                tar.symlink("lib", to: "usr/lib")
                tar.file("usr/lib/a")
            },
            { $0.file("lib/b") }
        )
        #expect(try Self.node("lib", layers[1]).file == FileNode(.directory, FileAttributes(mode: 0o711)))
        #expect(layers[1].base.directories.map(\.isOverLink) == [true])
        #expect(layers[1].notes.warnings[.directoryOverLink]?.names == ["lib over lib -> usr/lib"])
    }

    @Test("stores the content and attributes of a lower file that a hard link names")
    func linkToLower() throws {
        let layers = try Self.stack(
            { tar in
                tar.file("d/a", "content") { ($0.mode, $0.uid) = (0o640, 7) }
                tar.symlink("d/l", to: "a")
            },
            { tar in
                tar.hardLink("d/b", to: "d/a")
                tar.hardLink("d/c", to: "d/a")
                tar.hardLink("e/l", to: "d/l")
            }
        )
        let top = layers[1]
        for name in ["d/b", "d/c"] {
            let node = try Self.node(name, top)
            #expect(node.content == Array("content".utf8))
            #expect(node.attributes == FileAttributes(mode: 0o640, uid: 7))
            #expect(node.linkGroup == 1 && node.linkCount == 2)
        }
        #expect(try Self.node("e/l", top).kind == .symlink(target: Array("a".utf8)))
        #expect(!top.nodes.contains { $0.path.description == "d/a" })
        #expect(top.notes.warnings[.linkToLowerLayer]?.names.first == "d/b -> d/a")
        #expect(top.base.links.map(\.layer) == [0, 0, 0])
    }

    @Test("takes a lower file for a hard link that the layer deletes, before or after, and refuses those to nothing")
    func linkToDeleted() throws {
        let lower: (inout TarBuilder) -> Void = { $0.file("d/a", "x") }
        for whiteout in ["d/.wh.a", ".wh.d", "d/.wh..wh..opq"] {
            for isFirst in [true, false] {
                let layers = try Self.stack(
                    lower,
                    { tar in
                        if isFirst { tar.file("\(whiteout)") }
                        tar.hardLink("b", to: "d/a")
                        if !isFirst { tar.file("\(whiteout)") }
                    }
                )
                #expect(try Self.node("b", layers[1]).content == Array("x".utf8))
            }
        }
        for target in ["d", "d/c"] {
            #expect(throws: LayerError.self) { try Self.stack(lower, { $0.hardLink("b", to: "\(target)") }) }
        }
        // What a layer between has deleted is nothing.
        #expect(throws: LayerError.self) {
            try Self.stack(lower, { $0.file(".wh.d") }, { $0.hardLink("b", to: "d/a") })
        }
    }

    @Test("deletes what lower layers have in an opaque root name by name", arguments: [true, false])
    func opaqueRoot(first: Bool) throws {
        let layers = try Self.stack(
            { tar in
                tar.file("old")
                tar.directory("etc/") { $0.mode = 0o700 }
                tar.file("etc/a")
                tar.file("gone")
            },
            { $0.file(".wh.gone") },
            { tar in
                if first { tar.file(".wh..wh..opq") }
                tar.file("new")
                tar.file("etc/b")
                if !first { tar.file(".wh..wh..opq") }
            }
        )
        let top = layers[2]
        #expect(top.nodes.map(\.path.description) == ["/", "etc", "etc/b", "new", "old"])
        #expect(try Self.node("old", top).file.isWhiteout)
        #expect(!(try Self.node("", top).isOpaque))
        let etc = try Self.node("etc", top)
        #expect(etc.isOpaque && etc.attributes.mode == 0o700)
        #expect(top.notes.warnings[.opaqueRoot]?.count == 2)
        #expect(top.base.hiddenNames == [Array("etc".utf8), Array("old".utf8)])
    }

    @Test("shows the uppermost file of a name, and what all layers have in a directory")
    func merged() throws {
        let layers = try Self.stack(
            { tar in
                tar.file("d/a", "1")
                tar.file("d/b", "1")
                tar.file("e/x", "1")
            },
            { tar in
                tar.file("d/.wh.a")
                tar.file("d/c", "2")
                tar.file("e", "a file now")
            }
        )
        let stack = LayerStack(layers.map(\.nodes))
        #expect(try stack.file(at: try path("d/a")) == nil)
        #expect(try stack.file(at: try path("d/b"))?.layer == 0)
        #expect(try stack.file(at: try path("d/c"))?.layer == 1)
        #expect(try stack.file(at: try path("e/x")) == nil)
        let names = try stack.names(in: try path("d")).map { String(decoding: $0, as: UTF8.self) }
        #expect(names.sorted() == ["b", "c"])
        #expect(try stack.names(in: try path("e")).isEmpty)
    }
}
