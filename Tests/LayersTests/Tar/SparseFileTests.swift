import Layers
import OCI
import Plumbing
import TestSupport
import Testing

@Suite("Sparse files")
struct SparseFileTests {
    static func expand(size: Int, _ pieces: [TarBuilder.Piece]) -> [UInt8] {
        var content = [UInt8](repeating: 0, count: size)
        for (offset, bytes) in pieces { content.replaceSubrange(offset..<(offset + bytes.count), with: bytes) }
        return content
    }

    @Test("come out whole in every form", arguments: TarBuilder.SparseForm.allCases)
    func forms(form: TarBuilder.SparseForm) throws {
        let many = (0..<200).map { index in
            TarBuilder.Piece(offset: index * 1024, bytes: [UInt8](repeating: UInt8(index), count: 512))
        }
        let cases: [(Int, [TarBuilder.Piece])] = [
            (1000, []), (1, [(0, [5])]), (700_000, [(1, [1]), (300_000, [2, 3])]), (5000, [(4999, [9])]),
            (204_800, many), (100_000, [(0, [UInt8](repeating: 6, count: 513)), (99_000, [7])]),
        ]
        for (size, pieces) in cases {
            let tar = TarBuilder.archive { tar in
                tar.sparse("dir/sparse", size: Int64(size), pieces, form: form) { $0.uid = 7 }
                tar.file("next", "next")
            }
            let layer = try ReadLayer(tar)
            #expect(layer.paths == ["dir/sparse", "next"])
            #expect(layer.entries[0].kind == .file(size: Int64(size)))
            #expect(layer.entries[0].attributes.uid == 7)
            #expect(layer.contents[0] == Self.expand(size: size, pieces))
            #expect(layer.content("next") == Array("next".utf8))
            #expect(try ReadLayer(tar, readsContent: false).paths == ["dir/sparse", "next"])
        }
    }

    @Test("are refused where their map is not in order", arguments: TarBuilder.SparseForm.allCases)
    func disorder(form: TarBuilder.SparseForm) {
        let cases: [(Int64, [TarBuilder.Piece])] = [
            (3000, [(1000, [1]), (500, [2])]), (3000, [(1000, [1, 2, 3]), (1001, [4])]), (1000, [(2000, [1])]),
            (1000, [(999, [1, 2])]),
        ]
        for (size, pieces) in cases {
            let tar = TarBuilder.archive { $0.sparse("s", size: size, pieces, form: form) }
            expectRefused("entry \"s\": damaged: the map of a sparse file is not in order", tar)
        }
    }

    @Test("count with their holes against the limits", arguments: TarBuilder.SparseForm.allCases)
    func limits(form: TarBuilder.SparseForm) throws {
        let tar = TarBuilder.archive { $0.sparse("s", size: 100_000_000, [(0, [1])], form: form) }
        expectRefused("the inflation ratio may be at most 250", tar)
        var limits = LayerLimits()
        limits.inflationRatio = 1 << 20
        #expect(try ReadLayer(tar, limits: limits).contents[0]?.count == 100_000_000)
        limits.inflatedSize = 99_000_000
        expectRefused("the inflated size may be at most 99000000", tar, limits: limits)
        limits.entrySize = 99_000_000
        expectRefused("the size of an entry may be at most 99000000", tar, limits: limits)
        let huge = TarBuilder.archive { $0.sparse("s", size: 1 << 60, [(0, [1])], form: form) }
        expectRefused("the size of an entry", huge)
    }

    @Test("are refused where the map speaks of other bytes than there are", arguments: TarBuilder.SparseForm.allCases)
    func wrongSizes(form: TarBuilder.SparseForm) {
        let less = TarBuilder.archive { tar in
            tar.sparse("s", size: 4096, [(0, [1, 2]), (100, [3])], form: form) { $0.content.removeLast() }
        }
        expectRefused("entry \"s\": damaged: the map of a sparse file speaks of 3 bytes, 2 are stored", less)
        let more = TarBuilder.archive { tar in
            tar.sparse("s", size: 4096, [(0, [1, 2]), (100, [3])], form: form) { $0.content.append(9) }
        }
        expectRefused("entry \"s\": damaged: the map of a sparse file speaks of 3 bytes, 4 are stored", more)
    }

    @Test("are refused where the map does not match the content")
    func wrongMap() {
        let short = TarBuilder.archive { tar in
            tar.sparse("s", size: 4096, [(0, [1, 2, 3])], form: .pax01) {
                $0.content = [UInt8](repeating: 1, count: 2000)
            }
            tar.file("next")
        }
        #expect(throws: LayerError.self) { try ReadLayer(short) }
        #expect(throws: LayerError.self) { try ReadLayer(short, readsContent: false) }
        for map in ["x", "1,2,", "1", "0,5,x,1", "-1,5"] {
            let tar = TarBuilder.archive { tar in
                tar.pax(["GNU.sparse.size": "100", "GNU.sparse.map": RawBytes(stringLiteral: map)])
                tar.file("s", "12345")
            }
            #expect(throws: LayerError.self, "\(map)") { try ReadLayer(tar) }
        }
        for map in ["1\n0\n", "1\nx\n1\n", "99999999999\n", "1\n0\n5", "#\n1\n0\n99\n"] {
            let tar = TarBuilder.archive { tar in
                tar.pax(["GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "100"])
                let padding = String(repeating: "\0", count: 512 - map.utf8.count)
                tar.file("x", RawBytes(stringLiteral: map + padding + "12345"))
            }
            #expect(throws: LayerError.self, "\(map)") { try ReadLayer(tar) }
        }
    }

    @Test("cannot be anything but files, and only in GNU's forms")
    func otherKinds() throws {
        expectRefused(
            "only a regular file can be sparse",
            TarBuilder.archive { tar in
                tar.file("first")
                tar.pax(["GNU.sparse.map": "0,0", "GNU.sparse.size": "5"])
                tar.directory("directory")
            }
        )
        // Docker and containerd take the bytes that are there for the file.
        for record in [("GNU.sparse.numblocks", "1"), ("SCHILY.realsize", "5"), ("SUN.holesdata", " 0 5")] {
            let tar = TarBuilder.archive { tar in
                tar.pax([RawBytes(stringLiteral: record.0): RawBytes(stringLiteral: record.1)])
                tar.file("f", "123")
            }
            #expect(try ReadLayer(tar).content("f") == Array("123".utf8))
        }
        expectRefused("another format", TarBuilder.archive { $0.member(TarMember("f", type: "S")) })
    }

    @Test("with a map of a million pieces are refused before they fill the memory")
    func hugeMap() {
        let pieces = String(repeating: "0\n0\n", count: 3 << 20)
        let content = Array("3145728\n\(pieces)".utf8)
        let tar = TarBuilder.archive { tar in
            tar.pax(["GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "0"])
            tar.file("x", RawBytes(content))
        }
        expectRefused("headers of one member have more than", tar)
    }
}
