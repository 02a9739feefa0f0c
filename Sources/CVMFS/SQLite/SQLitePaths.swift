import CSQLite

/// SQLite's file access, but for the resolving of paths.
///
/// SQLite reads the links of a path itself and opens what it found, so that a path of `/proc/self/fd` would be turned into
/// the place where the folder was. The system follows that one without fail; and SQLite opens with `O_NOFOLLOW` anyway.
/// [The interface](https://www.sqlite.org/vfs.html).
enum SQLitePaths {
    /// The name of the file access to open a database with. Throws ``CVMFSError`` where SQLite has none for files.
    static func asTheyAre() throws -> String {
        guard isRegistered else { throw CVMFSError(.system, "SQLite has no access to files here") }
        return name
    }

    private static let name = "wafer-paths-as-they-are"

    private static let isRegistered: Bool = {
        guard let usual = sqlite3_vfs_find(nil) else { return false }
        // SQLite keeps both for as long as the process lives.
        let own = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        own.initialize(to: usual.pointee)
        let text = UnsafeMutablePointer<CChar>.allocate(capacity: name.utf8.count + 1)
        for (index, byte) in name.utf8CString.enumerated() { text[index] = byte }
        own.pointee.zName = UnsafePointer(text)
        own.pointee.pNext = nil
        own.pointee.xFullPathname = { _, path, capacity, result in
            guard let path, let result else { return SQLITE_CANTOPEN }
            for index in 0..<Int(capacity) {
                result[index] = path[index]
                if path[index] == 0 { return SQLITE_OK }
            }
            return SQLITE_CANTOPEN
        }
        return sqlite3_vfs_register(own, 0) == SQLITE_OK
    }()
}
