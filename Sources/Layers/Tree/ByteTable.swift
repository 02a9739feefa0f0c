import Plumbing

/// Names and link targets, one behind the other: an array for each of a million names would take four times as much.
struct ByteTable: Sendable {
    /// Where bytes stand.
    struct Reference {
        fileprivate let position: UInt32
        /// How many there are.
        let count: UInt16

        static let none = Reference(position: 0, count: 0)

        fileprivate init(position: UInt32, count: UInt16) {
            (self.position, self.count) = (position, count)
        }

        /// The same in a number.
        init(number: Int64) {
            self.init(position: UInt32(truncatingIfNeeded: number >> 16), count: UInt16(truncatingIfNeeded: number))
        }

        var number: Int64 { Int64(position) << 16 | Int64(count) }
    }

    private var blocks: [[UInt8]] = []
    /// A string lies in one block.
    private static let blockLength = 1 << 16
    /// What it takes in any case: blocks of 64 KiB are numbered in 16 bits, and strings do not fill the last bytes of one.
    static let capacity: Int64 = 2 << 30

    /// Adds a string: a name or a path, and no more than ``capacity`` of all.
    mutating func add(_ bytes: some Collection<UInt8>) -> Reference {
        guard !bytes.isEmpty else { return .none }
        if blocks.isEmpty || blocks[blocks.count - 1].count + bytes.count > Self.blockLength {
            var block: [UInt8] = []
            // The first one grows as it must: most layers are small.
            if !blocks.isEmpty { block.reserveCapacity(Self.blockLength) }
            blocks.append(block)
        }
        let block = blocks.count - 1
        let position = block * Self.blockLength + blocks[block].count
        blocks[block].append(contentsOf: bytes)
        return Reference(position: UInt32(position), count: UInt16(bytes.count))
    }

    /// The bytes that ``add(_:)`` took.
    subscript(reference: Reference) -> ArraySlice<UInt8> {
        if reference.count == 0 { return [] }
        let start = Int(reference.position) % Self.blockLength
        return blocks[Int(reference.position) / Self.blockLength][start..<(start + Int(reference.count))]
    }
}
