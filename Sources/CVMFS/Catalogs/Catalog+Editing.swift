import Plumbing

extension Catalog {
    /// Writes the row of a path, replacing one that is there.
    func put(_ entry: CatalogEntry, at path: BytePath, chunks: [FileChunk] = []) throws {
        let key = try PathKey(path)
        try statements.deleteChunks.run(.integer(key.first), .integer(key.second))
        try add(entry, at: path, key, parent: try path.parent.map(PathKey.init) ?? .null, chunks)
    }

    /// Writes the row of a path that has none yet, where the caller knows the keys.
    func add(_ entry: CatalogEntry, at path: BytePath, _ key: PathKey, parent: PathKey, _ chunks: [FileChunk]) throws {
        try statements.insert.run(
            .integer(key.first),
            .integer(key.second),
            .integer(parent.first),
            .integer(parent.second),
            .optional(entry.hash?.digest),
            .integer(Int64(bitPattern: UInt64(entry.linkGroup) << 32 | UInt64(entry.linkCount))),
            .integer(entry.size),
            .integer(Int64(entry.mode)),
            .integer(entry.modified),
            .optional(entry.nanoseconds),
            .integer(Int64(entry.flags.rawValue)),
            .text(entry.name),
            .text(entry.symlink),
            .integer(entry.uid),
            .integer(entry.gid),
            .optional(entry.xattrs)
        )
        for chunk in chunks {
            try statements.insertChunk.run(
                .integer(key.first),
                .integer(key.second),
                .integer(chunk.offset),
                .integer(chunk.size),
                .blob(chunk.hash.digest)
            )
        }
    }

    /// Gives the row of its own root the rowid 1, where clients expect that of the repository's root
    /// (docs/cvmfs-format.md §3.1): another row there would be the root to them.
    func putRootFirst() throws {
        let key = try PathKey(rootPrefix)
        let keys: [SQLiteStatement.Value] = [.integer(key.first), .integer(key.second)]
        let row = "md5path_1 = ? AND md5path_2 = ?"
        let first = try database.prepare("SELECT rowid FROM catalog WHERE \(row)").first(keys[0], keys[1]) {
            $0.integer(0)
        }
        if first == 1 { return }
        try database.execute("UPDATE catalog SET rowid = (SELECT max(rowid) + 1 FROM catalog) WHERE rowid = 1")
        try database.prepare("UPDATE catalog SET rowid = 1 WHERE \(row)").run(keys[0], keys[1])
    }

    /// Removes the row of a path and its chunks.
    func remove(_ path: BytePath) throws {
        let key = try PathKey(path)
        try statements.deleteChunks.run(.integer(key.first), .integer(key.second))
        try statements.delete.run(.integer(key.first), .integer(key.second))
    }

    /// Registers a nested catalog at a mountpoint.
    func setNestedCatalog(at path: BytePath, _ reference: CatalogReference) throws {
        try statements.setNested.run(
            .text(path.absoluteBytes),
            .text(reference.hash.description),
            .integer(reference.size)
        )
        childPaths?.insert(path.absoluteBytes)
    }

    /// Takes a nested catalog out of the registration.
    func removeNestedCatalog(at path: BytePath) throws {
        try database.prepare("DELETE FROM nested_catalogs WHERE path = ?").run(.text(path.absoluteBytes))
    }
}
