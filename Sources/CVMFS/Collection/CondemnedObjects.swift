import Glibc
import Plumbing

/// The objects that a garbage collection is about to remove: a list on the disk, which outlives its process.
///
/// The file has the name of an unfinished collection from the moment when the first object goes until the last one is gone:
/// root catalogs go first, and without them nobody could find again what only they led to. One value belongs to one thread
/// at a time.
final class CondemnedObjects {
    private let database: SQLiteDatabase
    private let insertion: SQLiteStatement
    private let workspace: OpenWorkspace?
    /// How many there are.
    private(set) var count = 0
    /// The bytes of all of them.
    private(set) var bytes: Int64 = 0

    private static let cacheKilobytes = 32 << 10

    /// One of them.
    struct Object: Equatable {
        /// Its place in the list.
        let number: Int64
        let hash: ContentHash
        let kind: ObjectKind
        /// Stored bytes.
        let size: Int64
    }

    /// An empty list in a file of the workspace, which has to be locked against others that do the same; in a temporary one
    /// where nothing is going to be removed.
    init(in workspace: OpenWorkspace?) throws {
        self.workspace = workspace
        workspace?.collectionPlan.remove()
        database = try workspace.map { try SQLiteDatabase(at: $0.collectionPlan) } ?? SQLiteDatabase(.temporaryFile)
        // It counts from the moment when it gets its name, and is on the disk before that.
        try database.execute(
            """
            PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
            PRAGMA cache_size = -\(Self.cacheKilobytes);
            CREATE TABLE objects (number INTEGER PRIMARY KEY, logged INTEGER NOT NULL, digest BLOB NOT NULL,
                algorithm INTEGER NOT NULL, kind TEXT NOT NULL, size INTEGER NOT NULL,
                UNIQUE (digest, algorithm, kind)) STRICT;
            BEGIN;
            """
        )
        insertion = try database.prepare(
            """
            INSERT INTO objects (logged, digest, algorithm, kind, size) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING RETURNING 1
            """
        )
    }

    /// Adds an object, one of the reference log where `isLogged`. Returns whether it is new.
    @discardableResult
    func insert(_ hash: ContentHash, _ kind: ObjectKind, size: Int64, isLogged: Bool = false) throws -> Bool {
        let isNew =
            try insertion.first(
                .integer(isLogged ? 1 : 0),
                .blob(hash.digest),
                .integer(Int64(hash.algorithm.rawValue)),
                .text(kind.letter),
                .integer(size)
            ) { _ in true } ?? false
        if isNew {
            count += 1
            bytes += size
        }
        return isNew
    }

    /// Those of the reference log, or else the first `limit` others after a place in the list.
    func objects(areLogged: Bool, after number: Int64 = 0, limit: Int = .max) throws -> [Object] {
        try Self.objects(in: database, areLogged, after: number, limit: limit)
    }

    private static func objects(
        in database: SQLiteDatabase,
        _ areLogged: Bool,
        after number: Int64,
        limit: Int
    ) throws -> [Object] {
        var objects: [Object] = []
        let query = """
            SELECT number, digest, algorithm, kind, size FROM objects WHERE number > ? AND logged = ? ORDER BY number LIMIT ?
            """
        try database.prepare(query)
            .forEach(.integer(number), .integer(areLogged ? 1 : 0), .integer(Int64(limit))) { row in
                guard let algorithm = HashAlgorithm(rawValue: Int(row.integer(2))),
                    let hash = ContentHash(algorithm: algorithm, digest: row.bytes(1)),
                    let kind = ObjectKind(rawValue: row.string(3))
                else { throw CVMFSError(.corrupt, "the list of an unfinished garbage collection is damaged") }
                objects.append(Object(number: row.integer(0), hash: hash, kind: kind, size: row.integer(4)))
            }
        return objects
    }

    // An unfinished collection.

    /// Makes it the list of an unfinished collection, durably, in place of the former one, which it has taken over.
    func begin() throws {
        guard let workspace else { return }
        try database.execute("COMMIT")
        let place = workspace.collectionPlan
        let file = place.open(O_RDONLY)
        guard file >= 0 else { throw SystemCall.error("open", "\(place)") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw SystemCall.error("sync", "\(place)") }
        try place.rename(to: workspace.unfinishedCollection)
    }

    /// Ends it: all of them are gone.
    func end() throws {
        guard let place = workspace?.unfinishedCollection else { return }
        guard place.remove() else { throw SystemCall.error("remove", "\(place)") }
    }

    /// Gives up what was not begun.
    func discard() {
        // The next one removes what is left of it.
        workspace?.collectionPlan.remove()
    }

    /// Hands over what a collection that came to no end has on its list.
    static func forEachUnfinished(
        in workspace: OpenWorkspace,
        _ body: (Object, _ isLogged: Bool) throws -> Void
    ) throws {
        let place = workspace.unfinishedCollection
        guard place.status() != nil else { return }
        do {
            try forEach(in: place, body)
        } catch let error as CVMFSError {
            throw CVMFSError(
                error.code,
                "\(place), the list of a garbage collection that did not come to its end, cannot be used (\(error)): nothing was "
                    + "removed. Move it away: what is only on that list stays in the storage"
            )
        }
    }

    private static func forEach(in place: FilePlace, _ body: (Object, _ isLogged: Bool) throws -> Void) throws {
        let database = try SQLiteDatabase(at: place)
        for isLogged in [true, false] {
            var last: Int64 = 0
            while true {
                let objects = try objects(in: database, isLogged, after: last, limit: 10_000)
                guard let end = objects.last else { break }
                for object in objects { try body(object, isLogged) }
                last = end.number
            }
        }
    }
}
