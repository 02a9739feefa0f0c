/// The pieces of a sparse file that are stored, checked as they are read.
struct SparseMap {
    static let malformed = MemberReading.Problem(text: "the map of a sparse file is not valid")
    private static let disorder = MemberReading.Problem(text: "the map of a sparse file is not in order")

    private var end: Int64 = 0
    private var stored: Int64 = 0
    /// Those that are not empty, in order.
    private(set) var pieces: [Range<Int64>] = []
    /// Whether there was one, be it empty.
    private(set) var hasPieces = false

    /// The next piece; nil stands for a number that is none.
    mutating func add(offset: Int64?, count: Int64?) throws {
        guard let offset, let count, offset >= 0, count >= 0 else { throw Self.malformed }
        let (pieceEnd, overflow) = offset.addingReportingOverflow(count)
        guard offset >= end, !overflow else { throw Self.disorder }
        end = pieceEnd
        // Cannot overflow: the pieces do not overlap.
        stored += count
        hasPieces = true
        if count > 0 { pieces.append(offset..<pieceEnd) }
    }

    /// Throws where the pieces are not inside the file, or not what the archive holds.
    func check(size: Int64, stored: Int64) throws {
        guard end <= size else { throw Self.disorder }
        guard self.stored == stored else {
            throw MemberReading.Problem(
                text: "the map of a sparse file speaks of \(self.stored) bytes, \(stored) are stored"
            )
        }
    }
}
