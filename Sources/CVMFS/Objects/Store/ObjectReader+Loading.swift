import Plumbing

extension ObjectReader {
    /// The stored bytes of an object, checked against its hash; `limit` bounds what is read, in bytes. Throws
    /// ``CVMFSError`` `corrupt` for more than that and for other content than its name says.
    package func load(_ hash: ContentHash, _ kind: ObjectKind, limit: Int = 1 << 30) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try read(hash, kind) { piece in
            guard bytes.count + piece.count <= limit else {
                throw CVMFSError(.corrupt, "object \(hash)\(kind.letter) is larger than \(limit) bytes")
            }
            bytes.append(contentsOf: piece)
        }
        let actual = try ContentHash(hash.algorithm, of: bytes)
        guard actual == hash else {
            throw CVMFSError(.corrupt, "object \(hash)\(kind.letter) has the content of \(actual)")
        }
        return bytes
    }

    /// The content of an object that is always a zlib stream: catalog, tag database, certificate, meta information.
    /// `limit` bounds it, in bytes. Throws ``CVMFSError`` `corrupt` where the object is not what its name says.
    package func loadInflated(_ hash: ContentHash, _ kind: ObjectKind, limit: Int = 1 << 32) throws -> [UInt8] {
        let stored = try load(hash, kind)
        do {
            return try ZlibInflater.inflate(stored, limit: limit)
        } catch let error as CodecError {
            throw CVMFSError(.corrupt, "object \(hash)\(kind.letter): \(error)")
        }
    }

    /// Hashes an object as it is stored. Throws where that is not what its name says; returns its stored length in bytes.
    @discardableResult
    package func verify(_ hash: ContentHash, _ kind: ObjectKind) throws -> Int64 {
        let digest = try MessageDigest(hash.algorithm.digestAlgorithm)
        var length: Int64 = 0
        try read(hash, kind) { piece in
            digest.update(piece)
            length += Int64(piece.count)
        }
        guard digest.finish() == hash.digest else {
            throw CVMFSError(.corrupt, "the content of object \(hash)\(kind.letter) does not match its name")
        }
        return length
    }
}
