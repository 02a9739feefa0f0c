import Glibc
import Layers
import OCI
import Plumbing
import TestSupport
import Testing

@Suite("Names of entries")
struct EntryNameTests {
    /// The form in which a name reaches the archive.
    enum Form: CaseIterable {
        case header
        case pax
        case gnu
    }

    static func file(_ name: RawBytes, _ form: Form) -> [UInt8] {
        TarBuilder.archive { tar in
            switch form {
            case .header:
                tar.file(name, "content")
            case .pax:
                tar.pax(["path": name])
                tar.file("short", "content")
            case .gnu:
                tar.gnuLongName(name)
                tar.file("short", "content") { $0.dialect = .gnu }
            }
        }
    }

    @Test("are taken relative to the layer's root", arguments: Form.allCases)
    func normalisation(form: Form) throws {
        let names = ["a/b", "/a/b", "./a/b", "//a///b", "a/./b", "./././a/b", "/./a/b"]
        for name in names {
            let layer = try ReadLayer(Self.file(RawBytes(stringLiteral: name), form))
            #expect(layer.paths == ["a/b"], "\(name)")
            #expect(layer.content("a/b") == Array("content".utf8))
        }
        for name in ["./", "/", ".", "//./"] {
            let tar = TarBuilder.archive { $0.directory(RawBytes(stringLiteral: name)) { $0.mode = 0o700 } }
            #expect(
                try ReadLayer(tar).entries == [
                    LayerEntry(path: BytePath(), kind: .directory, FileAttributes(mode: 0o700))
                ]
            )
        }
    }

    @Test("are cleaned and clamped at the layer's root, as Docker and containerd do", arguments: Form.allCases)
    func parents(form: Form) throws {
        let names = [
            "../x": "x", "a/../../x": "x", "/../x": "x", "a/../b": "b", "a/b/../../../../c/./d": "c/d",
            "a/..b/../c": "a/c",
        ]
        for (name, expected) in names {
            let layer = try ReadLayer(Self.file(RawBytes(stringLiteral: name), form))
            #expect(layer.paths == [expected])
            #expect(layer.summary.notes.warnings[.parentInName]?.names == [name])
        }
        for name in ["..", "a/..", "./..", "a/b/../../.."] {
            let layer = try ReadLayer(Self.file(RawBytes(stringLiteral: name), form))
            #expect(layer.paths.isEmpty)
            #expect(layer.summary.notes.dropped[.rootEntry]?.count == 1)
        }
        #expect(throws: Never.self) { try ReadLayer(Self.file("a/...", form)) }
        #expect(throws: Never.self) { try ReadLayer(Self.file("..a/b..", form)) }
    }

    @Test("of the root stand for nothing but a directory", arguments: Form.allCases)
    func root(form: Form) throws {
        for tar in [
            Self.file(".", form), TarBuilder.archive { $0.symlink("./", to: "/etc") },
            TarBuilder.archive { $0.file("", "x") },
        ] {
            let layer = try ReadLayer(tar)
            #expect(layer.entries.isEmpty)
            #expect(layer.summary.notes.dropped[.rootEntry]?.names == ["/"])
        }
        #expect(try ReadLayer(TarBuilder.archive { $0.directory("") }).entries.map(\.kind) == [.directory])
    }

    @Test("must not hold a NUL byte, where C programs see a shorter name")
    func nul() throws {
        expectRefused("entry \"a\\x00b\": refused: a name holds a NUL byte", Self.file([97, 0, 98], .pax))
        expectRefused("a name holds a NUL byte", Self.file([97, 0], .pax))
        // GNU's long names end there.
        #expect(try ReadLayer(Self.file([97, 0, 98], .gnu)).paths == ["a"])
        let link = TarBuilder.archive { tar in
            tar.pax(["linkpath": [97, 0, 98]])
            tar.symlink("link", to: "x")
        }
        expectRefused("entry \"link\": damaged: the target of a link holds a NUL byte", link)
        let hardLink = TarBuilder.archive { tar in
            tar.file("a", "x")
            tar.pax(["linkpath": [97, 0, 98]])
            tar.hardLink("link", to: "x")
        }
        expectRefused("entry \"link\": damaged: the target of a link holds a NUL byte", hardLink)
    }

    @Test("have at most 255 bytes a component")
    func longNames() throws {
        let name = String(repeating: "n", count: 255)
        for form in [Form.pax, .gnu] {
            #expect(try ReadLayer(Self.file("d/\(name)", form)).paths == ["d/" + name])
            expectRefused("a file name has more than 255 bytes", Self.file("d/\(name)n", form))
            let directory = String(repeating: "x", count: 300)
            expectRefused("a file name has more than 255 bytes", Self.file("\(directory)/d", form))
        }
        // ustar's prefix field.
        let tar = TarBuilder.archive { tar in
            tar.file(RawBytes(stringLiteral: String(repeating: "b", count: 100))) {
                $0.prefix = RawBytes(stringLiteral: String(repeating: "a", count: 155))
            }
        }
        #expect(try ReadLayer(tar).entries.first?.path.depth == 2)
        #expect(try ReadLayer(tar).entries.first?.path.bytes.count == 256)
    }

    @Test("have at most 4,095 bytes and 256 components altogether")
    func longPaths() throws {
        let name = String(repeating: "n", count: 127)
        let longest = [String](repeating: name, count: 32).joined(separator: "/")
        #expect(longest.utf8.count == 4095)
        #expect(try ReadLayer(Self.file("\(longest)", .pax)).paths.first?.utf8.count == 4095)
        expectRefused("the length of a path may be at most 4095", Self.file("\(longest)/x", .pax))
        let deepest = [String](repeating: "d", count: 256).joined(separator: "/")
        #expect(try ReadLayer(Self.file("\(deepest)", .pax)).nodes().count == 257)
        expectRefused("the depth of a path may be at most 256", Self.file("\(deepest)/x", .pax))
    }

    @Test("are bytes: neither UTF-8 nor a locale is needed", arguments: Form.allCases)
    func bytes(form: Form) throws {
        // The C locale, in which libarchive cannot convert any of these names.
        #expect(setlocale(LC_CTYPE, nil).map { String(cString: $0) } == "C")
        let names: [RawBytes] = [
            "gr\u{fc}n", "gru\u{308}n", "日本", [0xff, 0xfe], [0x67, 0xfc], "\u{1b}[31m", "new\nline", "sp ace", "\u{7f}",
        ]
        var tar = TarBuilder()
        for (index, name) in names.enumerated() {
            switch form {
            case .header: tar.file(name, "\(index)") { $0.userName = [0xe9] }
            case .pax:
                tar.pax(["path": name, "uname": [0xe9], "gname": "größe"])
                tar.file("x", "\(index)")
            case .gnu:
                tar.gnuLongName(name)
                tar.file("x", "\(index)")
            }
            tar.pax(["linkpath": name])
            tar.symlink("link\(index)", to: "x")
        }
        tar.file("last", "last")
        let layer = try ReadLayer(tar.bytes)
        for (index, name) in names.enumerated() {
            #expect(layer.entries[2 * index].path.bytes == name.bytes)
            #expect(layer.contents[2 * index] == Array("\(index)".utf8))
            #expect(layer.entries[2 * index + 1].kind == .symlink(target: name.bytes))
        }
        #expect(layer.content("last") == Array("last".utf8))
        #expect(try layer.nodes().count == 2 * names.count + 2)
    }

    @Test("are read whatever error number earlier work left on the thread", arguments: Form.allCases)
    func errorNumber(form: Form) throws {
        let tar = Self.file([0x67, 0xfc], form)
        for pieces in [512, tar.count] {
            let stream = ReadLayer.source(tar, pieces: pieces)
            let reader = try LayerReader(expecting: try ReadLayer.expectation(tar)) {
                errno = ENOMEM
                return try stream()
            }
            repeat { errno = ENOMEM } while try reader.next() != nil
            #expect(try reader.summary.entries == 1)
        }
    }

    @Test("are the same in hard links as in members")
    func hardLinkTargets() throws {
        let tar = TarBuilder.archive { tar in
            tar.file("d/a", "x")
            tar.hardLink("d/b", to: "./d/a")
            tar.hardLink("d/c", to: "/d//a")
            tar.hardLink("d/e", to: "../x/../d/a")
            tar.gnuLongLink("d/a")
            tar.hardLink("d/d", to: "")
        }
        let target = try path("d/a")
        #expect(try ReadLayer(tar).entries.dropFirst().allSatisfy { $0.kind == .hardLink(target: target) })
        for target in ["..", ""] {
            let tar = TarBuilder.archive { $0.hardLink("d/b", to: RawBytes(stringLiteral: target)) }
            expectRefused("entry \"d/b\": refused: a hard link to the directory \"/\"", tar)
        }
    }

    @Test("mark a directory by a slash only in the old format")
    func trailingSlash() throws {
        func tar(_ type: Character, _ dialect: TarMember.Dialect, _ content: [UInt8] = []) -> [UInt8] {
            TarBuilder.archive { tar in
                tar.member(TarMember("d/", type: type, content: content)) { $0.dialect = dialect }
                tar.file("next", "x")
            }
        }
        for dialect in [TarMember.Dialect.v7, .gnu, .ustar] {
            #expect(try ReadLayer(tar("\0", dialect)).entries.first?.kind == .directory)
            #expect(try ReadLayer(tar("0", dialect, [1])).entries.map(\.kind) == [.file(size: 1), .file(size: 1)])
        }
        #expect(try ReadLayer(tar("\0", .v7, [1])).entries.map(\.kind) == [.directory, .file(size: 1)])
    }

    @Test("have one of the known types")
    func types() {
        for type in ["8", "9", "A", "M", "N", "S", "Z", "a", "z"] {
            let tar = TarBuilder.archive { tar in
                tar.member(TarMember("strange", type: Character(type)))
                tar.file("next", "x")
            }
            #expect(throws: LayerError.self, "\(type)") { try ReadLayer(tar) }
        }
        // GNU tar's label, and a directory with the names in it as its content.
        let gnu = TarBuilder.archive { tar in
            tar.member(TarMember("label", type: "V"))
            tar.member(TarMember("d", type: "D", content: Array("Yx\0\0".utf8)))
            tar.file("d/x", "y")
        }
        let layer = try? ReadLayer(gnu)
        #expect(layer?.entries.map(\.kind) == [.directory, .file(size: 1)])
        #expect(layer?.summary.notes.dropped[.archiveMember]?.names == ["label"])
        expectRefused(
            "entry \"strange\": refused: its type \"Z\" is unknown",
            TarBuilder.archive { $0.member(TarMember("strange", type: "Z")) }
        )
    }
}
