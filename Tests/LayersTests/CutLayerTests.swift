import Layers
import OCI
import Plumbing
import TestSupport
import Testing

@Suite("Layers cut short")
struct CutLayerTests {
    /// One of every construct that takes several blocks.
    static let tar = TarBuilder.archive { tar in
        tar.directory("d/")
        tar.pax(["path": "d/a longer name", "SCHILY.xattr.user.x": "1"])
        tar.file("d/short", RawBytes([UInt8](repeating: 65, count: 700)))
        tar.gnuLongName("d/another longer name")
        tar.gnuLongLink("target")
        tar.symlink("d/l", to: "t") { $0.dialect = .gnu }
        tar.sparse("d/s", size: 5000, [(1024, [1, 2, 3]), (4000, [4])], form: .pax10)
        tar.sparse("d/t", size: 90_000, (0..<30).map { ($0 * 3000, [UInt8($0)]) }, form: .oldGNU)
    }

    /// Where one member ends and the next begins.
    static let boundaries: Set<Int> = {
        var tar = TarBuilder()
        var ends: Set<Int> = [0]
        tar.directory("d/")
        ends.insert(tar.bytes.count)
        tar.pax(["path": "d/a longer name", "SCHILY.xattr.user.x": "1"])
        tar.file("d/short", RawBytes([UInt8](repeating: 65, count: 700)))
        ends.insert(tar.bytes.count)
        tar.gnuLongName("d/another longer name")
        tar.gnuLongLink("target")
        tar.symlink("d/l", to: "t") { $0.dialect = .gnu }
        ends.insert(tar.bytes.count)
        tar.sparse("d/s", size: 5000, [(1024, [1, 2, 3]), (4000, [4])], form: .pax10)
        ends.insert(tar.bytes.count)
        tar.sparse("d/t", size: 90_000, (0..<30).map { ($0 * 3000, [UInt8($0)]) }, form: .oldGNU)
        // The end, then one block of zeros, then both.
        return ends.union([tar.bytes.count, tar.bytes.count + 512, tar.bytes.count + 1024])
    }()

    /// Where an archive may end: Go's writers leave the padding of the last member out when they are not closed.
    static let ends: Set<Int> = {
        var ends = boundaries
        for (index, stored) in [(2, 700), (4, 4), (5, 30)] {
            let end = boundaries.sorted()[index]
            ends.formUnion((end - (512 - stored % 512) % 512)..<end)
        }
        return ends
    }()

    @Test("reads the whole", arguments: [true, false])
    func whole(readsContent: Bool) throws {
        let layer = try ReadLayer(Self.tar, readsContent: readsContent)
        #expect(layer.paths == ["d", "d/a longer name", "d/another longer name", "d/s", "d/t"])
    }

    @Test("refuses a tar cut at any byte", arguments: [true, false])
    func tarCut(readsContent: Bool) throws {
        let whole = try ReadLayer.expectation(Self.tar)
        for length in 0..<Self.tar.count {
            let cut = Array(Self.tar[..<length])
            #expect(throws: LayerError.self, "cut at \(length)") {
                try ReadLayer(cut, expecting: whole, readsContent: readsContent)
            }
        }
    }

    @Test("notices the cut without the digest's help, wherever it is not between members", arguments: [true, false])
    func tarCutWithRightDigest(readsContent: Bool) throws {
        for length in 0..<Self.tar.count {
            let cut = Array(Self.tar[..<length])
            let result = Result { try ReadLayer(cut, readsContent: readsContent) }
            switch result {
            case .success: #expect(Self.ends.contains(length), "cut at \(length)")
            case .failure(let error):
                #expect(error is LayerError)
                #expect(!Self.ends.contains(length), "cut at \(length): \(error)")
            }
        }
    }

    @Test("refuses compressed streams cut at any byte, with and without the digest's help")
    func compressedCut() async throws {
        let streams = [
            try await ExternalTool.run("gzip", ["-nc"], input: Self.tar),
            try await ExternalTool.run("zstd", ["-qc"], input: Self.tar),
            try await ExternalTool.run("xz", ["-c"], input: Self.tar),
            try await ExternalTool.run("bzip2", ["-c"], input: Self.tar),
        ]
        for stream in streams {
            let whole = try ReadLayer.expectation(stream)
            for length in 0..<stream.count {
                let cut = Array(stream[..<length])
                #expect(throws: LayerError.self, "cut at \(length)") { try ReadLayer(cut, expecting: whole) }
                if length == 0 { continue }
                #expect(throws: LayerError.self, "cut at \(length)") { try ReadLayer(cut) }
            }
        }
    }

    @Test("says of a cut stream how much of it came")
    func message() async throws {
        let stream = try await ExternalTool.run("gzip", ["-nc"], input: Self.tar)
        let whole = try ReadLayer.expectation(stream)
        let error = #expect(throws: LayerError.self) { try ReadLayer(Array(stream[..<100]), expecting: whole) }
        #expect(error?.reason == .wrongSize(expected: Int64(stream.count), actual: 100))
    }

    @Test("notices a file whose declared size does not follow")
    func declaredSize() throws {
        for size in [1_000_000, 1 << 40, 1 << 60] as [Int64] {
            let tar = TarBuilder.archive { tar in
                tar.file("big", "x") { $0.size = size }
                tar.file("next", "y")
            }
            var limits = LayerLimits()
            limits.entrySize = .max
            limits.inflatedSize = .max
            expectRefused("the content ends after", tar, limits: limits)
            if size > 64 << 30 {
                expectRefused("entry \"big\": over the limit: the size of an entry may be at most", tar)
            }
        }
    }
}
