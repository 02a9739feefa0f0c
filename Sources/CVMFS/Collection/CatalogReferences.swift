import Plumbing

extension Catalog {
    /// Hands over every object that a row of this catalog names, nested catalogs left out; one more than once.
    ///
    /// What is external lies elsewhere, and catalogs of other revisions that are bound to a directory belong to these
    /// (docs/cvmfs-format.md §8). Throws ``CVMFSError`` `corrupt` for a hash of an unknown form, and what `body` throws.
    func forEachObject(_ body: (ContentHash, ObjectKind) throws -> Void) throws {
        try database.prepare("SELECT hash, flags, name FROM catalog WHERE length(hash) > 0").forEach { row in
            let flags = EntryFlags(rawValue: Int(row.integer(1)))
            if flags.contains(.external) { return }
            try body(try hash(row, flags), .file)
        }
        // Older catalogs have no pieces at all.
        guard try hasTable("chunks") else { return }
        let pieces = """
            SELECT chunks.hash, catalog.flags, catalog.name FROM chunks JOIN catalog
            ON chunks.md5path_1 = catalog.md5path_1 AND chunks.md5path_2 = catalog.md5path_2
            """
        try database.prepare(pieces).forEach { row in
            let flags = EntryFlags(rawValue: Int(row.integer(1)))
            if flags.contains(.external) { return }
            try body(try hash(row, flags), .chunk)
        }
    }

    private func hash(_ row: SQLiteStatement, _ flags: EntryFlags) throws -> ContentHash {
        guard let algorithm = flags.algorithm, let hash = ContentHash(algorithm: algorithm, digest: row.bytes(0)) else {
            throw CVMFSError(
                .corrupt,
                "the catalog of \(rootPrefix.absolute) names \(Printable.text(row.bytes(2))) with a hash of an unknown form"
            )
        }
        return hash
    }

    private func hasTable(_ name: String) throws -> Bool {
        let table = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
        return try database.prepare(table).first(.text(name)) { _ in true } ?? false
    }
}
