/// Where a large file is cut into pieces (docs/cvmfs-format.md §4: any boundaries are legal).
package enum ChunkingStrategy: Sendable, Equatable {
    /// Where the stock publisher cuts: equal content gives equal objects, wherever in a file it lies.
    case contentDefined
    /// Every so many bytes, at least 1 and at most ``largestPiece``.
    case fixed(Int)

    /// No piece is larger, in bytes: one of them is in memory as a whole.
    package static let largestPiece = 16 << 20
    /// Pieces of 8 MiB, the mean size of content-defined ones.
    package static let fixedSize = ChunkingStrategy.fixed(8 << 20)

    /// Finds the cuts of one file.
    package func makeChunker() -> Chunker {
        switch self {
        case .contentDefined: Chunker(minimum: 4 << 20, average: 8 << 20, maximum: Self.largestPiece)
        case .fixed(let size): Chunker(size: min(max(1, size), Self.largestPiece))
        }
    }
}
