import CVMFS
import TestSupport
import Testing

@Suite("Where files are cut")
struct ChunkerTests {
    /// The bytes of the upstream unit test (docs/cvmfs-format.md §13.7).
    static let upstream: [UInt8] = {
        var state: UInt64 = 42
        return (0..<104_857_600).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // A conversion to Double rounds: the greatest states come out as 256.
            return UInt8(truncatingIfNeeded: Int(Double(state) * 256 / 18_446_744_073_709_551_616))
        }
    }()

    private func cuts(_ chunker: Chunker, _ bytes: [UInt8], buffer: () -> Int = { Int.max }) -> [Int] {
        var chunker = chunker
        var cuts: [Int] = []
        bytes.withUnsafeBytes { bytes in
            var position = 0
            while position < bytes.count {
                let end = position + min(buffer(), bytes.count - position)
                var rest = UnsafeRawBufferPointer(rebasing: bytes[position..<end])
                while let cut = chunker.nextCut(in: rest) {
                    cuts.append(end - rest.count + cut)
                    rest = UnsafeRawBufferPointer(rebasing: rest[cut...])
                }
                position = end
            }
        }
        return cuts
    }

    @Test("the numbers of the upstream test, with its small pieces")
    func upstreamVector() {
        let bytes = Self.upstream
        #expect(bytes.prefix(8) == [0x91, 0x39, 0x69, 0xa1, 0xae, 0x06, 0x05, 0x27])
        let chunker = Chunker(minimum: 512_000, average: 1_024_000, maximum: 2_048_000)
        let found = cuts(chunker, bytes)
        #expect(found.count == 104)
        let first = [
            742_752, 2_790_752, 3_521_796, 4_188_893, 4_940_543, 5_884_591, 7_131_564, 8_520_617, 9_159_233, 9_999_783,
            11_202_120, 11_778_185,
        ]
        #expect(Array(found.prefix(12)) == first)
        #expect(found.last == 104_269_441)
        var random = SeededRandom(seed: 9)
        for limit in [40, 70_000, 5_000_000] {
            // Tiny buffers for the first megabytes only, which is where they matter as much as later.
            let part = limit == 40 ? Array(bytes.prefix(3 << 20)) : bytes
            let split = cuts(chunker, part) { Int.random(in: 1...limit, using: &random) }
            #expect(split == found.filter { $0 < part.count }, "buffers of up to \(limit) bytes")
        }
    }

    @Test("the numbers for the sizes in use")
    func defaultVector() {
        let expected = [
            9_159_233, 15_364_830, 22_557_049, 27_763_062, 36_410_687, 49_303_250, 54_600_798, 59_294_196, 66_252_082,
            78_606_807, 90_338_316, 97_723_756,
        ]
        #expect(cuts(ChunkingStrategy.contentDefined.makeChunker(), Self.upstream) == expected)
    }

    @Test("zeros are cut at the largest size, and never at the end of the file")
    func zeros() {
        let chunker = Chunker(minimum: 1_000, average: 2_000, maximum: 4_000)
        #expect(cuts(chunker, Array(repeating: 0, count: 4_000)) == [])
        #expect(cuts(chunker, Array(repeating: 0, count: 4_001)) == [4_000])
        #expect(cuts(chunker, Array(repeating: 0, count: 8_000)) { 1 } == [4_000])
        #expect(cuts(chunker, []) == [])
    }

    @Test("the one state whose difference has no absolute value cuts, and so at the smallest size")
    func ones() {
        // Each of these bytes shifts a one into the state: it is 2³² - 1 after the warm-up.
        let chunker = Chunker(minimum: 1_000, average: 2_000, maximum: 4_000)
        #expect(cuts(chunker, Array(repeating: 1, count: 3_000)) == [1_000, 2_000])
    }

    @Test("a fixed size cuts at its multiples and not at the end", arguments: [1, 7, 31, 33, 1_000])
    func fixed(size: Int) {
        var random = SeededRandom(seed: 3)
        let bytes = Array(repeating: UInt8(1), count: size * 5)
        let expected = (1..<5).map { $0 * size }
        #expect(cuts(ChunkingStrategy.fixed(size).makeChunker(), bytes) == expected)
        let split = cuts(Chunker(size: size), bytes) { Int.random(in: 1...(2 * size), using: &random) }
        #expect(split == expected)
        #expect(ChunkingStrategy.fixed(1 << 40).makeChunker().maximum == ChunkingStrategy.largestPiece)
    }
}
