import Plumbing
import TestSupport
import Testing

@Suite("zlib streams")
struct ZlibTests {
    static let samples: [[UInt8]] = [
        [], Array("hello world\n".utf8), Array(repeating: 7, count: 3 << 20),
        (0..<1_000_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) },
    ]

    @Test("every policy's stream inflates to what went in", arguments: CompressionPolicy.allCases)
    func roundTrip(policy: CompressionPolicy) throws {
        let compressor = try ZlibCompressor(policy)
        for sample in Self.samples {
            let stream = try sample.withUnsafeBytes { try compressor.compress($0) }
            #expect(try ZlibInflater.inflate(stream, limit: sample.count) == sample)
            if !sample.isEmpty { #expect(try inflate(stream, into: sample.count) == sample) }
        }
    }

    /// Into room for so many bytes.
    private func inflate(_ stream: [UInt8], into count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { room, length in
            try ZlibInflater.inflate(
                stream,
                into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(room)[..<count])
            )
            length = count
        }
    }

    @Test("the empty stream and zlib's own output are those of docs/cvmfs-format.md §13.2")
    func workedNumbers() throws {
        let compressor = try ZlibCompressor(.zlib)
        let hello = try Array("hello world\n".utf8).withUnsafeBytes { try compressor.compress($0) }
        #expect(Hex.encode(hello) == "789ccb48cdc9c95728cf2fca49e102001e720467")
        for policy in CompressionPolicy.allCases {
            let empty = try ZlibCompressor(policy).compress(UnsafeRawBufferPointer(start: nil, count: 0))
            #expect(Hex.encode(empty) == "789c030000000001")
        }
    }

    @Test("of the balanced policy are ISA-L's where content is large and hardly shrinks, libdeflate's elsewhere")
    func balanced() throws {
        func isQuick(_ content: [UInt8]) throws -> Bool {
            let streams = try [CompressionPolicy.balanced, .fast].map { policy in
                try content.withUnsafeBytes { try ZlibCompressor(policy).compress($0) }
            }
            return streams[0] == streams[1]
        }
        var numbers = SeededRandom(seed: 7)
        // Six random bits in a byte keep three quarters of its size.
        let hard = (0..<1 << 17).map { _ in UInt8.random(in: 0..<64, using: &numbers) }
        // Three keep three eighths.
        let easy = hard.map { $0 & 7 }
        #expect(try isQuick(hard))
        #expect(try !isQuick(easy))
        #expect(try isQuick(Array(hard.prefix(64 << 10))))
        #expect(try !isQuick(Array(hard.prefix(64 << 10 - 1))))
        // The middle decides.
        #expect(try !isQuick(hard + easy + easy + hard))
        #expect(try isQuick(easy + hard + hard + easy))
    }

    @Test("a stream cut anywhere, with garbage behind it, or longer than allowed is refused")
    func refused() throws {
        let compressor = try ZlibCompressor(.balanced)
        let content = Array("some words, some words, some words".utf8)
        let stream = try content.withUnsafeBytes { try compressor.compress($0) }
        for length in 0..<stream.count {
            let cut = Array(stream.prefix(length))
            #expect(throws: CodecError.self) { try ZlibInflater.inflate(cut, limit: 1000) }
            #expect(throws: CodecError.self) { try inflate(cut, into: content.count) }
        }
        for count in [0, content.count - 1, content.count + 1] {
            #expect(throws: CodecError.self) { try inflate(stream, into: count) }
        }
        #expect(throws: CodecError.self) { try inflate(stream + [0], into: content.count) }
        #expect(throws: CodecError.self) { try ZlibInflater.inflate(stream + [0], limit: 1000) }
        #expect(throws: CodecError.self) { try ZlibInflater.inflate(stream, limit: content.count - 1) }
    }
}
