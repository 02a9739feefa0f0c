import Plumbing

/// The raw header blocks of one member, sorted: extended headers before it, and its own.
struct TarHeaderBlocks {
    private(set) var records: PaxRecords?
    /// From GNU's `L` and `K` members.
    private(set) var longName: [UInt8]?
    private(set) var longLink: [UInt8]?
    private(set) var hasGlobalRecords = false
    /// The member's own block; nil where the bytes end before one, or at a block of zeros.
    private(set) var own: UnsafeRawBufferPointer?
    /// The bytes up to the end of the own block.
    private(set) var length = 0

    /// Sorts the blocks at the front of `bytes`, which stays in use. Throws ``LayerError``.
    ///
    /// Of two extended headers of one kind the last counts, as in Go.
    init(_ bytes: UnsafeRawBufferPointer) throws {
        while let block = Self.slice(bytes, length, TarField.blockSize), block.contains(where: { $0 != 0 }) {
            length += TarField.blockSize
            switch block[TarField.typeFlag] {
            case TarHeader.TypeFlag.extendedHeader, TarHeader.TypeFlag.sunExtendedHeader:
                records = try Self.parse(body(of: block, in: bytes))
            case TarHeader.TypeFlag.globalHeader:
                _ = try body(of: block, in: bytes)
                // For Go it ends what stands before it.
                (records, longName, longLink) = (nil, nil, nil)
                hasGlobalRecords = true
            case TarHeader.TypeFlag.longName:
                longName = Self.text(try body(of: block, in: bytes))
            case TarHeader.TypeFlag.longLink:
                longLink = Self.text(try body(of: block, in: bytes))
            default:
                own = block
                return
            }
        }
    }

    /// Whether a block has the checksum that it says: the sum of its bytes, taken as unsigned or, as some old writers did, as
    /// signed ones.
    static func isChecked(_ block: UnsafeRawBufferPointer) -> Bool {
        // Eight bytes at a time, since every block of an archive comes here; the sums of 64 words fit into 16 bits each.
        var lanes: UInt64 = 0
        var highBytes: Int64 = 0
        for offset in stride(from: 0, to: TarField.blockSize, by: 8) {
            let word = block.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            lanes += word & 0x00FF_00FF_00FF_00FF + word >> 8 & 0x00FF_00FF_00FF_00FF
            highBytes += Int64((word & 0x8080_8080_8080_8080).nonzeroBitCount)
        }
        var unsigned = Int64(lanes & 0xFFFF + lanes >> 16 & 0xFFFF + lanes >> 32 & 0xFFFF + lanes >> 48)
        // The field itself counts as spaces.
        for byte in block[TarField.checksum] {
            unsigned += Int64(UInt8(ascii: " ")) - Int64(byte)
            highBytes -= Int64(byte >> 7)
        }
        let signed = unsigned - 256 * highBytes
        let said = TarField.number(block, TarField.checksum)
        return said == unsigned || said == signed
    }

    /// The bytes of one extended header, as in Go.
    private static let bodyLimit: Int64 = 1 << 20

    /// The bytes of records or of a name that follow a block; nil where that is a member's own.
    static func bodySize(_ block: UnsafeRawBufferPointer) throws -> Int64? {
        switch block[TarField.typeFlag] {
        case TarHeader.TypeFlag.extendedHeader, TarHeader.TypeFlag.sunExtendedHeader, TarHeader.TypeFlag.globalHeader,
            TarHeader.TypeFlag.longName, TarHeader.TypeFlag.longLink:
            guard let size = TarField.number(block, TarField.size), (0...Self.bodyLimit).contains(size)
            else { throw LayerError(.malformed("an extended header does not have the size that it says")) }
            return size
        default: return nil
        }
    }

    private mutating func body(
        of block: UnsafeRawBufferPointer,
        in bytes: UnsafeRawBufferPointer
    ) throws -> UnsafeRawBufferPointer {
        guard let size = try Self.bodySize(block).map(Int.init), let body = Self.slice(bytes, length, size) else {
            throw LayerError(.malformed("an extended header does not have the size that it says"))
        }
        length += TarField.padded(size)
        return body
    }

    private static func slice(_ bytes: UnsafeRawBufferPointer, _ offset: Int, _ count: Int) -> UnsafeRawBufferPointer? {
        guard offset <= bytes.count, count <= bytes.count - offset else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
    }

    private static func parse(_ body: UnsafeRawBufferPointer) throws -> PaxRecords {
        do {
            return try PaxRecords(body)
        } catch {
            throw LayerError(.malformed(error.problem))
        }
    }

    /// GNU's names end with a NUL, which some writers leave out.
    private static func text(_ body: UnsafeRawBufferPointer) -> [UInt8] {
        Array(body.prefix { $0 != 0 })
    }
}
