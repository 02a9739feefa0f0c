/// Where the content of a file lies: one object, or several pieces of it (docs/cvmfs-format.md §4).
package enum StoredContent: Sendable, Equatable {
    /// One object, without a letter.
    case whole(hash: ContentHash, size: Int64, compression: ObjectCompression)
    /// Pieces in order, each an object with the letter `P`; all of one algorithm and one compression.
    case chunked([FileChunk], algorithm: HashAlgorithm, compression: ObjectCompression)

    /// The file's length in bytes.
    package var size: Int64 {
        switch self {
        case .whole(_, let size, _): size
        case .chunked(let chunks, _, _): chunks.reduce(0) { $0 + $1.size }
        }
    }

    /// The flags of a row with this content.
    var flags: EntryFlags {
        switch self {
        case .whole(let hash, _, let compression): [.file, .algorithm(hash.algorithm), compression.flags]
        case .chunked(_, let algorithm, let compression): [.file, .chunked, .algorithm(algorithm), compression.flags]
        }
    }

    /// The hash for the row, nil where the chunks have theirs.
    var bulkHash: ContentHash? {
        if case .whole(let hash, _, _) = self { hash } else { nil }
    }

    /// The pieces, empty for a whole object.
    package var chunks: [FileChunk] {
        if case .chunked(let chunks, _, _) = self { chunks } else { [] }
    }
}
