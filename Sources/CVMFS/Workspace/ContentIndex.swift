import CSQLite
import Foundation
import Glibc
import Logging
import Plumbing
import Synchronization

/// Remembers which object holds which plain content, so that known content is neither compressed nor stored again
/// (docs/decisions/008-content-index.md).
///
/// A cache: it may lack or name what is gone, and can be deleted at any time. An answer counts only where the object
/// exists with the length noted here. The key is SHA-256, for content from outside must not be able to stand in for
/// other content. May be called from any thread.
final class ContentIndex: Sendable {
    // Safe: in one thread's hands at a time, or in the pool.
    private struct Connection: @unchecked Sendable {
        let database: SQLiteDatabase
        let lookup: SQLiteStatement
    }

    /// So that a thread that waits for the disk does not hold up all others.
    private let connections: Pool<Connection>
    /// Each costs two descriptors.
    private static let connectionLimit = 4
    private let place: FilePlace
    private let logger: Logger
    private let notes = Mutex(Notes())

    /// What this preparation stored; in the file once the objects are durable.
    private struct Notes {
        var new: [Key: Record] = [:]
        var beingWritten: [Key: Record] = [:]
    }

    /// A piece of content as a kind of object.
    struct Key: Hashable, Sendable {
        /// SHA-256 of the plain bytes.
        let plain: [UInt8]
        let kind: ObjectKind
        let algorithm: HashAlgorithm
    }

    /// The object that holds it.
    struct Record: Sendable, Equatable {
        let hash: ContentHash
        let storedSize: Int64
        let compression: ObjectCompression
    }

    /// Opens the index, making it where it is missing. One that cannot be read is made anew.
    init(at place: FilePlace, logger: Logger) throws {
        self.place = place
        self.logger = logger
        let first: Connection
        do {
            first = try Self.connect(place)
        } catch let error as CVMFSError where error.code == .corrupt {
            logger.warning("the content index cannot be read and is made anew", metadata: ["reason": "\(error)"])
            for suffix in ["", "-wal", "-shm"] { place.beside(suffix).remove() }
            first = try Self.connect(place)
        }
        connections = Pool(first, limit: Self.connectionLimit) { try Self.connect(place) }
    }

    private static func connect(_ place: FilePlace) throws -> Connection {
        do {
            return try open(place)
        } catch let error as CVMFSError where error.code == .system {
            // What is in it is worth keeping: a full disk or a wrong user is no reason to begin anew.
            throw CVMFSError(
                .system,
                "cannot use the content index \(place): \(error)"
            )
        }
    }

    private static func open(_ place: FilePlace) throws -> Connection {
        guard place.status().map({ $0.st_mode & S_IFMT == S_IFREG }) ?? true else {
            throw CVMFSError(.notTrusted, "the content index \(place) is a link or no file: move it away")
        }
        let database = try SQLiteDatabase(at: place)
        // Losing the last entries with the power is fine: they are a cache.
        try database.execute(
            """
            PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
            CREATE TABLE IF NOT EXISTS content (plain BLOB NOT NULL, kind TEXT NOT NULL, algorithm INTEGER NOT NULL,
                compression INTEGER NOT NULL, digest BLOB NOT NULL, size INTEGER NOT NULL,
                PRIMARY KEY (plain, kind, algorithm)) WITHOUT ROWID, STRICT;
            """
        )
        return Connection(
            database: database,
            lookup: try database.prepare(
                "SELECT digest, size, compression FROM content WHERE plain = ? AND kind = ? AND algorithm = ?"
            )
        )
    }

    /// The object of a content, nil where it is not known. An index that fails knows nothing.
    func record(for key: Key) -> Record? {
        if let record = notes.withLock({ $0.new[key] ?? $0.beingWritten[key] }) { return record }
        do {
            return try stored(key)
        } catch {
            logger.warning("the content index cannot be asked", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    private func stored(_ key: Key) throws -> Record? {
        try connections.with { connection in
            try connection.lookup.first(
                .blob(key.plain),
                .text(key.kind.letter),
                .integer(Int64(key.algorithm.rawValue))
            ) { row in
                guard let hash = ContentHash(algorithm: key.algorithm, digest: row.bytes(0)),
                    let compression = ObjectCompression(rawValue: Int(row.integer(2)))
                else { return nil }
                return Record(hash: hash, storedSize: row.integer(1), compression: compression)
            } ?? nil
        }
    }

    /// Notes an object, for this preparation at once and for others with ``flush(after:)``.
    func note(_ record: Record, for key: Key) {
        notes.withLock { $0.new[key] = record }
    }

    /// Writes what was noted until now, once `synchronize` has made the objects durable. One thread at a time; others may
    /// look up and note meanwhile. Throws what `synchronize` throws: a failure of the index costs time later, not the
    /// revision.
    func flush(after synchronize: () throws -> Void) throws {
        let records = notes.withLock { notes in
            notes.beingWritten = notes.new
            notes.new = [:]
            return notes.beingWritten
        }
        try synchronize()
        if records.isEmpty { return }
        do {
            try write(records)
        } catch {
            logger.warning("the content index was not written", metadata: ["reason": "\(error)"])
        }
        notes.withLock { $0.beingWritten = [:] }
    }

    /// Through a connection of its own, since workers look up meanwhile.
    private func write(_ records: [Key: Record]) throws {
        let database = try Self.connect(place).database
        let insert = try database.prepare("INSERT OR REPLACE INTO content VALUES (?, ?, ?, ?, ?, ?)")
        // One that is not committed is rolled back when the connection ends.
        try database.execute("BEGIN IMMEDIATE")
        // In the order of the table, so that no page is visited twice.
        for (key, record) in records.sorted(by: { $0.key.plain.lexicographicallyPrecedes($1.key.plain) }) {
            try insert.run(
                .blob(key.plain),
                .text(key.kind.letter),
                .integer(Int64(key.algorithm.rawValue)),
                .integer(Int64(record.compression.rawValue)),
                .blob(record.hash.digest),
                .integer(record.storedSize)
            )
        }
        try database.execute("COMMIT")
    }
}
