import Plumbing

/// Which paths a small catalog has, without its database, which takes fifty times as much memory.
struct CatalogSummary: Sendable {
    /// What is known of a path.
    enum File: Sendable {
        case directory
        /// A regular file in one object.
        case whole(ContentHash, size: Int64, ObjectCompression)
        /// A link with its target.
        case link([UInt8])
        /// A device, a FIFO: nothing with content.
        case special
        /// Something else, for which the catalog is to be asked.
        case unusual
    }

    /// Its rows.
    let files: [PathKey: File]
    /// The catalogs below it, by their mountpoints.
    let nested: [PathKey: CatalogReference]

    /// Nil where the catalog has more than `limit` rows, or shows catalogs of other revisions, which have other paths.
    init?(of catalog: Catalog, limit: Int) throws {
        guard try catalog.rowCount() <= limit, try !catalog.hasBindMountpoints else { return nil }
        var files: [PathKey: File] = [:]
        let sql = "SELECT md5path_1, md5path_2, mode, flags, size, hash, symlink FROM catalog"
        try catalog.database.prepare(sql).forEach { row in
            files[PathKey(first: row.integer(0), second: row.integer(1))] = Self.file(row)
        }
        self.files = files
        var nested: [PathKey: CatalogReference] = [:]
        for (path, reference) in try catalog.nestedCatalogs() { nested[try PathKey(path)] = reference }
        self.nested = nested
    }

    private static func file(_ row: SQLiteStatement) -> File {
        let type = FileType(mode: UInt32(truncatingIfNeeded: row.integer(2)))
        if type == .directory { return .directory }
        if type == .symlink { return .link(row.bytes(6)) }
        guard type == .regular else { return .special }
        let flags = EntryFlags(rawValue: Int(row.integer(3)))
        guard !flags.contains(.chunked), !row.isNull(5), let algorithm = flags.algorithm,
            let hash = ContentHash(algorithm: algorithm, digest: row.bytes(5))
        else { return .unusual }
        return .whole(hash, size: row.integer(4), flags.contains(.uncompressed) ? .none : .zlib)
    }
}
