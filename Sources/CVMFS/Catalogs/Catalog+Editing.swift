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

    /// Removes the row of a path and its chunks.
    func remove(_ path: BytePath) throws {
        let key = try PathKey(path)
        try statements.deleteChunks.run(.integer(key.first), .integer(key.second))
        try statements.delete.run(.integer(key.first), .integer(key.second))
    }

    /// Registers a nested catalog at a mountpoint.
    func setNestedCatalog(at path: BytePath, _ reference: CatalogReference) throws {
        let statement = try database.prepare(
            "INSERT OR REPLACE INTO nested_catalogs (path, sha1, size) VALUES (?, ?, ?)"
        )
        try statement.run(.text(path.absoluteBytes), .text(reference.hash.description), .integer(reference.size))
    }

    /// Takes a nested catalog out of the registration.
    func removeNestedCatalog(at path: BytePath) throws {
        try database.prepare("DELETE FROM nested_catalogs WHERE path = ?").run(.text(path.absoluteBytes))
    }
}
