import Plumbing

/// The prepared statements of one catalog, each prepared when it is first wanted: preparing costs more than running them,
/// and most catalogs are only asked for a few rows.
final class CatalogStatements {
    /// What a row is decoded from, with the table.
    let columns: String
    private let database: SQLiteDatabase
    /// Whether the tables are known without a look.
    private let isNewest: Bool
    /// Names of columns that catalogs of old schemas lack, each with a comma.
    private let optional: (nanoseconds: String, xattr: String)
    private var prepared: [Name: SQLiteStatement] = [:]

    private enum Name {
        case properties, setProperty, counters, setCounter
        case entry, listing, chunks, nested, bound, insert, insertChunk, delete, deleteChunks, setNested
    }

    /// Of a catalog of this schema revision.
    init(_ database: SQLiteDatabase, _ schemaRevision: Int) throws {
        self.database = database
        isNewest = schemaRevision == CatalogSchema.revision
        var names: Set<String> = isNewest ? ["mtimens", "xattr"] : []
        if !isNewest {
            try database.prepare("SELECT name FROM pragma_table_info('catalog')").forEach { names.insert($0.string(0)) }
        }
        // Catalogs below revision 2 have no attributes and those below 7 no nanoseconds (docs/cvmfs-format.md §3.2).
        let hasNanoseconds = names.contains("mtimens")
        let hasAttributes = names.contains("xattr")
        optional = (hasNanoseconds ? "mtimens," : "", hasAttributes ? ", xattr" : "")
        columns =
            "hash, hardlinks, size, mode, mtime, \(hasNanoseconds ? "mtimens" : "NULL"), flags, name, symlink, uid, gid, "
            + "\(hasAttributes ? "xattr" : "NULL") FROM catalog"
    }

    /// What the catalog says of itself.
    var properties: SQLiteStatement {
        get throws { try statement(.properties, "SELECT key, value FROM properties") }
    }

    /// Writes one of these.
    var setProperty: SQLiteStatement {
        get throws { try statement(.setProperty, "INSERT OR REPLACE INTO properties (key, value) VALUES (?, ?)") }
    }

    /// What the catalog counts.
    var counters: SQLiteStatement {
        get throws { try statement(.counters, "SELECT counter, value FROM statistics") }
    }

    /// Writes one of these.
    var setCounter: SQLiteStatement {
        get throws { try statement(.setCounter, "INSERT OR REPLACE INTO statistics (counter, value) VALUES (?, ?)") }
    }

    /// The row of a path.
    var entry: SQLiteStatement {
        get throws { try statement(.entry, "SELECT \(columns) WHERE md5path_1 = ? AND md5path_2 = ?") }
    }

    /// The rows of a directory, in no order.
    var listing: SQLiteStatement {
        get throws { try statement(.listing, "SELECT \(columns) WHERE parent_1 = ? AND parent_2 = ?") }
    }

    /// The pieces of a file.
    var chunks: SQLiteStatement {
        get throws {
            try statement(
                .chunks,
                "SELECT offset, size, hash FROM chunks WHERE md5path_1 = ? AND md5path_2 = ? ORDER BY offset"
            )
        }
    }

    /// Hash and size of the nested catalog at a path.
    var nested: SQLiteStatement {
        get throws { try statement(.nested, "SELECT sha1, \(try nestedSize) FROM nested_catalogs WHERE path = ?") }
    }

    /// Hash and size of the catalog that is bound to a path. Revisions below 4 have no such table.
    var bound: SQLiteStatement {
        get throws { try statement(.bound, "SELECT sha1, size FROM bind_mountpoints WHERE path = ?") }
    }

    /// The column with the size of a nested catalog, 0 below revision 1.
    var nestedSize: String {
        get throws {
            if isNewest { return "size" }
            let column = "SELECT 1 FROM pragma_table_info('nested_catalogs') WHERE name = 'size'"
            return try database.prepare(column).first { _ in "size" } ?? "0"
        }
    }

    /// Writes a row in place of the one that is there, under the same rowid: clients make inodes of these
    /// (docs/cvmfs-format.md §3.1).
    var insert: SQLiteStatement {
        get throws { try statement(.insert, insertText) }
    }

    private var insertText: String {
        let values = [
            "parent_1", "parent_2", "hash", "hardlinks", "size", "mode", "mtime", "flags", "name", "symlink", "uid",
            "gid",
        ]
        let kept = [optional.nanoseconds.isEmpty ? nil : "mtimens", optional.xattr.isEmpty ? nil : "xattr"]
        let changes = (values + kept.compactMap { $0 }).map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        return """
            INSERT INTO catalog (md5path_1, md5path_2, parent_1, parent_2, hash, hardlinks, size, mode, mtime,
                \(optional.nanoseconds) flags, name, symlink, uid, gid \(optional.xattr))
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, \(optional.nanoseconds.isEmpty ? "" : "?10,") ?11, ?12, ?13, ?14,
                ?15 \(optional.xattr.isEmpty ? "" : ", ?16"))
            ON CONFLICT (md5path_1, md5path_2) DO UPDATE SET \(changes)
            """
    }

    /// Adds a piece of a file.
    var insertChunk: SQLiteStatement {
        get throws {
            try statement(
                .insertChunk,
                "INSERT INTO chunks (md5path_1, md5path_2, offset, size, hash) VALUES (?, ?, ?, ?, ?)"
            )
        }
    }

    /// Registers a nested catalog.
    var setNested: SQLiteStatement {
        get throws {
            try statement(.setNested, "INSERT OR REPLACE INTO nested_catalogs (path, sha1, size) VALUES (?, ?, ?)")
        }
    }

    /// Removes a row.
    var delete: SQLiteStatement {
        get throws { try statement(.delete, "DELETE FROM catalog WHERE md5path_1 = ? AND md5path_2 = ?") }
    }

    /// Removes the pieces of a file.
    var deleteChunks: SQLiteStatement {
        get throws { try statement(.deleteChunks, "DELETE FROM chunks WHERE md5path_1 = ? AND md5path_2 = ?") }
    }

    private func statement(_ name: Name, _ sql: @autoclosure () throws -> String) throws -> SQLiteStatement {
        if let statement = prepared[name] { return statement }
        let statement = try database.prepare(try sql())
        prepared[name] = statement
        return statement
    }
}
