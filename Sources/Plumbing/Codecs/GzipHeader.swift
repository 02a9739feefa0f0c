import CISAL

/// The header of one gzip member, read byte by byte (RFC 1952 §2.3).
///
/// ISA-L could read it too, but compares the header's checksum wrongly where the header arrives in several pieces.
struct GzipHeader {
    private enum Field {
        case fixed
        case extraLength
        case extra
        case name
        case comment
        case checksum
        case complete
    }

    private static let fixedSize = 10
    private static let headerChecksum: UInt8 = 1 << 1
    private static let extra: UInt8 = 1 << 2
    private static let name: UInt8 = 1 << 3
    private static let comment: UInt8 = 1 << 4
    private static let reserved: UInt8 = 0xe0

    private var field = Field.fixed
    private var flags: UInt8 = 0
    /// What is known of the field in hand: bytes seen, and a little-endian number made of them.
    private var seen = 0
    private var number = 0
    private var remainingExtra = 0
    private var checksum: UInt32 = 0

    /// Whether the compressed data comes next.
    var isComplete: Bool {
        if case .complete = field { true } else { false }
    }

    /// Takes header bytes from the front of the input and says how many. Throws ``CodecError``.
    mutating func read(_ input: UnsafeRawBufferPointer) throws -> Int {
        var count = 0
        for byte in input {
            if isComplete { break }
            try take(byte)
            count += 1
        }
        return count
    }

    private mutating func take(_ byte: UInt8) throws {
        if field != .checksum { checksum = withUnsafeBytes(of: byte) { extend($0) } }
        defer { seen += 1 }
        switch field {
        case .fixed:
            try checkFixed(byte)
            if seen == Self.fixedSize - 1 { advance(to: .extraLength) }
        case .extraLength:
            number |= Int(byte) << (8 * seen)
            if seen == 1 {
                remainingExtra = number
                advance(to: .extra)
            }
        case .extra:
            remainingExtra -= 1
            if remainingExtra == 0 { advance(to: .name) }
        case .name:
            if byte == 0 { advance(to: .comment) }
        case .comment:
            if byte == 0 { advance(to: .checksum) }
        case .checksum:
            number |= Int(byte) << (8 * seen)
            if seen == 1 {
                guard number == Int(checksum & 0xffff) else {
                    throw CodecError("gzip: the header of a member does not match its checksum")
                }
                advance(to: .complete)
            }
        case .complete:
            break
        }
    }

    private mutating func checkFixed(_ byte: UInt8) throws {
        switch seen {
        case 0 where byte != 0x1f, 1 where byte != 0x8b:
            throw CodecError("gzip: the header of a member is not valid")
        case 2 where byte != 8:
            throw CodecError("gzip: a member is compressed with an unknown method")
        case 3:
            guard byte & Self.reserved == 0 else { throw CodecError("gzip: a member's header has reserved flags") }
            flags = byte
        default:
            break
        }
    }

    /// Goes to a field, or on to the next one that the flags announce.
    private mutating func advance(to next: Field) {
        field = next
        // `take` counts its byte afterwards.
        seen = -1
        number = 0
        switch next {
        case .extraLength where flags & Self.extra == 0: advance(to: .name)
        case .extra where remainingExtra == 0: advance(to: .name)
        case .name where flags & Self.name == 0: advance(to: .comment)
        case .comment where flags & Self.comment == 0: advance(to: .checksum)
        case .checksum where flags & Self.headerChecksum == 0: advance(to: .complete)
        default: break
        }
    }

    private func extend(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        crc32_gzip_refl(checksum, bytes.bindMemory(to: UInt8.self).baseAddress, UInt64(bytes.count))
    }
}
