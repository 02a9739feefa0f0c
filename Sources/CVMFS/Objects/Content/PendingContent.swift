import Synchronization

/// The content of a file whose objects are being written.
package final class PendingContent: Sendable {
    let kind: ObjectKind
    /// What all pieces must have, nil where the only one may choose.
    let compression: ObjectCompression?
    /// What all pieces together have, in plain bytes.
    private let size: Int64
    private let pieces = Mutex<[Piece?]>([])

    private struct Piece {
        let record: ContentIndex.Record
        let size: Int64
    }

    /// What is stored already, for who does not care.
    private let known: StoredContent?

    /// Content that lies in the repository.
    package init(stored content: StoredContent) {
        known = content
        kind = .file
        compression = nil
        size = content.size
    }

    init(kind: ObjectKind, size: Int64, compression: ObjectCompression?) {
        self.kind = kind
        self.size = size
        self.compression = compression
        known = nil
    }

    func set(_ record: ContentIndex.Record, size: Int64, at number: Int) {
        pieces.withLock { pieces in
            while pieces.count <= number { pieces.append(nil) }
            pieces[number] = Piece(record: record, size: size)
        }
    }

    /// Where the content lies. Throws unless its batch is complete.
    package func stored() throws -> StoredContent {
        if let known { return known }
        let found = pieces.withLock { $0 }
        let pieces = found.compactMap { $0 }
        // A hole would shift all that follows it, and without its end a file would only be shorter.
        guard let first = pieces.first, pieces.count == found.count, pieces.reduce(0, { $0 + $1.size }) == size else {
            throw CVMFSError(.corrupt, "the content of a file was not stored")
        }
        if kind == .file {
            return .whole(hash: first.record.hash, size: first.size, compression: first.record.compression)
        }
        var chunks: [FileChunk] = []
        var offset: Int64 = 0
        for piece in pieces {
            chunks.append(FileChunk(offset: offset, size: piece.size, hash: piece.record.hash))
            offset += piece.size
        }
        return .chunked(chunks, algorithm: first.record.hash.algorithm, compression: first.record.compression)
    }
}
