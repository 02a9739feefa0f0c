package import Plumbing

extension Catalog {
    /// A path as the rows have it.
    func inner(_ path: BytePath) -> BytePath {
        guard let shownAt, let rest = path.relative(to: shownAt) else { return path }
        return rootPrefix.appending(rest)
    }

    /// The row of a path, nil where this catalog has none.
    package func entry(at path: BytePath) throws -> CatalogEntry? {
        let key = try PathKey(inner(path))
        return try statements.entry.first(.integer(key.first), .integer(key.second), body: Self.decode)
    }

    /// The rows of a directory's entries, ordered by the bytes of their names.
    package func entries(of directory: BytePath) throws -> [CatalogEntry] {
        let key = try PathKey(inner(directory))
        var entries: [CatalogEntry] = []
        // Most catalogs were filled in this order.
        var isOrdered = true
        try statements.listing.forEach(.integer(key.first), .integer(key.second)) { row in
            let entry = try Self.decode(row)
            if let last = entries.last, entry.name.lexicographicallyPrecedes(last.name) { isOrdered = false }
            entries.append(entry)
        }
        if !isOrdered { entries.sort { $0.name.lexicographicallyPrecedes($1.name) } }
        return entries
    }

    /// The pieces of a chunked file in order.
    package func chunks(of path: BytePath, entry: CatalogEntry) throws -> [FileChunk] {
        guard entry.flags.contains(.chunked) else { return [] }
        let key = try PathKey(inner(path))
        var chunks: [FileChunk] = []
        try statements.chunks.forEach(.integer(key.first), .integer(key.second)) { row in
            guard let algorithm = entry.flags.algorithm,
                let hash = ContentHash(algorithm: algorithm, digest: row.bytes(2))
            else { throw CVMFSError(.corrupt, "\(path) has a chunk without a valid hash") }
            chunks.append(FileChunk(offset: row.integer(0), size: row.integer(1), hash: hash))
        }
        return chunks
    }

    /// Where the content of a regular file lies.
    package func content(of path: BytePath, entry: CatalogEntry) throws -> StoredContent {
        let compression: ObjectCompression = entry.flags.contains(.uncompressed) ? .none : .zlib
        if entry.flags.contains(.chunked) {
            let chunks = try chunks(of: path, entry: entry)
            return .chunked(chunks, algorithm: entry.flags.algorithm ?? .sha1, compression: compression)
        }
        guard let hash = entry.hash else { throw CVMFSError(.corrupt, "\(path) has no content hash") }
        return .whole(hash: hash, size: entry.size, compression: compression)
    }

    /// The nested catalogs that hang directly off this one, ordered by path.
    package func nestedCatalogs() throws -> [(path: BytePath, reference: CatalogReference)] {
        var nested: [(path: BytePath, reference: CatalogReference)] = []
        let size = try statements.nestedSize
        try database.prepare("SELECT path, sha1, \(size) FROM nested_catalogs ORDER BY path").forEach { row in
            guard let path = BytePath(absolute: row.bytes(0)), let hash = ContentHash(row.string(1)) else {
                throw CVMFSError(
                    .corrupt,
                    "catalog \(rootPrefix) names the nested catalog \(Printable.text(row.bytes(0))) without a valid hash"
                )
            }
            nested.append((path, CatalogReference(hash: hash, size: row.integer(2))))
        }
        return nested
    }

    /// The nested catalog at a mountpoint of this one, nil where none is registered.
    package func nestedCatalog(at path: BytePath) throws -> CatalogReference? {
        try registration(of: path, in: statements.nested)
    }

    /// The root catalog of another revision that is bound to a directory of this catalog, nil where none is.
    func bindMountpoint(at path: BytePath) throws -> CatalogReference? {
        // Older revisions have no such table.
        guard schemaRevision >= 4 else { return nil }
        return try registration(of: path, in: statements.bound)
    }

    /// Whether another catalog may hang off this one at a path: this is asked for each directory on the way to others.
    func mayHaveChild(at path: BytePath) throws -> Bool {
        if let childPaths { return childPaths.contains(inner(path).absoluteBytes) }
        var paths: Set<[UInt8]> = []
        for table in schemaRevision >= 4 ? ["nested_catalogs", "bind_mountpoints"] : ["nested_catalogs"] {
            try database.prepare("SELECT path FROM \(table)").forEach { paths.insert($0.bytes(0)) }
        }
        childPaths = paths
        return paths.contains(inner(path).absoluteBytes)
    }

    /// Whether catalogs of other revisions are shown below it.
    var hasBindMountpoints: Bool {
        get throws {
            guard schemaRevision >= 4 else { return false }
            return try database.prepare("SELECT 1 FROM bind_mountpoints LIMIT 1").first { _ in true } ?? false
        }
    }

    private func registration(of path: BytePath, in statement: SQLiteStatement) throws -> CatalogReference? {
        try statement.first(.text(inner(path).absoluteBytes)) { row in
            guard let hash = ContentHash(row.string(0)) else {
                throw CVMFSError(.corrupt, "nested catalog \(path) without a valid hash")
            }
            return CatalogReference(hash: hash, size: row.integer(1))
        }
    }

    /// The number of rows, whatever they hang from.
    func rowCount() throws -> Int64 {
        try database.prepare("SELECT count(*) FROM catalog").first { $0.integer(0) } ?? 0
    }

    static func decode(_ row: SQLiteStatement) throws -> CatalogEntry {
        let links = UInt64(bitPattern: row.integer(1))
        let flags = EntryFlags(rawValue: Int(row.integer(6)))
        return CatalogEntry(
            name: row.bytes(7),
            mode: UInt32(truncatingIfNeeded: row.integer(3)),
            size: row.integer(2),
            uid: row.integer(9),
            gid: row.integer(10),
            modified: row.integer(4),
            nanoseconds: row.isNull(5) ? nil : row.integer(5),
            flags: flags,
            hash: row.isNull(0) ? nil : try decodeHash(row, flags: flags),
            linkCount: UInt32(truncatingIfNeeded: links),
            linkGroup: UInt32(links >> 32),
            symlink: row.bytes(8),
            xattrs: row.isNull(11) ? nil : row.bytes(11)
        )
    }

    private static func decodeHash(_ row: SQLiteStatement, flags: EntryFlags) throws -> ContentHash {
        guard let algorithm = flags.algorithm, let hash = ContentHash(algorithm: algorithm, digest: row.bytes(0)) else {
            throw CVMFSError(.corrupt, "\(Printable.text(row.bytes(7))) has a content hash of an unknown form")
        }
        return hash
    }
}
