import Plumbing
import TestSupport
import Testing

/// Damaged streams are errors, or content of a bounded size. `script/fuzz` runs it for longer.
@Suite("Damaged streams") struct FuzzTests {
    private static let limit = 8 << 20

    /// Reads a damaged stream to its end, or to more than it can be worth.
    private func attempt(_ target: String, _ streams: [[UInt8]]) throws {
        try Fuzzing.run(target, rounds: 2_000) { random in
            let stream = random.mutate(streams[Int.random(in: 0..<streams.count, using: &random)])
            let pieces = Int.random(in: 1...stream.count + 1, using: &random)
            var offset = 0
            let inflater = StreamInflater {
                guard offset < stream.count else { return nil }
                defer { offset += pieces }
                return Array(stream[offset..<min(offset + pieces, stream.count)])
            }
            var size = 0
            try Fuzzing.allowing(CodecError.self) {
                while size < Self.limit, let piece = try inflater.read() {
                    guard !piece.isEmpty else { throw Fuzzing.Unexpected("an empty piece") }
                    size += piece.count
                }
            }
        }
    }

    private var contents: [[UInt8]] {
        [[], StreamInflaterTests.sample(300), StreamInflaterTests.sample(9_000), [UInt8](repeating: 0, count: 40_000)]
    }

    @Test("gzip") func gzip() async throws {
        var streams: [[UInt8]] = []
        for content in contents { streams.append(try await StreamInflaterTests.gzip(content)) }
        try attempt("Plumbing.gzip", streams + [streams[1] + streams[3]])
    }

    @Test("zstd") func zstd() async throws {
        var streams: [[UInt8]] = []
        for content in contents { streams.append(try await StreamInflaterTests.zstd(content)) }
        try attempt("Plumbing.zstd", streams + [streams[1] + streams[3]])
    }

    @Test("zlib streams") func zlib() throws {
        let streams = try contents.flatMap { content in
            try CompressionPolicy.allCases.map { policy in
                try content.withUnsafeBytes { try ZlibCompressor(policy).compress($0) }
            }
        }
        try Fuzzing.run("Plumbing.zlib", rounds: 2_000) { random in
            let stream = random.mutate(streams[Int.random(in: 0..<streams.count, using: &random)])
            try Fuzzing.allowing(CodecError.self) {
                let content = try ZlibInflater.inflate(stream, limit: 30_000)
                if content.count > 30_000 { throw Fuzzing.Unexpected("\(content.count) bytes, more than the limit") }
            }
        }
    }
}
