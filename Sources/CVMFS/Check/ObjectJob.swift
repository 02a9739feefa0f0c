import Plumbing

/// One object to be looked at, and what for.
struct ObjectJob: Sendable {
    let hash: ContentHash
    let kind: ObjectKind
    /// The first row that names it; nil for a file of the storage that no row names.
    let reference: Reference?

    /// What a row says of an object.
    struct Reference: Sendable {
        let path: BytePath
        let size: Int64
        let compression: ObjectCompression
    }

    /// Looks at the object, and reports what is wrong on the row that names it, or else on its file.
    func run(_ store: any ObjectReader, _ depth: CheckDepth, _ faults: FaultCollector) {
        do {
            try look(store, depth)
        } catch {
            let path = reference?.path.checkText ?? hash.objectPath(kind)
            faults.add(reference == nil ? .storage : .object, path, "\(error)")
        }
    }

    private func look(_ store: any ObjectReader, _ depth: CheckDepth) throws {
        guard depth == .content else {
            guard try store.size(of: hash, kind) == nil else { return }
            throw CVMFSError(.notFound, "object \(hash)\(kind.letter) is missing in \(store.location)")
        }
        guard let reference else {
            try store.verify(hash, kind)
            return
        }
        let size = reference.size
        let content: StoredContent =
            kind == .chunk
            ? .chunked(
                [FileChunk(offset: 0, size: size, hash: hash)],
                algorithm: hash.algorithm,
                compression: reference.compression
            )
            : .whole(hash: hash, size: size, compression: reference.compression)
        try store.readContent(content) { _ in }
    }
}

extension BytePath {
    /// How a fault names a path of the repository: with a leading slash.
    var checkText: String { isRoot ? "/" : "/\(self)" }
}
