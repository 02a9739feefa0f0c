import Layers
import OCI
import Plumbing
import TestSupport
import Testing

@Suite("The tree of a layer")
struct LayerTreeTests {
    static func nodes(_ build: (inout TarBuilder) -> Void) throws -> [LayerNode<[UInt8]>] {
        try ReadLayer(TarBuilder.archive(build)).nodes()
    }

    /// A line for each node, the root left out.
    static func tree(_ build: (inout TarBuilder) -> Void) throws -> [String] {
        try nodes(build).dropFirst().map(line)
    }

    /// Compares the lines.
    static func expectTree(
        _ expected: [String],
        sourceLocation: SourceLocation = #_sourceLocation,
        _ build: (inout TarBuilder) -> Void
    ) throws {
        #expect(try tree(build) == expected, sourceLocation: sourceLocation)
    }

    static func line(_ node: LayerNode<[UInt8]>) -> String {
        switch node.kind {
        case .directory: "\(node.path)/" + (node.isOpaque ? " opaque" : "")
        case .file: "\(node.path)=\(Printable.text(node.content ?? []))"
        case .symlink(let target): "\(node.path)->\(Printable.text(target))"
        case .characterDevice where node.file.isWhiteout: "\(node.path) gone"
        case .characterDevice(let device): "\(node.path) c\(device.major):\(device.minor)"
        case .blockDevice(let device): "\(node.path) b\(device.major):\(device.minor)"
        case .fifo: "\(node.path) fifo"
        case .socket: "\(node.path) socket"
        }
    }

    @Test("of no members is a root with default metadata")
    func empty() throws {
        let nodes = try Self.nodes { _ in }
        #expect(nodes.count == 1)
        #expect(nodes[0].path.isRoot && nodes[0].attributes.mode == 0o755 && nodes[0].attributes.mtime == 0)
    }

    @Test("has parents before what is in them, names in byte order")
    func order() throws {
        let tree = try Self.tree { tar in
            for name in ["b", "a/z", "a.b", "a-", "a/b/c", "A", "é", "a b"] { tar.file("\(name)") }
        }
        #expect(tree == ["A=", "a/", "a/b/", "a/b/c=", "a/z=", "a b=", "a-=", "a.b=", "b=", "é="])
    }

    @Test("gives implicit parents fixed metadata, and named ones theirs, in any order")
    func parents() throws {
        let nodes = try Self.nodes { $0.file("a/b/f") { ($0.uid, $0.mtime, $0.mode) = (9, 9, 0o600) } }
        for node in nodes.dropLast() {
            #expect(node.attributes.mode == 0o755 && node.attributes.uid == 0 && node.attributes.gid == 0)
            #expect(node.attributes.mtime == 0 && node.attributes.mtimeNanoseconds == 0)
        }
        for namedFirst in [true, false] {
            let nodes = try Self.nodes { tar in
                if !namedFirst { tar.file("a/f", "x") }
                tar.directory("a") { ($0.mode, $0.uid, $0.gid, $0.mtime) = (0o2750, 1, 2, 3) }
                tar.directory("./") { $0.mode = 0o700 }
                if namedFirst { tar.file("a/f", "x") }
            }
            #expect(nodes[0].attributes.mode == 0o700)
            #expect(
                nodes[1].attributes.mode == 0o2750 && nodes[1].attributes.uid == 1 && nodes[1].attributes.gid == 2
                    && nodes[1].attributes.mtime == 3
            )
        }
    }

    @Test("takes the last of two members of one path")
    func duplicates() throws {
        try Self.expectTree(["a=second"]) { tar in
            tar.file("a", "first")
            tar.file("./a", "second")
        }
        try Self.expectTree(["a->b"]) { tar in
            tar.file("a", "x")
            tar.symlink("a", to: "b")
        }
        let nodes = try Self.nodes { tar in
            tar.directory("d") { $0.mode = 0o700 }
            tar.file("d/f", "x")
            tar.directory("d") { ($0.mode, $0.uid) = (0o711, 4) }
        }
        #expect(nodes.map(Self.line) == ["//", "d/", "d/f=x"])
        #expect(nodes[1].attributes.mode == 0o711 && nodes[1].attributes.uid == 4)
    }

    @Test("loses what was in a directory that a file replaces")
    func fileOverDirectory() throws {
        try Self.expectTree(["d=now a file"]) { tar in
            tar.file("d/e/f", "x")
            tar.file("d/.wh.g")
            tar.file("d", "now a file")
        }
        try Self.expectTree(["d->e", "e/", "e/g=y"]) { tar in
            tar.file("d/e/f", "x")
            tar.symlink("d", to: "e")
            tar.file("d/g", "y")
        }
    }

    @Test("replaces a file by a directory, which then hides the layers below as unpacking does")
    func directoryOverFile() throws {
        try Self.expectTree(["d/ opaque", "d/f=y"]) { tar in
            tar.file("d", "x")
            tar.directory("d")
            tar.file("d/f", "y")
        }
        try Self.expectTree(["d/ opaque", "d/new=y"]) { tar in
            tar.file("d/old", "x")
            tar.file("d", "x")
            tar.directory("d")
            tar.file("d/new", "y")
        }
    }

    @Test("follows links on the way inside the layer's root")
    func links() throws {
        try Self.expectTree([
            "abs->/usr/lib", "chain->abs/c", "lib->usr/lib", "usr/", "usr/lib/", "usr/lib/a=1", "usr/lib/b=2",
            "usr/lib/c/", "usr/lib/c/d=3", "usr/lib/c/e=4", "usr/up->../usr/./lib//",
        ]) { tar in
            tar.directory("usr/lib")
            tar.symlink("lib", to: "usr/lib")
            tar.file("lib/a", "1")
            tar.symlink("abs", to: "/usr/lib")
            tar.file("abs/b", "2")
            tar.symlink("usr/up", to: "../usr/./lib//")
            tar.file("usr/up/c/d", "3")
            tar.symlink("chain", to: "abs/c")
            tar.file("chain/e", "4")
        }
    }

    @Test("makes directories where a link leads to nothing in this layer")
    func danglingLink() throws {
        try Self.expectTree(["a->x/y", "b->nothing/../z", "x/", "x/y/", "x/y/f=1", "z/", "z/g=2"]) { tar in
            tar.symlink("a", to: "x/y")
            tar.file("a/f", "1")
            // A missing name on the way that `..` leaves again is not made.
            tar.symlink("b", to: "nothing/../z")
            tar.file("b/g", "2")
        }
    }

    @Test("does not follow a link that is itself the member")
    func lastComponent() throws {
        try Self.expectTree(["l=new", "target=kept"]) { tar in
            tar.file("target", "kept")
            tar.symlink("l", to: "target")
            tar.file("l", "new")
        }
        try Self.expectTree(["l/ opaque", "l/f=x", "target/"]) { tar in
            tar.directory("target")
            tar.symlink("l", to: "target")
            tar.directory("l")
            tar.file("l/f", "x")
        }
    }

    @Test("sees a link that replaced another")
    func replacedLink() throws {
        try Self.expectTree(["a/", "a/1=x", "b/", "b/2=x", "l/ opaque", "l/3=x"]) { tar in
            tar.symlink("l", to: "a")
            tar.file("l/1", "x")
            tar.symlink("l", to: "b")
            tar.file("l/2", "x")
            tar.directory("l")
            tar.file("l/3", "x")
        }
    }

    @Test("sees a link that a member in the same directory turned elsewhere")
    func turnedLink() throws {
        try Self.expectTree(["a/", "a/b->/z/w", "a/x=1", "l->a/b/..", "z/", "z/y=2"]) { tar in
            tar.symlink("l", to: "a/b/..")
            tar.file("l/x", "1")
            tar.symlink("l/b", to: "/z/w")
            tar.file("l/y", "2")
        }
    }

    @Test("reads links above the root inside it, as in a container")
    func linksAboveTheRoot() throws {
        for (target, place) in ["..": "passwd", "../..": "passwd", "/..": "passwd", "x/../../y": "y/passwd"] {
            let tar = TarBuilder.archive { tar in
                tar.symlink("l", to: RawBytes(stringLiteral: target))
                tar.file("l/passwd", "x")
            }
            let complete = try ReadLayer(tar).complete()
            #expect(complete.nodes.contains { $0.path.description == place && $0.content == Array("x".utf8) })
            #expect(complete.notes.warnings[.linkAboveRoot]?.names.first == "l/passwd")
        }
    }

    @Test("refuses links in circles")
    func badLinks() {
        let circle = TarBuilder.archive { tar in
            tar.symlink("a", to: "b")
            tar.symlink("b", to: "./a")
            tar.file("a/x", "x")
        }
        expectRefused(
            "entry \"a/x\": refused: the symbolic links on the way are more than 40, or lead in a circle",
            circle
        )
        let own = TarBuilder.archive { tar in
            tar.symlink("a", to: "a/a/a")
            tar.file("a/x", "x")
        }
        expectRefused("in a circle", own)
        let chain = TarBuilder.archive { tar in
            for index in 0..<41 { tar.symlink("l\(index)", to: "l\(index + 1)") }
            tar.file("l1/x", "forty links")
            tar.file("l0/x", "x")
        }
        expectRefused("entry \"l0/x\"", chain)
    }

    @Test("ends where links make a path grow without end")
    func growingPath() {
        let tar = TarBuilder.archive { tar in
            // Each link takes 800 steps to the next, and there are only 20 of them.
            for index in 0..<20 {
                let detour = String(repeating: "d/../", count: 400)
                tar.pax(["linkpath": "\(detour)l\(index + 1)"])
                tar.symlink("l\(index)", to: "")
            }
            tar.file("l15/x", "x")
            tar.file("l0/x", "x")
        }
        expectRefused(
            "entry \"l0/x\": refused: the symbolic links on the way are more than 40, or lead in a circle",
            tar
        )
        let deep = TarBuilder.archive { tar in
            let down = String(repeating: "d/", count: 200)
            tar.pax(["linkpath": RawBytes(stringLiteral: down)])
            tar.symlink("a", to: "")
            tar.pax(["path": RawBytes(stringLiteral: "a/" + down + "f")])
            tar.file("x", "x")
        }
        expectRefused("the depth of a path", deep)
    }

    @Test("refuses members below what is not a directory")
    func belowFile() {
        let builds: [(inout TarBuilder) -> Void] = [
            { $0.file("a", "x") }, { $0.fifo("a") }, { $0.characterDevice("a", 1, 3) },
        ]
        for build in builds {
            let tar = TarBuilder.archive { tar in
                build(&tar)
                tar.file("a/b", "x")
            }
            expectRefused("entry \"a/b\": refused: \"a\" on the way is not a directory", tar)
        }
    }

    @Test("refuses a file whose content nobody knows")
    func noContent() throws {
        var tree = LayerTree<Int>()
        let entry = LayerEntry(path: try path("a"), kind: .file(size: 1))
        #expect(throws: LayerError.self) { try tree.add(entry, content: nil) }
        try tree.add(entry, content: 7)
        guard let last = Array(try tree.finish(over: NothingBelow()).nodes).last, last.kind == .file(size: 1),
            last.content == 7
        else {
            Issue.record("the content is not the one that was given")
            return
        }
    }

    @Test("tells each member behind a link above the root once")
    func aboveRoot() throws {
        let tar = TarBuilder.archive { tar in
            tar.symlink("l", to: "../..")
            tar.file("l/a", "x")
            tar.hardLink("l/b", to: "l/a")
            tar.directory("l/c/")
        }
        let notes = try ReadLayer(tar).complete().notes
        #expect(notes.warnings[.linkAboveRoot]?.names == ["l/a", "l/b", "l/c"])
    }
}
