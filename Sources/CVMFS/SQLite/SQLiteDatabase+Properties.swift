import Plumbing

/// What tag databases and reference logs share: a table `properties`, and files that must not be in WAL mode.
extension SQLiteDatabase {
    /// A database from the bytes of its file. Throws ``CVMFSError`` which says what it should have been.
    convenience init(bytes: [UInt8], what: String) throws {
        // The stock tools open these read-only with a file system that knows no WAL (docs/cvmfs-format.md §3.1).
        guard bytes.count >= 100, bytes[18] == 1, bytes[19] == 1 else {
            throw CVMFSError(.corrupt, "\(what) is no SQLite file in rollback-journal format")
        }
        do {
            try self.init(bytes: bytes)
        } catch let error as CVMFSError {
            throw CVMFSError(error.code, "\(what): \(error)")
        }
    }

    func properties() throws -> [String: String] {
        var properties: [String: String] = [:]
        try prepare("SELECT key, value FROM properties").forEach { row in
            properties[row.string(0)] = row.string(1)
        }
        return properties
    }

    func setProperties(_ properties: [(key: String, value: String)]) throws {
        let statement = try prepare("INSERT OR REPLACE INTO properties (key, value) VALUES (?, ?)")
        for (key, value) in properties { try statement.run(.text(key), .text(value)) }
    }
}
