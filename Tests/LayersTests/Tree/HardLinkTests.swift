import Layers
import OCI
import Plumbing
import TestSupport
import Testing

@Suite("Hard links")
struct HardLinkTests {
    /// `path=content group/count` for every file.
    static func files(_ build: (inout TarBuilder) -> Void) throws -> [String] {
        try LayerTreeTests.nodes(build).dropFirst().compactMap { node in
            if case .directory = node.kind { return nil }
            return "\(LayerTreeTests.line(node)) \(node.linkGroup)/\(node.linkCount)"
        }
    }

    /// Compares the lines.
    static func expectFiles(
        _ expected: [String],
        sourceLocation: SourceLocation = #_sourceLocation,
        _ build: (inout TarBuilder) -> Void
    ) throws {
        #expect(try files(build) == expected, sourceLocation: sourceLocation)
    }

    @Test("within one directory form a group, in others files of their own")
    func groups() throws {
        let files = try Self.files { tar in
            tar.file("d/b", "x") { ($0.mode, $0.uid, $0.mtime) = (0o640, 5, 6) }
            tar.hardLink("d/a", to: "d/b") { ($0.mode, $0.uid) = (0, 0) }
            tar.hardLink("d/sub/c", to: "d/b")
            tar.hardLink("e/one", to: "d/a")
            tar.hardLink("e/two", to: "d/sub/c")
            tar.file("alone", "y")
        }
        #expect(
            files == ["alone=y 0/1", "d/a=x 1/2", "d/b=x 1/2", "d/sub/c=x 0/1", "e/one=x 2/2", "e/two=x 2/2"]
        )
    }

    @Test("are counted in the whole layer, without those that another member took away")
    func names() throws {
        let nodes = try LayerTreeTests.nodes { tar in
            tar.file("d/b", "x")
            tar.hardLink("d/a", to: "d/b")
            tar.hardLink("e/c", to: "d/b")
            tar.file("gone/f", "y")
            tar.hardLink("f", to: "gone/f")
            tar.file("gone", "z")
            tar.symlink("l", to: "d")
            tar.hardLink("e/l", to: "l")
        }
        let names = nodes.filter { $0.kind != .directory }.map { "\($0.path) \($0.nameCount)" }
        #expect(names == ["d/a 3", "d/b 3", "e/c 3", "e/l 2", "f 1", "gone 1", "l 2"])
    }

    @Test("have the metadata of their target")
    func metadata() throws {
        let nodes = try LayerTreeTests.nodes { tar in
            tar.pax(["SCHILY.xattr.user.a": "1", "mtime": "7.5"])
            tar.file("b", "x") { ($0.mode, $0.uid, $0.gid) = (0o4711, 5, 6) }
            tar.hardLink("a", to: "b")
        }
        let link = nodes[1]
        #expect(
            link.attributes.mode == 0o4711 && link.attributes.uid == 5 && link.attributes.gid == 6
                && link.attributes.mtime == 7
        )
        #expect(
            link.attributes.mtimeNanoseconds == 500_000_000 && link.attributes.xattrs == nodes[2].attributes.xattrs
                && link.attributes.xattrs.count == 1
        )
    }

    @Test("are numbered in path order")
    func numbering() throws {
        let files = try Self.files { tar in
            tar.file("z1", "z")
            tar.hardLink("z2", to: "z1")
            tar.file("a/1", "a")
            tar.hardLink("a/2", to: "a/1")
            tar.file("m1", "m")
            tar.hardLink("m2", to: "m1")
            tar.file("m1.x", "k")
            tar.hardLink("a/0", to: "m1.x")
        }
        #expect(
            files == [
                "a/0=k 0/1", "a/1=a 1/2", "a/2=a 1/2", "m1=m 2/2", "m1.x=k 0/1", "m2=m 2/2", "z1=z 3/2", "z2=z 3/2",
            ]
        )
    }

    @Test("may come before their target")
    func before() throws {
        let files = try Self.files { tar in
            tar.hardLink("d/a", to: "d/b")
            tar.hardLink("d/c", to: "d/a")
            tar.hardLink("e/x", to: "d/c")
            tar.file("d/b", "x") { $0.uid = 3 }
        }
        #expect(files == ["d/a=x 1/3", "d/b=x 1/3", "d/c=x 1/3", "e/x=x 0/1"])
        let chain = try Self.files { tar in
            tar.hardLink("a", to: "b")
            tar.hardLink("b", to: "c")
            tar.hardLink("c", to: "d")
            tar.file("d", "x")
        }
        #expect(chain == ["a=x 1/4", "b=x 1/4", "c=x 1/4", "d=x 1/4"])
    }

    @Test("keep the file that they were made for")
    func replacedTarget() throws {
        let files = try Self.files { tar in
            tar.file("a", "old")
            tar.hardLink("b", to: "a")
            tar.file("a", "new")
            tar.hardLink("c", to: "a")
        }
        #expect(files == ["a=new 1/2", "b=old 0/1", "c=new 1/2"])
        let replacedLink = try Self.files { tar in
            tar.file("a", "x")
            tar.hardLink("b", to: "a")
            tar.file("b", "y")
        }
        #expect(replacedLink == ["a=x 0/1", "b=y 0/1"])
        let lostDirectory = try Self.files { tar in
            tar.file("d/a", "x")
            tar.hardLink("b", to: "d/a")
            tar.file("d", "y")
        }
        #expect(lostDirectory == ["b=x 0/1", "d=y 0/1"])
    }

    @Test("to something else than a file are copies of it")
    func otherTargets() throws {
        let files = try Self.files { tar in
            tar.symlink("l", to: "nowhere")
            tar.hardLink("m", to: "l")
            tar.fifo("p")
            tar.hardLink("q", to: "p")
            tar.characterDevice("c", 1, 3)
            tar.hardLink("e", to: "c")
        }
        #expect(
            files == ["c c1:3 0/1", "e c1:3 0/1", "l->nowhere 0/1", "m->nowhere 0/1", "p fifo 0/1", "q fifo 0/1"]
        )
    }

    @Test("find their target through links on the way")
    func throughLinks() throws {
        let files = try Self.files { tar in
            tar.file("usr/lib/a", "x")
            tar.symlink("lib", to: "usr/lib")
            tar.hardLink("lib/b", to: "lib/a")
            tar.hardLink("usr/lib/0", to: "lib/later")
            tar.file("usr/lib/later", "y")
        }
        #expect(
            files == [
                "lib->usr/lib 0/1", "usr/lib/0=y 1/2", "usr/lib/a=x 2/2", "usr/lib/b=x 2/2", "usr/lib/later=y 1/2",
            ]
        )
    }

    @Test("to nothing or a directory are refused by name")
    func refused() {
        func refused(_ text: String, _ build: (inout TarBuilder) -> Void) {
            expectRefused(text, TarBuilder.archive(build))
        }
        refused("entry \"a\": refused: a hard link to \"b\", which neither this layer nor those below it have") { tar in
            tar.hardLink("a", to: "b")
        }
        refused("entry \"a\": refused: a hard link to \"x/y/b\", which") { $0.hardLink("a", to: "x/y/b") }
        refused("\"b\", which neither this layer nor those below it have") { tar in
            tar.file(".wh.b")
            tar.hardLink("a", to: "b")
        }
        refused("entry \"a\": refused: a hard link to the directory \"d\"") { tar in
            tar.directory("d")
            tar.hardLink("a", to: "d")
        }
        refused("a hard link to the directory \"d\"") { tar in
            tar.hardLink("a", to: "d")
            tar.directory("d")
        }
        refused("a hard link to the directory \"/\"") { $0.hardLink("a", to: "./") }
        refused("entry \"a\": refused: a hard link to \"a\", which neither") { $0.hardLink("a", to: "a") }
        refused("hard links in a circle") { tar in
            tar.hardLink("a", to: "b")
            tar.hardLink("b", to: "c")
            tar.hardLink("c", to: "a")
        }
        refused("a hard link to \"f/g\", which neither this layer nor those below it have") { tar in
            tar.file("f", "x")
            tar.hardLink("a", to: "f/g")
        }
        refused("a hard link to \"l/etc/passwd\", which neither") { tar in
            tar.symlink("l", to: "../..")
            tar.hardLink("a", to: "l/etc/passwd")
        }
    }

    @Test("to themselves change nothing, as GNU tar writes them for a file that was named twice")
    func toItself() throws {
        let tar = TarBuilder.archive { tar in
            tar.file("a", "x")
            tar.hardLink("a", to: "./a")
        }
        let complete = try ReadLayer(tar).complete()
        #expect(complete.nodes.map(\.path.description) == ["/", "a"])
        #expect(Array(complete.nodes).last?.content == Array("x".utf8))
        #expect(complete.notes.dropped[.linkToItself]?.names == ["a"])
    }

    @Test("that are replaced before the end need no target")
    func replaced() throws {
        try Self.expectFiles(["a=x 0/1", "d=y 0/1"]) { tar in
            tar.hardLink("a", to: "nothing")
            tar.file("a", "x")
            tar.hardLink("d/b", to: "nothing")
            tar.file("d", "y")
        }
    }

    @Test("mean the same wherever their targets stand in the archive")
    func anyOrder() throws {
        let members: [(inout TarBuilder) -> Void] = [
            { $0.file("d/a", "x") }, { $0.hardLink("d/b", to: "d/a") }, { $0.hardLink("e/c", to: "d/b") },
            { $0.hardLink("d/z", to: "e/c") }, { $0.directory("d") { $0.mode = 0o700 } },
        ]
        let expected = try LayerTreeTests.nodes { tar in members.forEach { $0(&tar) } }
        var random = SeededRandom(seed: 7)
        for _ in 0..<60 {
            let shuffled = members.shuffled(using: &random)
            let nodes = try LayerTreeTests.nodes { tar in shuffled.forEach { $0(&tar) } }
            #expect(nodes.map(LayerTreeTests.line) == expected.map(LayerTreeTests.line))
            #expect(nodes.map(\.linkGroup) == expected.map(\.linkGroup))
            #expect(nodes.map(\.linkCount) == expected.map(\.linkCount))
            #expect(nodes.map(\.attributes.mode) == expected.map(\.attributes.mode))
        }
    }

    @Test("to links to links, each before its target, take time in their number", .timeLimit(.minutes(1)))
    func chain() throws {
        let count = 50_000
        var tree = LayerTree<Int>()
        for number in 0..<count {
            let entry = LayerEntry(path: try path("l\(number)"), kind: .hardLink(target: try path("l\(number + 1)")))
            try tree.add(entry, content: nil)
        }
        try tree.add(LayerEntry(path: try path("l\(count)"), kind: .file(size: 1)), content: 7)
        let nodes = try tree.finish(over: NothingBelow()).nodes
        #expect(nodes.dropFirst().allSatisfy { $0.content == 7 && $0.nameCount == count + 1 })
    }
}
