/// The piece of the stream that libarchive works on, and every byte since a mark, even of pieces before.
struct HeaderWindow {
    private var piece = UnsafeRawBufferPointer(start: nil, count: 0)
    private var pieceStart: Int64 = 0
    private var mark: Int64?
    /// What earlier pieces hold behind the mark.
    private var kept: [UInt8] = []

    /// The bytes of earlier pieces that are kept.
    var keptCount: Int { kept.count }

    /// Keeps the bytes from this position on, which lies in the current piece or at its end.
    mutating func keep(from position: Int64) {
        kept.removeAll(keepingCapacity: true)
        mark = position
    }

    /// Forgets the mark.
    mutating func keepNothing() {
        mark = nil
    }

    /// To be called before the current piece becomes invalid.
    mutating func retire() {
        if let mark {
            let offset = min(max(Int(mark - pieceStart), 0), piece.count)
            kept.append(contentsOf: piece[offset...])
        }
        pieceStart += Int64(piece.count)
        piece = UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// The piece that follows the retired one.
    mutating func install(_ next: UnsafeRawBufferPointer) {
        piece = next
    }

    /// The end of the current piece.
    var end: Int64 { pieceStart + Int64(piece.count) }

    /// Hands out the bytes between the mark and a position in the current piece; nil where they are not all there.
    func withBytes<T>(upTo end: Int64, _ body: (UnsafeRawBufferPointer) throws -> T) rethrows -> T? {
        guard let mark, mark <= end, end <= self.end else { return nil }
        guard Int64(kept.count) == max(pieceStart - mark, 0), end >= pieceStart else { return nil }
        let first = max(mark - pieceStart, 0)
        let tail = UnsafeRawBufferPointer(rebasing: piece[Int(first)..<Int(end - pieceStart)])
        if kept.isEmpty { return try body(tail) }
        return try (kept + tail).withUnsafeBytes { try body($0) }
    }
}
