import Layers
import OCI
import Plumbing
import TestSupport
import Testing

@Suite("Reading a layer")
struct LayerReaderTests {
    static let everything = TarBuilder.archive { tar in
        tar.directory("./") { $0.mode = 0o1777 }
        tar.directory("etc/") { ($0.uid, $0.gid, $0.mtime) = (1, 2, 1_600_000_000) }
        tar.file("etc/motd", "hello\n") { ($0.mode, $0.uid, $0.gid) = (0o4755, 1000, 4_294_967_294) }
        tar.symlink("etc/link", to: "/somewhere/else")
        tar.hardLink("etc/again", to: "etc/motd")
        tar.characterDevice("dev/null", 1, 3)
        tar.blockDevice("dev/sda", 8, 1_048_575)
        tar.fifo("run/pipe") { $0.mode = 0o600 }
        tar.file("gone/.wh.file")
        tar.file("gone/.wh..wh..opq")
        tar.member(TarMember("contiguous", type: "7", content: [1, 2, 3]))
    }

    @Test("gives every kind of entry with its metadata")
    func kinds() throws {
        let layer = try ReadLayer(Self.everything)
        func entry(_ text: String, _ kind: LayerEntry.Kind, _ mode: UInt16) throws -> LayerEntry {
            LayerEntry(path: try path(text), kind: kind, FileAttributes(mode: mode))
        }
        let link = LayerEntry.Kind.symlink(target: Array("/somewhere/else".utf8))
        let expected: [LayerEntry] = [
            try entry("", .directory, 0o1777),
            LayerEntry(
                path: try path("etc"),
                kind: .directory,
                FileAttributes(uid: 1, gid: 2, mtime: 1_600_000_000)
            ),
            LayerEntry(
                path: try path("etc/motd"),
                kind: .file(size: 6),
                FileAttributes(mode: 0o4755, uid: 1000, gid: .max - 1)
            ),
            try entry("etc/link", link, 0o777),
            try entry("etc/again", .hardLink(target: try path("etc/motd")), 0o644),
            try entry("dev/null", .node(.characterDevice(DeviceNumber(major: 1, minor: 3))), 0o644),
            try entry("dev/sda", .node(.blockDevice(DeviceNumber(major: 8, minor: 1_048_575))), 0o644),
            try entry("run/pipe", .node(.fifo), 0o600),
            try entry("gone/file", .whiteout, 0),
            try entry("gone", .opaque, 0),
            try entry("contiguous", .file(size: 3), 0o644),
        ]
        #expect(layer.entries == expected)
        #expect(layer.content("etc/motd") == Array("hello\n".utf8))
        #expect(layer.content("contiguous") == [1, 2, 3])
        #expect(layer.summary.entries == 11)
        #expect(layer.summary.notes.dropped.isEmpty)
        #expect(layer.summary.notes.warnings.isEmpty)
    }

    @Test(
        "reads gzip, zstd, xz, bzip2 and plain streams alike, and says what they were",
        arguments: [1, 1000, Int.max]
    )
    func compressions(pieces: Int) async throws {
        let tar = Self.everything
        let diffID = try Digest.sha256(of: tar)
        let halves = [Array(tar[..<700]), Array(tar[700...])]
        var members: [UInt8] = []
        for half in halves { members += try await ExternalTool.run("gzip", ["-nc"], input: half) }
        let streams = [
            tar, members, try await ExternalTool.run("gzip", ["-nc"], input: tar),
            try await ExternalTool.run("zstd", ["-qc"], input: tar),
            try await ExternalTool.run("xz", ["-9c"], input: tar),
            try await ExternalTool.run("xz", ["-c"], input: halves[0]) + [0, 0, 0, 0]
                + ExternalTool.run("xz", ["-0c", "--check=sha256"], input: halves[1]),
            try await ExternalTool.run("bzip2", ["-c"], input: halves[0])
                + ExternalTool.run("bzip2", ["-c"], input: halves[1]),
        ]
        for stream in streams {
            let expectation = try ReadLayer.expectation(stream, diffID: diffID)
            let layer = try ReadLayer(stream, expecting: expectation, pieces: pieces)
            #expect(layer.entries == (try ReadLayer(tar)).entries)
            #expect(layer.summary.digest == expectation.digest)
            #expect(layer.summary.diffID == diffID)
            #expect(layer.summary.compressedSize == Int64(stream.count))
            #expect(layer.summary.uncompressedSize == Int64(tar.count))
        }
    }

    @Test("supports SHA-512 on either side")
    func sha512() throws {
        let tar = Self.everything
        let long = try Digest.of(tar, .sha512)
        let short = try Digest.sha256(of: tar)
        for (digest, diffID) in [(long, short), (short, long), (long, long)] {
            let expectation = LayerExpectation(digest: digest, size: Int64(tar.count), diffID: diffID)
            let summary = try ReadLayer(tar, expecting: expectation).summary
            #expect(summary.digest == digest)
            #expect(summary.diffID == diffID)
        }
    }

    @Test("skips content that nobody reads, in part or at all")
    func skipping() throws {
        let big = [UInt8](repeating: 7, count: 600_001)
        let tar = TarBuilder.archive { tar in
            tar.file("a", RawBytes(big))
            tar.file("b", RawBytes(big))
            tar.file("c", "end")
        }
        #expect(try ReadLayer(tar, readsContent: false).paths == ["a", "b", "c"])
        #expect(try ReadLayer(tar).content("b") == big)
    }

    @Test("has no content for what is not a file")
    func contentOfDirectory() throws {
        let tar = TarBuilder.archive { $0.directory("a") }
        let reader = try LayerReader(expecting: try ReadLayer.expectation(tar), read: ReadLayer.source(tar))
        #expect(try reader.next()?.kind == .directory)
        try reader.readContent { _ in Issue.record("a directory has content") }
    }

    @Test("gives its summary only at the end")
    func unfinished() throws {
        let tar = Self.everything
        let reader = try LayerReader(expecting: try ReadLayer.expectation(tar), read: ReadLayer.source(tar))
        _ = try reader.next()
        #expect(throws: LayerError(.unfinished)) { try reader.summary }
        while try reader.next() != nil {}
        #expect(try reader.next() == nil)
        #expect(try reader.summary.entries == 11)
    }

    @Test("hands on the errors of its source and its consumer, and keeps them")
    func foreignErrors() throws {
        struct Broken: Error {}
        let tar = Self.everything
        let source = ReadLayer.source(tar, pieces: 2000)
        var calls = 0
        let reader = try LayerReader(expecting: try ReadLayer.expectation(tar)) {
            calls += 1
            if calls == 2 { throw Broken() }
            return try source()
        }
        #expect(throws: Broken.self) { while try reader.next() != nil {} }
        #expect(throws: Broken.self) { try reader.next() }
        #expect(throws: Broken.self) { try reader.readContent { _ in } }

        let other = try LayerReader(expecting: try ReadLayer.expectation(tar), read: ReadLayer.source(tar))
        while let entry = try other.next(), entry.kind != .file(size: 6) {}
        #expect(throws: Broken.self) { try other.readContent { _ in throw Broken() } }
        #expect(throws: Broken.self) { try other.next() }
    }
}
