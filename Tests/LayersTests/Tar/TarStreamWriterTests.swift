import Foundation
import Layers
import Plumbing
import TestSupport
import Testing

/// A stream of any entries is read back as it was, by our reader and by others.
@Suite("Writing a tar stream")
struct TarStreamWriterTests {
    private static let large = [UInt8](repeating: 66, count: 200_001)

    private static func archive(_ entries: [LayerEntry], contents: [BytePath: [UInt8]] = [:]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let writer = TarStreamWriter { bytes.append(contentsOf: $0) }
        for entry in entries {
            try writer.add(entry)
            // In pieces, the first of one byte.
            if let content = contents[entry.path], !content.isEmpty {
                try content[..<1].withUnsafeBytes(writer.write)
                try content[1...].withUnsafeBytes(writer.write)
            }
        }
        try writer.finish()
        return bytes
    }

    private static func entries() throws -> [LayerEntry] {
        let long = try path(String(repeating: "directory-of-forty-bytes-and-not-less-123/", count: 4) + "file")
        let raw = try #require(BytePath(components: [[0xff, 0x66], [0xe4]]))
        let longRaw = try #require(BytePath(components: [[UInt8](repeating: 0xe4, count: 120)]))
        let attributes = [
            ExtendedAttribute(name: Array("security.capability".utf8), value: [1, 0, 10, 61, 255]),
            ExtendedAttribute(name: Array("user.a=b%".utf8), value: Array("value".utf8)),
            ExtendedAttribute(name: Array("user.empty".utf8), value: []),
        ]
        return [
            LayerEntry(
                path: BytePath(),
                kind: .directory,
                FileAttributes(mode: 0o700, uid: 5, gid: 6, mtime: 7)
            ),
            LayerEntry(
                path: try path("d"),
                kind: .directory,
                FileAttributes(mode: 0o7755, mtime: -1, mtimeNanoseconds: 750_000_000)
            ),
            LayerEntry(
                path: try path("d/big"),
                kind: .file(size: Int64(large.count)),
                FileAttributes(mode: 0o644, xattrs: attributes)
            ),
            LayerEntry(path: try path("d/hard"), kind: .hardLink(target: try path("d/big"))),
            LayerEntry(
                path: try path("empty"),
                kind: .file(size: 0),
                FileAttributes(uid: .max - 1, gid: 3_000_000, mtime: 1 << 34)
            ),
            LayerEntry(
                path: try path("späße"),
                kind: .symlink(target: Array("漢字".utf8)),
                FileAttributes(mtime: -86_400)
            ),
            LayerEntry(path: raw, kind: .symlink(target: [0xfe]), FileAttributes(mtime: 9, mtimeNanoseconds: 1)),
            LayerEntry(path: longRaw, kind: .file(size: 0)),
            LayerEntry(path: long, kind: .symlink(target: Array(String(repeating: "t/", count: 90).utf8))),
            LayerEntry(
                path: try path("null"),
                kind: .node(.characterDevice(DeviceNumber(major: 1, minor: 3))),
                FileAttributes(mode: 0o666)
            ),
            LayerEntry(path: try path("disk"), kind: .node(.blockDevice(DeviceNumber(major: 259, minor: 1 << 19)))),
            LayerEntry(path: try path("fifo"), kind: .node(.fifo)),
            LayerEntry(path: try path("d/gone"), kind: .whiteout),
            LayerEntry(path: try path("d"), kind: .opaque),
        ]
    }

    @Test("every field of every kind comes back")
    func roundTrip() throws {
        let entries = try Self.entries()
        let contents = [try path("d/big"): Self.large]
        let archive = try Self.archive(entries, contents: contents)
        #expect(archive.count % 512 == 0)
        #expect(archive == (try Self.archive(entries, contents: contents)))
        let layer = try ReadLayer(archive)
        #expect(layer.entries.count == entries.count)
        for (read, written) in zip(layer.entries, entries) {
            // Of marks and hard links only the name counts.
            switch written.kind {
            case .whiteout, .opaque, .hardLink: #expect(read.path == written.path && read.kind == written.kind)
            default:
                var attributes = written.attributes
                // A name with "=" has only bsdtar's form, which unpackers of images do not read.
                attributes.xattrs.removeAll { $0.name.contains(UInt8(ascii: "=")) }
                #expect(read == LayerEntry(path: written.path, kind: written.kind, attributes))
            }
        }
        #expect(layer.content("d/big") == Self.large)
    }

    @Test("GNU tar, bsdtar and Python list it without a word of complaint")
    func otherReaders() async throws {
        // GNU tar does not know the record that long names need that are not UTF-8, and says so.
        let entries = try Self.entries().filter { $0.path.bytes.first != 0xe4 }
        let archive = try Self.archive(entries, contents: [try path("d/big"): Self.large])
        let script = """
            import io, sys, tarfile
            for member in tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read())):
                print(member.name, member.size, member.uid, member.mtime)
            """
        for (tool, arguments) in [("tar", ["-tvf", "-"]), ("bsdtar", ["-tvf", "-"]), ("python3", ["-c", script])] {
            let list = String(decoding: try await ExternalTool.run(tool, arguments, input: archive), as: UTF8.self)
            #expect(list.split(separator: "\n").count == entries.count, "\(tool)")
            #expect(list.contains("200001") && list.contains("4294967294"), "\(tool)")
        }
        let listing = try await ExternalTool.run(
            "bsdtar",
            ["-tf", "-"],
            input: try Self.archive(
                try Self.entries()
                    .filter { if case .node(.file(let size)) = $0.kind { size == 0 } else { true } }
            )
        )
        #expect(listing.split(separator: UInt8(ascii: "\n")).count == entries.count)
    }

    @Test("content that is not what its header announced is an error, and there is no end of the archive")
    func wrongLength() throws {
        var bytes: [UInt8] = []
        let writer = TarStreamWriter { bytes.append(contentsOf: $0) }
        try writer.add(LayerEntry(path: try path("f"), kind: .file(size: 2)))
        #expect(throws: TarWriter.Unrepresentable.self) { try writer.finish() }
        #expect(throws: TarWriter.Unrepresentable.self) { try [1, 2, 3].withUnsafeBytes(writer.write) }
        #expect(bytes.count < 1024)
    }

    @Test("a file of 8 GiB and more has its size in a record")
    func hugeFile() async throws {
        var bytes: [UInt8] = []
        let writer = TarStreamWriter { bytes.append(contentsOf: $0) }
        try writer.add(LayerEntry(path: try path("huge"), kind: .file(size: 1 << 33)))
        #expect(throws: TarWriter.Unrepresentable.self) { try writer.finish() }
        let script = """
            import io, sys, tarfile
            print(tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read()), mode='r:').next().size)
            """
        let piece = [UInt8](repeating: 0, count: 1 << 20)
        try piece.withUnsafeBytes(writer.write)
        #expect(try await ExternalTool.run("python3", ["-c", script], input: bytes) == Array("8589934592\n".utf8))
    }
}
