import Plumbing

/// The reference log, `.cvmfsreflog`: every root catalog, tag database, certificate and meta info that was ever
/// published, so that garbage collection finds what it may remove (docs/cvmfs-format.md §5.1, §5.3).
///
/// One value belongs to one thread at a time.
package final class Reflog {
    /// The repository's name.
    package let fqrn: String
    private let database: SQLiteDatabase

    /// The file's name at the top level of the storage. It is stored as it is, not compressed.
    package static let fileName = ".cvmfsreflog"

    /// One logged object.
    package struct Reference: Sendable, Equatable {
        package let hash: ContentHash
        /// One of ``ObjectKind/catalog`` (root catalogs only), certificate, history and metainfo.
        package let kind: ObjectKind
        /// When it was logged, in seconds since 1970.
        package let timestamp: Int64
    }

    /// The numbers of the `type` column are the positions.
    private static let kinds: [ObjectKind] = [.catalog, .certificate, .history, .metainfo]

    /// An empty log.
    package init(fqrn: String) throws {
        self.fqrn = fqrn
        database = try SQLiteDatabase()
        try database.execute(
            """
            CREATE TABLE properties (key TEXT, value TEXT, CONSTRAINT pk_properties PRIMARY KEY (key));
            CREATE TABLE refs (hash TEXT, type INTEGER, timestamp INTEGER, CONSTRAINT pk_refs PRIMARY KEY (hash));
            """
        )
        try database.setProperties([("schema", "1.0"), ("schema_revision", "0"), ("fqrn", fqrn)])
    }

    /// Opens a log from the bytes of its file. Throws ``CVMFSError`` where it is none or of another schema.
    package init(bytes: [UInt8]) throws {
        database = try SQLiteDatabase(bytes: bytes, what: "the reference log")
        let properties = try database.properties()
        guard properties["schema"] == "1.0", let fqrn = properties["fqrn"] else {
            throw CVMFSError(.corrupt, "not a reference log of schema 1.0")
        }
        self.fqrn = fqrn
        // Fails here where the table is missing, and not at the first use.
        _ = try database.prepare("SELECT hash, type, timestamp FROM refs")
    }

    /// Logs an object; one that is there gets the new time.
    package func insert(_ hash: ContentHash, _ kind: ObjectKind, timestamp: Int64) throws {
        guard let type = Self.kinds.firstIndex(of: kind) else {
            throw CVMFSError(.unrepresentable, "a reference log holds no objects of the kind \"\(kind.letter)\"")
        }
        try database.prepare("INSERT OR REPLACE INTO refs (hash, type, timestamp) VALUES (?, ?, ?)")
            .run(.text(hash.description), .integer(Int64(type)), .integer(timestamp))
    }

    /// Takes an object out of the log.
    package func remove(_ hash: ContentHash) throws {
        try database.prepare("DELETE FROM refs WHERE hash = ?").run(.text(hash.description))
    }

    /// Whether an object is logged as one of this kind.
    package func contains(_ hash: ContentHash, _ kind: ObjectKind) throws -> Bool {
        guard let type = Self.kinds.firstIndex(of: kind) else { return false }
        let statement = try database.prepare("SELECT 1 FROM refs WHERE hash = ? AND type = ?")
        return try statement.first(.text(hash.description), .integer(Int64(type))) { _ in true } ?? false
    }

    /// Everything logged, oldest first.
    package func references() throws -> [Reference] {
        var references: [Reference] = []
        let statement = try database.prepare("SELECT hash, type, timestamp FROM refs ORDER BY timestamp, rowid")
        try statement.forEach { row in
            guard let hash = ContentHash(row.string(0)), Self.kinds.indices.contains(Int(clamping: row.integer(1)))
            else {
                throw CVMFSError(
                    .corrupt,
                    "the reference log lists \(Printable.text(row.bytes(0))) with the type \(row.integer(1))"
                )
            }
            let kind = Self.kinds[Int(row.integer(1))]
            references.append(Reference(hash: hash, kind: kind, timestamp: row.integer(2)))
        }
        return references
    }

    /// Whether the database is undamaged as far as SQLite can tell.
    func isWhole() throws -> Bool {
        try database.prepare("PRAGMA integrity_check").first { $0.string(0) == "ok" } ?? false
    }

    /// The bytes of the file.
    package func serialize() throws -> [UInt8] {
        try database.serialize()
    }
}
