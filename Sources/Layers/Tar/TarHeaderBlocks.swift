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
    /// Two extended headers of one kind for one member are refused: readers disagree on which of them counts.
    init(_ bytes: UnsafeRawBufferPointer) throws {
        while let block = Self.slice(bytes, length, TarField.blockSize), block.contains(where: { $0 != 0 }) {
            let type = block[TarField.typeFlag]
            length += TarField.blockSize
            switch type {
            case TarHeader.TypeFlag.extendedHeader, TarHeader.TypeFlag.sunExtendedHeader:
                guard records == nil else { throw Self.twice("pax headers") }
                records = try Self.parse(body(of: block, in: bytes))
            case TarHeader.TypeFlag.globalHeader:
                _ = try Self.parse(body(of: block, in: bytes))
                hasGlobalRecords = true
            case TarHeader.TypeFlag.longName:
                guard longName == nil else { throw Self.twice("long names") }
                longName = try Self.text(body(of: block, in: bytes))
            case TarHeader.TypeFlag.longLink:
                guard longLink == nil else { throw Self.twice("long link targets") }
                longLink = try Self.text(body(of: block, in: bytes))
            default:
                own = block
                return
            }
        }
    }

    private mutating func body(
        of block: UnsafeRawBufferPointer,
        in bytes: UnsafeRawBufferPointer
    ) throws -> UnsafeRawBufferPointer {
        guard let size = TarField.number(block, TarField.size), let size = Int(exactly: size), size >= 0,
            let body = Self.slice(bytes, length, size)
        else {
            throw LayerError(.malformed("an extended header does not have the size that it says"))
        }
        length += (size + 511) & ~511
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
    private static func text(_ body: UnsafeRawBufferPointer) throws -> [UInt8] {
        let text = body.prefix { $0 != 0 }
        guard body[text.endIndex...].allSatisfy({ $0 == 0 }) else {
            throw LayerError(.refused("a name holds a NUL byte"), entry: Array(body))
        }
        return Array(text)
    }

    private static func twice(_ what: String) -> LayerError {
        LayerError(.refused("several \(what) stand before one member"))
    }
}
