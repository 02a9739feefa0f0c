import Layers
import OCI
import Plumbing
import TestSupport
import Testing

@Suite("Limits of a layer")
struct LayerLimitsTests {
    static func limits(_ change: (inout LayerLimits) -> Void) -> LayerLimits {
        var limits = LayerLimits()
        change(&limits)
        return limits
    }

    @Test("an inflation bomb is stopped by its ratio before it is read to its end")
    func ratio() async throws {
        // A file of 512 MiB of zeros, half a megabyte compressed.
        var member = TarMember("zeros", type: "0")
        member.size = 512 << 20
        let stream = try await ExternalTool.run(
            "sh",
            ["-c", "(cat; head -c \(513 << 20) /dev/zero) | gzip -9n"],
            input: member.header
        )
        #expect(stream.count < 1 << 20)
        var taken = 0
        let source = ReadLayer.source(stream)
        let reader = try LayerReader(expecting: try ReadLayer.expectation(stream)) {
            let piece = try source()
            taken += piece?.count ?? 0
            return piece
        }
        let error = #expect(throws: LayerError.self) { while try reader.next() != nil {} }
        #expect(error?.reason == .overLimit(.inflationRatio, limit: 250))
        #expect(taken < stream.count / 2)
    }

    @Test("small layers may have any ratio")
    func floor() async throws {
        let tar = TarBuilder.archive { $0.file("zeros", RawBytes([UInt8](repeating: 0, count: 10 << 20))) }
        let stream = try await ExternalTool.run("gzip", ["-n9c"], input: tar)
        #expect(tar.count / stream.count > 500)
        #expect(try ReadLayer(stream).summary.uncompressedSize == Int64(tar.count))
        let strict = Self.limits { $0.inflationRatioFloor = 5 << 20 }
        expectRefused("the inflation ratio may be at most 250", stream, limits: strict)
    }

    @Test("the inflated size")
    func inflatedSize() async throws {
        let tar = TarBuilder.archive { $0.file("f", RawBytes([UInt8](repeating: 1, count: 1 << 20))) }
        let limit = Int64(tar.count)
        #expect(throws: Never.self) { try ReadLayer(tar, limits: Self.limits { $0.inflatedSize = limit }) }
        expectRefused(
            "over the limit: the inflated size may be at most \(limit - 1)",
            tar,
            limits: Self.limits { $0.inflatedSize = limit - 1 }
        )
    }

    @Test("the number of entries, dropped ones too")
    func entries() {
        let tar = TarBuilder.archive { tar in
            for index in 0..<10 { tar.file("f\(index)") }
            for index in 0..<10 { tar.file(".wh..wh.\(index)") }
        }
        #expect(throws: Never.self) { try ReadLayer(tar, limits: Self.limits { $0.entries = 20 }) }
        expectRefused("the number of entries may be at most 19", tar, limits: Self.limits { $0.entries = 19 })
    }

    @Test("the names, link targets and attributes of all entries together")
    func textBytes() throws {
        // Five names of one byte, a target of four, an attribute of nine.
        let attributes = FileAttributes(xattrs: [ExtendedAttribute(name: Array("user.a".utf8), value: [1, 2, 3])])
        let entries = [
            LayerEntry(path: try BytePath("d"), kind: .node(.directory), attributes),
            LayerEntry(path: try BytePath("d/f"), kind: .file(size: 1)),
            LayerEntry(path: try BytePath("l"), kind: .node(.symlink(target: Array("four".utf8)))),
            LayerEntry(path: try BytePath("h"), kind: .hardLink(target: try BytePath("d/f"))),
            LayerEntry(path: try BytePath("w"), kind: .whiteout),
        ]
        func add(_ limit: Int64) throws {
            var tree = LayerTree<Int>(limits: Self.limits { $0.textBytes = limit })
            for entry in entries { try tree.add(entry, content: entry.contentSize.map(Int.init)) }
        }
        let enough: Int64 = 5 + 4 + 9
        try add(enough)
        let error = #expect(throws: LayerError.self) { try add(enough - 1) }
        #expect(error?.reason == .overLimit(.textBytes, limit: enough - 1))
    }

    @Test("the size of an entry")
    func entrySize() {
        let tar = TarBuilder.archive { $0.file("f", "12345") }
        #expect(throws: Never.self) { try ReadLayer(tar, limits: Self.limits { $0.entrySize = 5 }) }
        let less = Self.limits { $0.entrySize = 4 }
        expectRefused("entry \"f\": over the limit: the size of an entry", tar, limits: less)
    }

    @Test("paths and their depth")
    func paths() {
        let tar = TarBuilder.archive { $0.file("aa/bb/cc") }
        #expect(throws: Never.self) { try ReadLayer(tar, limits: Self.limits { ($0.depth, $0.pathLength) = (3, 8) }) }
        expectRefused("the depth of a path", tar, limits: Self.limits { $0.depth = 2 })
        expectRefused("the length of a path", tar, limits: Self.limits { $0.pathLength = 7 })
    }

    @Test("extended attributes, dropped ones not counted")
    func attributes() {
        let tar = TarHeaderTests.file([
            "SCHILY.xattr.user.a": "12345", "SCHILY.xattr.user.b": "12345", "SCHILY.xattr.user.overlay.x": "12345",
        ])
        let enough = Self.limits { ($0.attributes, $0.attributeBytes) = (2, 22) }
        #expect(throws: Never.self) { try ReadLayer(tar, limits: enough) }
        expectRefused("the number of extended attributes", tar, limits: Self.limits { $0.attributes = 1 })
        expectRefused("the size of the extended attributes", tar, limits: Self.limits { $0.attributeBytes = 21 })
    }
}
