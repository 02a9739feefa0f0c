import Layers
import OCI
import Plumbing
import TestSupport
import Testing

@Suite("Large layers")
struct LargeLayerTests {
    @Test("100,000 entries in one directory", .timeLimit(.minutes(5)))
    func wideDirectory() throws {
        let count = 50_000
        let tar = TarBuilder.archive { tar in
            for index in 0..<count {
                tar.file("d/f\(index)")
                tar.hardLink("d/l\(index)", to: "d/f\(index)")
            }
        }
        let nodes = try ReadLayer(tar, pieces: 1 << 20).nodes()
        #expect(nodes.count == 2 * count + 2)
        #expect(nodes.dropFirst(2).allSatisfy { $0.linkCount == 2 })
        #expect(Set(nodes.map(\.linkGroup)).count == count + 1)
        #expect(zip(nodes, nodes.dropFirst()).allSatisfy { $0.path < $1.path })
    }

    @Test("directories of more names than a catalog should have are told")
    func largeDirectories() throws {
        func notes(_ count: Int) throws -> LayerNotes {
            var tree = LayerTree<Int>()
            for index in 0..<count {
                let entry = LayerEntry(path: try path("a/b/f\(index)"), kind: .file(size: 1))
                try tree.add(entry, content: index)
            }
            return try tree.finish(over: NothingBelow()).notes
        }
        #expect(try notes(100_000).warnings[.largeDirectory] == nil)
        #expect(try notes(100_001).warnings[.largeDirectory]?.names == ["a/b of 100001 names"])
    }

    @Test("300,000 members in many directories", .timeLimit(.minutes(5)))
    func manyMembers() throws {
        var tree = LayerTree<Int>()
        let count = 300_000
        for index in 0..<count {
            let name = "d\(index / 10_000)/e\(index / 100 % 100)/f\(index % 100)"
            try tree.add(LayerEntry(path: try path(name), kind: .file(size: 1)), content: index)
        }
        let nodes = try tree.finish(over: NothingBelow()).nodes
        #expect(nodes.count == count + 3_000 + 30 + 1)
    }

    @Test("a file larger than the memory that reading it takes", .timeLimit(.minutes(5)))
    func largeFile() throws {
        // 10 GB would take too long here; 400 MB already are a thousand times the buffers.
        let size = 400 << 20
        var member = TarMember("big", type: "0")
        member.size = Int64(size)
        let piece = [UInt8](repeating: 0x5a, count: 1 << 20)
        var pieces: [[UInt8]?] = [member.header] + [[UInt8]](repeating: piece, count: size >> 20)
        pieces.append([UInt8](repeating: 0, count: 1024))
        let hash = try MessageDigest(.sha256)
        for case let piece? in pieces { hash.update(piece) }
        let expectation = LayerExpectation(
            digest: try Digest(.sha256, hash: hash.finish()),
            size: Int64(size) + 1536,
            diffID: nil
        )
        var index = 0
        let reader = try LayerReader(expecting: expectation) {
            defer { index += 1 }
            return index < pieces.count ? pieces[index] : nil
        }
        #expect(try reader.next()?.kind == .file(size: Int64(size)))
        var total = 0
        try reader.readContent { content in
            total += content.count
            #expect(content.count <= StreamInflater.pieceSize && content[0] == 0x5a)
        }
        #expect(total == size)
        #expect(try reader.next() == nil)
    }
}
