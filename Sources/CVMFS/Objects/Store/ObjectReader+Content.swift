import Plumbing

extension ObjectReader {
    /// The content of a file, piece by piece and in order; every object is checked against its hash and length.
    package func readContent(_ content: StoredContent, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        switch content {
        case .whole(let hash, let size, let compression):
            try readVerified(hash, .file, size: size, compression, body)
        case .chunked(let chunks, _, let compression):
            for chunk in chunks { try readVerified(chunk.hash, .chunk, size: chunk.size, compression, body) }
        }
    }

    private func readVerified(
        _ hash: ContentHash,
        _ kind: ObjectKind,
        size: Int64,
        _ compression: ObjectCompression,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let digest = try MessageDigest(hash.algorithm.digestAlgorithm)
        let inflater = try ZlibInflater()
        var length: Int64 = 0
        func deliver(_ piece: UnsafeRawBufferPointer) throws {
            length += Int64(piece.count)
            guard length <= size else {
                throw CVMFSError(.corrupt, "object \(hash)\(kind.letter) holds more than the \(size) bytes announced")
            }
            try body(piece)
        }
        do {
            try read(hash, kind) { stored in
                digest.update(stored)
                if compression == .none { try deliver(stored) } else { try inflater.inflate(stored, deliver) }
            }
            if compression == .zlib { try inflater.finish() }
        } catch let error as CodecError {
            throw CVMFSError(.corrupt, "object \(hash)\(kind.letter): \(error)")
        }
        guard digest.finish() == hash.digest else {
            throw CVMFSError(.corrupt, "the content of object \(hash)\(kind.letter) does not match its name")
        }
        guard length == size else {
            throw CVMFSError(.corrupt, "object \(hash)\(kind.letter) holds \(length) bytes, announced are \(size)")
        }
    }
}
