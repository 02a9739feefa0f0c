import Plumbing

/// The prepared statements of one catalog: preparing costs more than running them.
final class CatalogStatements {
    let entry: SQLiteStatement
    let listing: SQLiteStatement
    let chunks: SQLiteStatement
    let insert: SQLiteStatement
    /// What a row is decoded from, with the table.
    let columns: String
    let insertChunk: SQLiteStatement
    let delete: SQLiteStatement
    let deleteChunks: SQLiteStatement

    init(_ database: SQLiteDatabase) throws {
        var names: Set<String> = []
        try database.prepare("SELECT name FROM pragma_table_info('catalog')").forEach { names.insert($0.string(0)) }
        // Catalogs below revision 2 have no attributes and those below 7 no nanoseconds (docs/cvmfs-format.md §3.2).
        let xattr = names.contains("xattr") ? "xattr" : "NULL"
        let nanoseconds = names.contains("mtimens") ? "mtimens" : "NULL"
        columns =
            "hash, hardlinks, size, mode, mtime, \(nanoseconds), flags, name, symlink, uid, gid, \(xattr) FROM catalog"
        entry = try database.prepare("SELECT \(columns) WHERE md5path_1 = ? AND md5path_2 = ?")
        listing = try database.prepare("SELECT \(columns) WHERE parent_1 = ? AND parent_2 = ? ORDER BY name")
        chunks = try database.prepare(
            "SELECT offset, size, hash FROM chunks WHERE md5path_1 = ? AND md5path_2 = ? ORDER BY offset"
        )
        insert = try database.prepare(
            """
            INSERT OR REPLACE INTO catalog (md5path_1, md5path_2, parent_1, parent_2, hash, hardlinks, size, mode, mtime,
                \(names.contains("mtimens") ? "mtimens," : "") flags, name, symlink, uid, gid
                \(names.contains("xattr") ? ", xattr" : ""))
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, \(names.contains("mtimens") ? "?10," : "") ?11, ?12, ?13, ?14, ?15
                \(names.contains("xattr") ? ", ?16" : ""))
            """
        )
        insertChunk = try database.prepare(
            "INSERT INTO chunks (md5path_1, md5path_2, offset, size, hash) VALUES (?, ?, ?, ?, ?)"
        )
        delete = try database.prepare("DELETE FROM catalog WHERE md5path_1 = ? AND md5path_2 = ?")
        deleteChunks = try database.prepare("DELETE FROM chunks WHERE md5path_1 = ? AND md5path_2 = ?")
    }
}
