import Plumbing

/// The objects that something needs: a set on the disk, since there may be millions.
///
/// Its file is one of SQLite's own without a name, in the folder for temporary files, so that nothing of it is left behind.
/// One value belongs to one thread at a time.
final class ObjectMarks {
    private let database: SQLiteDatabase
    private let insertion: SQLiteStatement
    private let search: SQLiteStatement
    /// How many there are.
    private(set) var count = 0
    /// Three million objects fit into it.
    private static let cacheKilobytes = 96 << 10

    /// An empty set.
    init() throws {
        database = try SQLiteDatabase(.temporaryFile)
        try database.execute(
            """
            PRAGMA page_size = 4096; PRAGMA cache_size = -\(Self.cacheKilobytes);
            CREATE TABLE marks (key BLOB PRIMARY KEY) WITHOUT ROWID, STRICT;
            BEGIN;
            """
        )
        insertion = try database.prepare("INSERT INTO marks VALUES (?) ON CONFLICT DO NOTHING RETURNING 1")
        search = try database.prepare("SELECT 1 FROM marks WHERE key = ?")
    }

    /// Adds an object. Returns whether it is new.
    @discardableResult
    func insert(_ hash: ContentHash, _ kind: ObjectKind) throws -> Bool {
        guard try insertion.first(.blob(Self.key(hash, kind)), body: { _ in true }) ?? false else { return false }
        count += 1
        return true
    }

    /// Whether it has an object.
    func contains(_ hash: ContentHash, _ kind: ObjectKind) throws -> Bool {
        try search.first(.blob(Self.key(hash, kind))) { _ in true } ?? false
    }

    private static func key(_ hash: ContentHash, _ kind: ObjectKind) -> [UInt8] {
        hash.digest + [UInt8(truncatingIfNeeded: hash.algorithm.rawValue)] + Array(kind.letter.utf8)
    }
}
