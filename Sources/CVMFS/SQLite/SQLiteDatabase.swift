import CSQLite
import Synchronization

/// One SQLite database, mostly in memory: how catalogs, tag databases and reference logs are read and written.
///
/// Names are bytes here, not strings, which is why this speaks the C API (docs/decisions/015-bytes-not-strings.md). The
/// file
/// of a repository's database comes from and returns to a byte array, so that no journal or WAL can be left behind
/// (docs/cvmfs-format.md, pitfall P5). One value belongs to one thread at a time.
final class SQLiteDatabase {
    let handle: OpaquePointer

    /// Where an empty database is.
    enum Medium {
        case memory
        /// In memory while it is small; beyond that in a file without a name that SQLite makes and removes
        /// (https://www.sqlite.org/inmemorydb.html, "Temporary Databases").
        case temporaryFile
    }

    /// An empty database. The page size is what the stock client's cache is tuned to (docs/cvmfs-format.md §3.1).
    init(_ medium: Medium = .memory) throws {
        switch medium {
        case .memory: handle = try Self.openMemory()
        case .temporaryFile: handle = try Self.openTemporary()
        }
        OpenDatabases.counter.add(1, ordering: .relaxed)
        try execute("PRAGMA page_size = 1024; PRAGMA journal_mode = OFF; PRAGMA foreign_keys = OFF")
    }

    private static let cacheKilobytes = 256

    /// A database from the bytes of its file. Throws ``CVMFSError`` where they are none.
    convenience init(bytes: [UInt8]) throws {
        try self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
        // A hostile or WAL file fails here and not at the first query.
        try execute("SELECT count(*) FROM sqlite_schema")
    }

    /// A database from the bytes of its file, as many as are said, which `fill` puts into the memory where they stay. Throws
    /// what `fill` throws. Where they are none, that is found by the first statement.
    init(count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
        handle = try Self.openMemory()
        OpenDatabases.counter.add(1, ordering: .relaxed)
        let size = sqlite3_int64(count)
        guard let copy = sqlite3_malloc64(sqlite3_uint64(max(count, 1))) else {
            throw CVMFSError(.system, "no memory for a database of \(count) bytes")
        }
        do {
            try fill(UnsafeMutableRawBufferPointer(start: copy, count: count))
        } catch {
            sqlite3_free(copy)
            throw error
        }
        let flags = UInt32(SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE)
        let data = copy.assumingMemoryBound(to: UInt8.self)
        guard sqlite3_deserialize(handle, "main", data, size, size, flags) == SQLITE_OK else {
            throw error("cannot read the database")
        }
        guard sqlite_distrusting_schema(handle) == SQLITE_OK else { throw error("cannot read the database") }
        // All pages are in memory already: SQLite's cache would hold most of them twice.
        if count > Self.cacheKilobytes << 10 { try execute("PRAGMA cache_size = -\(Self.cacheKilobytes)") }
    }

    /// What another one holds, in a file without a name. Throws ``CVMFSError`` where there is no room for that.
    init(copying other: SQLiteDatabase) throws {
        handle = try Self.openTemporary()
        OpenDatabases.counter.add(1, ordering: .relaxed)
        // Set before there are pages: they would be counted by the size that SQLite chooses itself.
        try execute("PRAGMA cache_size = -\(Self.cacheKilobytes); PRAGMA journal_mode = OFF")
        guard let copy = sqlite3_backup_init(handle, "main", other.handle, "main") else {
            throw error("cannot copy a database")
        }
        let step = sqlite3_backup_step(copy, -1)
        let end = sqlite3_backup_finish(copy)
        guard step == SQLITE_DONE, end == SQLITE_OK else { throw error("cannot copy a database") }
    }

    /// A database in a file of our own, made where it is missing. The caller keeps `place` as long as the database.
    init(at place: FilePlace) throws {
        let access = try SQLitePaths.asTheyAre()
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        guard sqlite3_open_v2(place.reachable, &handle, flags, access) == SQLITE_OK, let handle else {
            sqlite3_close_v2(handle)
            throw CVMFSError(.system, "cannot open the database \(place)")
        }
        self.handle = handle
        OpenDatabases.counter.add(1, ordering: .relaxed)
    }

    deinit {
        sqlite3_close_v2(handle)
        OpenDatabases.counter.subtract(1, ordering: .relaxed)
    }

    private static func openMemory() throws -> OpaquePointer {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX
        guard sqlite3_open_v2(":memory:", &handle, flags, nil) == SQLITE_OK, let handle else {
            sqlite3_close_v2(handle)
            throw CVMFSError(.system, "no memory for a database")
        }
        // Hundreds may be open at a time. Where it cannot be had the database works all the same.
        _ = sqlite_without_lookaside(handle)
        return handle
    }

    private static func openTemporary() throws -> OpaquePointer {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        guard sqlite3_open_v2("", &handle, flags, nil) == SQLITE_OK, let handle else {
            sqlite3_close_v2(handle)
            throw CVMFSError(.system, "no memory for a database")
        }
        // Catalogs of half the usual size never see a disk.
        sqlite3_exec(handle, "PRAGMA cache_size = -8192", nil, nil, nil)
        return handle
    }

    /// Runs statements that return nothing of interest.
    func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error("statement failed") }
    }

    /// Prepares a statement for repeated use.
    func prepare(_ sql: String) throws -> SQLiteStatement {
        try SQLiteStatement(self, sql)
    }

    /// The bytes of the database's file, in rollback-journal format.
    func serialize() throws -> [UInt8] {
        try withSerialized(Array.init)
    }

    /// The same bytes, valid during the call.
    func withSerialized<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        var size: sqlite3_int64 = 0
        // What came from bytes lies there as bytes.
        if let data = sqlite3_serialize(handle, "main", &size, UInt32(SQLITE_SERIALIZE_NOCOPY)) {
            return try body(UnsafeRawBufferPointer(start: data, count: Int(size)))
        }
        guard let data = sqlite3_serialize(handle, "main", &size, 0) else { throw error("cannot serialize") }
        defer { sqlite3_free(data) }
        return try body(UnsafeRawBufferPointer(start: data, count: Int(size)))
    }

    /// The last error of the connection with what was tried.
    func error(_ what: String) -> CVMFSError {
        let reason = "\(what): \(String(cString: sqlite3_errmsg(handle)))"
        // The low byte is the kind; the rest says more of it.
        switch sqlite3_errcode(handle) & 0xff {
        case SQLITE_FULL, SQLITE_IOERR:
            return CVMFSError(.system, "\(reason): free some space there and run the command again")
        case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM:
            return CVMFSError(.system, "\(reason): run this as the owner of the storage")
        case SQLITE_NOMEM: return CVMFSError(.system, reason)
        case SQLITE_BUSY, SQLITE_LOCKED: return CVMFSError(.busy, reason)
        default: return CVMFSError(.corrupt, reason)
        }
    }
}

/// The databases of repositories that are open in this process: catalogs, tags, reference logs, the content index.
package enum OpenDatabases {
    fileprivate static let counter = Atomic<Int>(0)

    /// How many; nothing that has ended may have left one behind.
    package static var count: Int { counter.load(ordering: .relaxed) }
}

/// How SQLite keeps its memory.
package enum SQLiteMemory {
    /// Lets SQLite not count it, which takes a lock that all threads share. To be called before anything is opened, by
    /// whomever; later it changes nothing.
    package static func leaveUncounted() {
        _ = sqlite_without_statistics()
    }
}
