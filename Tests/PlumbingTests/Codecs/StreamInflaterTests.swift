import Plumbing
import TestSupport
import Testing

@Suite("Inflating streams")
struct StreamInflaterTests {
    /// Text that compresses to a few blocks and is not the same anywhere.
    static func sample(_ count: Int) -> [UInt8] {
        var state: UInt32 = 12345
        return (0..<count).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(ascii: "a") + UInt8(state >> 28)
        }
    }

    static func inflate(_ stream: [UInt8], pieces: Int = .max) throws -> [UInt8] {
        var offset = 0
        let inflater = StreamInflater {
            guard offset < stream.count else { return nil }
            let end = offset + min(pieces, stream.count - offset)
            defer { offset = end }
            return Array(stream[offset..<end])
        }
        var content: [UInt8] = []
        while let piece = try inflater.read() {
            #expect(piece.count <= StreamInflater.pieceSize)
            content.append(contentsOf: piece)
        }
        return content
    }

    static func gzip(_ content: [UInt8], _ arguments: [String] = []) async throws -> [UInt8] {
        try await ExternalTool.run("gzip", ["-n", "-c"] + arguments, input: content)
    }

    static func zstd(_ content: [UInt8], _ arguments: [String] = []) async throws -> [UInt8] {
        try await ExternalTool.run("zstd", ["-q", "-c"] + arguments, input: content)
    }

    static func fails(_ text: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void) {
        let error = #expect(throws: CodecError.self, sourceLocation: sourceLocation, performing: body)
        let message = error?.description ?? "no error"
        #expect(message.contains(text), sourceLocation: sourceLocation)
    }

    @Test("tells formats apart by their first bytes")
    func formats() async throws {
        #expect(StreamFormat(firstBytes: try await Self.gzip([1])) == .gzip)
        #expect(StreamFormat(firstBytes: try await Self.zstd([1])) == .zstd)
        #expect(StreamFormat(firstBytes: [0x5f, 0x2a, 0x4d, 0x18] as [UInt8]) == .zstd)
        #expect(StreamFormat(firstBytes: [0x5f, 0x2a, 0x4d] as [UInt8]) == .plain)
        #expect(StreamFormat(firstBytes: "P*tar".utf8) == .plain)
        #expect(StreamFormat(firstBytes: [] as [UInt8]) == .plain)
    }

    @Test("gives what went in", arguments: [0, 1, 511, 70_000, 1 << 20, 3_000_001])
    func roundTrip(size: Int) async throws {
        let content = Self.sample(size)
        for stream in [try await Self.gzip(content), try await Self.zstd(content), content] {
            #expect(try Self.inflate(stream) == content)
            #expect(try Self.inflate(stream, pieces: 4093) == content)
        }
    }

    @Test("gives full pieces up to the last")
    func fullPieces() throws {
        let content = Self.sample(StreamInflater.pieceSize * 2 + 5)
        var offset = 0
        let inflater = StreamInflater {
            let end = min(offset + 777, content.count)
            defer { offset = end }
            return offset == end ? nil : Array(content[offset..<end])
        }
        #expect(try inflater.read()?.count == StreamInflater.pieceSize)
        #expect(try inflater.read()?.count == StreamInflater.pieceSize)
        #expect(try inflater.read()?.count == 5)
        #expect(try inflater.read() == nil)
        #expect(try inflater.read() == nil)
        #expect(inflater.format == .plain)
    }

    @Test("reads several gzip members, however they are cut into pieces", arguments: [1, 2, 3, 7, 100, Int.max])
    func members(pieces: Int) async throws {
        let parts = [Self.sample(1000), [], Self.sample(40_000), [65]]
        var stream: [UInt8] = []
        for part in parts { stream += try await Self.gzip(part, ["-9"]) }
        #expect(try Self.inflate(stream, pieces: pieces) == Array(parts.joined()))
    }

    @Test("reads several zstd frames and ignores skippable ones", arguments: [1, 3, 100, Int.max])
    func frames(pieces: Int) async throws {
        let skippable: [UInt8] = [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]
        let first = try await Self.zstd(Self.sample(1000))
        let second = try await Self.zstd(Self.sample(300_000), ["-19", "--no-check"])
        let stream = skippable + first + skippable + second + skippable
        #expect(try Self.inflate(stream, pieces: pieces) == Self.sample(1000) + Self.sample(300_000))
    }

    /// Header fields of RFC 1952 §2.3.1, all of them at once.
    static func headerWithEverything(_ member: [UInt8]) -> [UInt8] {
        let extra: [UInt8] = [5, 0] + Array("extra".utf8)
        var header: [UInt8] = [0x1f, 0x8b, 8, 0b11110, 1, 2, 3, 4, 0, 3] + extra
        header += Array("name\0comment\0".utf8)
        let checksum = crc32(header)
        header += [UInt8(truncatingIfNeeded: checksum), UInt8(truncatingIfNeeded: checksum >> 8)]
        return header + member.dropFirst(10)
    }

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
        }
    }

    @Test("reads a gzip header with every optional field", arguments: [1, 5, Int.max])
    func optionalFields(pieces: Int) async throws {
        let content = Self.sample(5000)
        let stream = Self.headerWithEverything(try await Self.gzip(content))
        #expect(try Self.inflate(stream, pieces: pieces) == content)
        #expect(try Self.inflate(stream + stream, pieces: pieces) == content + content)
        var wrong = stream
        wrong[12] ^= 1
        Self.fails("does not match its checksum") { _ = try Self.inflate(wrong, pieces: pieces) }
        var reserved = stream
        reserved[3] |= 0x80
        Self.fails("reserved flags") { _ = try Self.inflate(reserved, pieces: pieces) }
    }

    @Test("refuses a stream cut at any byte")
    func cutAnywhere() async throws {
        let content = Self.sample(700)
        let stored = Self.headerWithEverything(try await Self.gzip(content, ["-1"]))
        for stream in [stored, try await Self.gzip(content), try await Self.zstd(content)] {
            for length in 4..<stream.count {
                for pieces in [1, Int.max] {
                    #expect(throws: CodecError.self, "cut at \(length)") {
                        try Self.inflate(Array(stream[..<length]), pieces: pieces)
                    }
                }
            }
        }
    }

    @Test("refuses a second member cut at any byte")
    func secondMemberCut() async throws {
        let first = try await Self.gzip(Self.sample(300))
        let second = try await Self.gzip(Self.sample(50))
        for length in 1..<second.count {
            Self.fails("gzip: the stream is cut") { _ = try Self.inflate(first + second[..<length]) }
        }
    }

    @Test("compares checksum and length of every gzip member")
    func checksums() async throws {
        let first = try await Self.gzip(Self.sample(5000))
        let second = try await Self.gzip(Self.sample(70))
        for offset in 1...8 {
            for (front, back) in [(first, second), (second, first)] {
                var wrong = front
                wrong[wrong.count - offset] ^= 0x10
                Self.fails("checksum or length") { _ = try Self.inflate(wrong + back) }
                Self.fails("checksum or length") { _ = try Self.inflate(back + wrong, pieces: 3) }
            }
        }
    }

    @Test("never takes corrupt data for good data")
    func corruption() async throws {
        let content = Self.sample(3000)
        for stream in [try await Self.gzip(content), try await Self.zstd(content)] {
            for offset in 0..<stream.count {
                var wrong = stream
                wrong[offset] ^= 0x55
                let result = try? Self.inflate(wrong)
                // Time, system and flags of a header may change without changing the content; without its magic the
                // stream is a plain one.
                #expect(result == nil || result == content || result == wrong, "byte \(offset)")
            }
        }
    }

    @Test("accepts zero bytes behind the last gzip member and nothing else", arguments: [1, 512, Int.max])
    func trailingBytes(pieces: Int) async throws {
        let stream = try await Self.gzip(Self.sample(100))
        let zeros = [UInt8](repeating: 0, count: 10_000)
        #expect(try Self.inflate(stream + zeros, pieces: pieces) == Self.sample(100))
        Self.fails("not another member") { _ = try Self.inflate(stream + [1], pieces: pieces) }
        Self.fails("not another member") { _ = try Self.inflate(stream + Array("garbage".utf8), pieces: pieces) }
        Self.fails("followed by others") { _ = try Self.inflate(stream + zeros + [1], pieces: pieces) }
        Self.fails("followed by others") { _ = try Self.inflate(stream + zeros + stream, pieces: pieces) }
        #expect(throws: CodecError.self) { try Self.inflate(stream + [0x1f, 0x8c], pieces: pieces) }
        Self.fails("cut") { _ = try Self.inflate(stream + [0x1f], pieces: pieces) }
    }

    @Test("refuses bytes behind the last zstd frame")
    func trailingBytesOfZstd() async throws {
        let stream = try await Self.zstd(Self.sample(100))
        for garbage in [[0], [0, 0, 0, 0, 0], Array("garbage".utf8)] as [[UInt8]] {
            Self.fails("zstd") { _ = try Self.inflate(stream + garbage) }
        }
    }

    @Test("refuses a zstd window that would need gigabytes")
    func hugeWindow() async throws {
        let frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 0x01, 0, 0]
        Self.fails("with --long=27 or without it") { _ = try Self.inflate(frame) }
    }

    @Test("expands a quarter of a gigabyte of zeros through one buffer")
    func bomb() async throws {
        let size = 1 << 28
        let stream = try await ExternalTool.run("sh", ["-c", "head -c \(size) /dev/zero | gzip -9"])
        var given = false
        let inflater = StreamInflater {
            defer { given = true }
            return given ? nil : stream
        }
        var total = 0
        while let piece = try inflater.read() { total += piece.count }
        #expect(total == size)
        #expect(stream.count < size / 1000)
    }

    @Test("hands the source's error on unchanged")
    func sourceError() {
        struct Broken: Error {}
        let inflater = StreamInflater { throw Broken() }
        #expect(throws: Broken.self) { try inflater.read() }
    }
}
