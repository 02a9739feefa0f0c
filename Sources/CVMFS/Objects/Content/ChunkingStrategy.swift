import Plumbing

/// Where a large file is cut into pieces (docs/cvmfs-format.md §4: any boundaries are legal).
package enum ChunkingStrategy: Sendable, Equatable {
    /// Where the stock publisher's detector finds a mark, in pieces of these sizes in bytes: equal content gives equal
    /// objects, wherever in a file it lies.
    case detected(minimum: Int, average: Int, maximum: Int)
    /// Every so many bytes, at least 1 and at most ``largestPiece``.
    case fixed(Int)

    /// No piece is larger, in bytes: one of them is in memory as a whole.
    package static let largestPiece = 16 << 20
    /// The sizes of the stock publisher: 4, 8 and 16 MiB.
    package static let contentDefined = ChunkingStrategy.detected(
        minimum: 4 << 20,
        average: 8 << 20,
        maximum: largestPiece
    )
    /// Pieces of 8 MiB, the mean size of content-defined ones.
    package static let fixedSize = ChunkingStrategy.fixed(8 << 20)
    /// Smaller ones would cost more than they are worth.
    package static let smallestPiece = 64 << 10

    /// Finds the cuts of one file.
    package func makeChunker() -> Chunker {
        switch self {
        case .detected(let minimum, let average, let maximum):
            Chunker(minimum: minimum, average: average, maximum: maximum)
        case .fixed(let size): Chunker(size: min(max(1, size), Self.largestPiece))
        }
    }
}

extension ChunkingStrategy {
    /// A strategy from its text in bytes: `4194304:8388608:16777216`, or one number for pieces of that size.
    ///
    /// Throws ``CVMFSError`` where a size is too small, too large or out of order.
    package init(sizes: [Int]) throws {
        let allowed = Self.smallestPiece...Self.largestPiece
        guard sizes.count == 1 || sizes.count == 3, sizes.allSatisfy(allowed.contains), Self.grow(sizes) else {
            throw CVMFSError(
                .refused,
                "pieces of \(sizes.map(String.init).joined(separator: ":")) bytes: give one size, or a minimum, an average and "
                    + "a maximum that grow in this order, of \(allowed.lowerBound) to \(allowed.upperBound) bytes"
            )
        }
        self = sizes.count == 1 ? .fixed(sizes[0]) : .detected(minimum: sizes[0], average: sizes[1], maximum: sizes[2])
    }

    private static func grow(_ sizes: [Int]) -> Bool {
        zip(sizes, sizes.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// The sizes that ``init(sizes:)`` takes.
    package var sizes: [Int] {
        switch self {
        case .detected(let minimum, let average, let maximum): [minimum, average, maximum]
        case .fixed(let size): [size]
        }
    }

    /// The strategy of a ``text``; nil where it is none.
    package init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let sizes = parts.compactMap { Int($0) }
        guard sizes.count == parts.count, let strategy = try? ChunkingStrategy(sizes: sizes) else { return nil }
        self = strategy
    }

    /// The sizes in bytes with colons between them, as a registration has them.
    package var text: String { sizes.map(String.init).joined(separator: ":") }
}
