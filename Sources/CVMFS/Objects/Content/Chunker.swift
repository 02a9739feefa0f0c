/// Finds where the content of one file is cut, with the detector of the stock publisher or every so many bytes
/// (docs/cvmfs-format.md §4). How the content is spread over buffers does not matter.
package struct Chunker: Sendable {
    /// No piece but the last of a file is smaller, in bytes. A file that is not larger is one piece.
    package let minimum: Int
    /// No piece is larger, in bytes.
    package let maximum: Int
    private let threshold: UInt32
    /// How many bytes of the current piece went by.
    private var length = 0
    /// A byte leaves the state after 32 more: older ones need not be read.
    private var state: UInt32 = 0

    private static let memory = 32

    /// A detector whose pieces are of these sizes in bytes; they must grow in this order.
    package init(minimum: Int, average: Int, maximum: Int) {
        precondition(0 < minimum && minimum < average && average < maximum, "sizes of pieces out of order")
        self.minimum = minimum
        self.maximum = maximum
        threshold = UInt32(Int(UInt32.max) / average)
    }

    /// Cuts every `size` bytes; it must be positive.
    package init(size: Int) {
        precondition(size > 0, "a piece of no bytes")
        minimum = size
        maximum = size
        threshold = 0
    }

    /// Takes the next bytes up to the first cut in them. Returns how many bytes come before it, maybe 0, and expects
    /// the others next; nil where all were taken and no cut fell. The end of the file is no cut.
    package mutating func nextCut(in bytes: UnsafeRawBufferPointer) -> Int? {
        var position = advance(over: bytes.count, to: minimum - Self.memory)
        let warmUpEnd = position + min(max(0, minimum - length), bytes.count - position)
        length += warmUpEnd - position
        while position < warmUpEnd {
            state = state << 1 ^ UInt32(bytes[position])
            position += 1
        }
        let end = position + min(maximum - length, bytes.count - position)
        if let cut = search(bytes, position..<end) { return startPiece(at: cut) }
        length += end - position
        // The byte after the largest piece begins the next one, where there is such a byte.
        return length == maximum && end < bytes.count ? startPiece(at: end) : nil
    }

    /// Skips bytes that cannot influence a cut. Returns how many.
    private mutating func advance(over count: Int, to target: Int) -> Int {
        let skipped = min(max(0, target - length), count)
        length += skipped
        return skipped
    }

    private mutating func startPiece(at cut: Int) -> Int {
        length = 0
        state = 0
        return cut
    }

    private mutating func search(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int? {
        guard threshold > 0, let base = bytes.baseAddress else { return nil }
        var state = state
        // |x - (2³¹ - 1)| < threshold, as one comparison of unsigned numbers.
        let low = 0x7FFF_FFFF - (threshold - 1)
        let width = 2 * (threshold - 1)
        for position in range {
            state = state << 1 ^ UInt32(base.load(fromByteOffset: position, as: UInt8.self))
            // The difference of all ones is -2³¹, which C's abs leaves negative and so below every threshold.
            if state &- low <= width || state == UInt32.max { return position }
        }
        self.state = state
        return nil
    }
}
