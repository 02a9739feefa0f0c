import Plumbing

extension TarStream {
    private static let zeros = [UInt8](repeating: 0, count: 64 << 10)
    /// Readers of content get no more at a time.
    private static let pieceLimit: Int64 = 256 << 10

    /// Hands out the content of the member in hand from front to back, holes as zeros.
    ///
    /// - Parameters:
    ///   - member: that member.
    ///   - hole: told of the size of every hole before its zeros are made.
    ///   - body: gets at most 256 KiB at a time, valid during the call.
    /// - Throws: ``LayerError`` where the content is not all there, and the errors of the closures and the source.
    func readContent(
        of member: TarHeader,
        hole: (Int64) throws -> Void,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var position: Int64 = 0
        for stored in member.storedPieces {
            try fill(from: position, to: stored.lowerBound, hole, body)
            position = stored.lowerBound
            while position < stored.upperBound {
                guard let bytes = try readContent(min(stored.upperBound - position, Self.pieceLimit)) else {
                    throw LayerError(.malformed("the content ends after \(position) bytes"), entry: member.path)
                }
                try body(bytes)
                position += Int64(bytes.count)
            }
        }
        try fill(from: position, to: member.size, hole, body)
    }

    private func fill(
        from start: Int64,
        to end: Int64,
        _ hole: (Int64) throws -> Void,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard start < end else { return }
        try hole(end - start)
        var left = end - start
        while left > 0 {
            let count = Int(min(left, Int64(Self.zeros.count)))
            try Self.zeros.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            left -= Int64(count)
        }
    }
}
