package import Plumbing

/// One catalog, in memory: the directory entries of one subtree (docs/cvmfs-format.md §3).
///
/// It reads and edits the rows of one database and knows nothing of parents and children; ``CatalogTree`` does. Paths
/// are those of the repository. One value belongs to one thread at a time.
package final class Catalog {
    let database: SQLiteDatabase
    private(set) var statements: CatalogStatements
    /// The revision of the schema, -1 for schema 2.4, which had none (docs/cvmfs-format.md §3.2).
    private(set) var schemaRevision: Int
    /// The directory whose entries this catalog holds; the root for a root catalog.
    package let rootPrefix: BytePath
    /// How many bytes its file had; 0 for a new one.
    let byteCount: Int
    /// A catalog of the usual thousand rows is no larger.
    private static let smallByteCount = 512 << 10
    private var isEdited = false
    /// Where other catalogs hang off this one, or once did, as it spells paths; nil where that is not known.
    var childPaths: Set<[UInt8]>?
    /// Where a bind mountpoint shows the catalog, which belongs to another revision then and is only read; nil elsewhere.
    var shownAt: BytePath?

    /// Opens a catalog from the bytes of its database. Throws ``CVMFSError`` where it is none or of a schema that is
    /// not supported.
    package convenience init(bytes: [UInt8]) throws {
        try self.init(count: bytes.count) { $0.copyBytes(from: bytes) }
    }

    /// Opens a catalog from so many bytes, which `fill` puts into the memory where they stay. Throws what `fill` throws, and
    /// as ``init(bytes:)``.
    ///
    /// In a temporary file a large one takes little memory and a fiftieth more time to be read through.
    init(
        count: Int,
        in medium: SQLiteDatabase.Medium = .memory,
        _ fill: (UnsafeMutableRawBufferPointer) throws -> Void
    ) throws {
        let whole = try SQLiteDatabase(count: count) { bytes in
            try fill(bytes)
            // Readers open catalogs with a read-only file system that knows no WAL (docs/cvmfs-format.md §3.1).
            guard bytes.count >= 100, bytes[18] == 1, bytes[19] == 1 else {
                throw CVMFSError(.corrupt, "not a catalog: no SQLite file in rollback-journal format")
            }
        }
        let staysInMemory = medium == .memory || count <= Self.smallByteCount
        database = staysInMemory ? whole : try SQLiteDatabase(copying: whole)
        byteCount = count
        var properties: [String: String] = [:]
        // Bytes: a directory's name need not be UTF-8.
        var root: [UInt8] = []
        try database.prepare("SELECT key, value FROM properties").forEach { row in
            let key = row.string(0)
            if key == "root_prefix" { root = row.bytes(1) } else { properties[key] = row.string(1) }
        }
        schemaRevision = try Self.schemaRevision(properties)
        guard let prefix = BytePath(absolute: root) else {
            throw CVMFSError(.corrupt, "catalog with the root_prefix \"\(Printable.text(root))\"")
        }
        rootPrefix = prefix
        statements = try CatalogStatements(database, schemaRevision)
    }

    /// Takes over that the tables are those of the newest revision now.
    func adoptNewestSchema() throws {
        statements = try CatalogStatements(database, CatalogSchema.revision)
        schemaRevision = CatalogSchema.revision
        try setProperty("schema", CatalogSchema.version)
        try setProperty("schema_revision", String(CatalogSchema.revision))
    }

    /// An empty catalog of the newest schema. Its root entry is still missing.
    init(rootPrefix: BytePath, in medium: SQLiteDatabase.Medium = .memory) throws {
        switch medium {
        case .memory:
            let empty = try Self.empty.get()
            database = try SQLiteDatabase(count: empty.count) { $0.copyBytes(from: empty) }
        case .temporaryFile:
            database = try SQLiteDatabase(medium)
            try CatalogSchema.create(in: database)
        }
        byteCount = 0
        self.rootPrefix = rootPrefix
        schemaRevision = CatalogSchema.revision
        statements = try CatalogStatements(database, CatalogSchema.revision)
        if !rootPrefix.isRoot {
            try statements.setProperty.run(.text("root_prefix"), .text(rootPrefix.absoluteBytes))
        }
    }

    /// The bytes of one without rows: to copy them is cheaper than to make the tables each time.
    private static let empty = Result { () throws -> [UInt8] in
        let database = try SQLiteDatabase()
        try CatalogSchema.create(in: database)
        return try database.serialize()
    }

    private static func schemaRevision(_ properties: [String: String]) throws -> Int {
        let schema = properties["schema"] ?? "1.0"
        // Stock writes 2.5 and reads 2.4; others are of the format's prehistory (docs/cvmfs-format.md §3.2).
        guard schema == CatalogSchema.version || schema == "2.4" else {
            throw CVMFSError(.corrupt, "catalog of schema \(Printable.text(schema)): only 2.4 and 2.5 are supported")
        }
        if schema == "2.4" { return -1 }
        let revision = properties["schema_revision"] ?? "0"
        guard let number = Int(revision), number >= 0 else {
            throw CVMFSError(.corrupt, "catalog of the schema revision \(Printable.text(revision))")
        }
        return number
    }

    /// All properties, such as `revision` and `previous_revision` (docs/cvmfs-format.md §3.3).
    package func properties() throws -> [String: String] {
        var properties: [String: String] = [:]
        try statements.properties.forEach { row in properties[row.string(0)] = row.string(1) }
        return properties
    }

    /// The number of times this catalog was rewritten.
    package func revision() throws -> UInt64 {
        UInt64(try properties()["revision"] ?? "") ?? 0
    }

    func setProperty(_ key: String, _ value: String) throws {
        try statements.setProperty.run(.text(key), .text(value))
    }

    /// What this database counts of its own rows, and what its children's counters add up to; zero for counters that
    /// its schema revision did not have yet.
    package func counters() throws -> (own: Counters, subtree: Counters) {
        let stored = try storedCounters()
        var own = Counters()
        var subtree = Counters()
        for name in Counters.Name.allCases {
            guard let ownValue = stored["self_\(name.rawValue)"], let sum = stored["subtree_\(name.rawValue)"] else {
                if schemaRevision < name.firstSchemaRevision { continue }
                // Clients refuse a catalog that lacks one (docs/cvmfs-format.md, pitfall P6).
                throw CVMFSError(.corrupt, "catalog \(rootPrefix) lacks the counter \(name.rawValue)")
            }
            own[name] = ownValue
            subtree[name] = sum
        }
        return (own, subtree)
    }

    /// The counters that ``counters()`` gives as zero because the catalog is older than they are.
    func missingCounters() throws -> Set<Counters.Name> {
        let stored = try storedCounters()
        return Set(
            Counters.Name.allCases.filter {
                stored["self_\($0.rawValue)"] == nil || stored["subtree_\($0.rawValue)"] == nil
            }
        )
    }

    private func storedCounters() throws -> [String: Int64] {
        var stored: [String: Int64] = [:]
        try statements.counters.forEach { row in stored[row.string(0)] = row.integer(1) }
        return stored
    }

    func setCounters(own: Counters, subtree: Counters) throws {
        let stored = try storedCounters()
        for name in Counters.Name.allCases {
            for (key, value) in [("self_\(name.rawValue)", own[name]), ("subtree_\(name.rawValue)", subtree[name])]
            where stored[key] != value {
                try statements.setCounter.run(.text(key), .integer(value))
            }
        }
    }

    /// Edits until ``endEdits()`` are one transaction: each would be one, and cost several times as much.
    func beginEdits() throws {
        if isEdited { return }
        try database.execute("BEGIN")
        isEdited = true
    }

    /// Ends what ``beginEdits()`` began.
    func endEdits() throws {
        if !isEdited { return }
        try database.execute("COMMIT")
        isEdited = false
    }

    /// Makes pages full, and puts the rows of a table side by side. Row for row added to a stored catalog, pages are half
    /// empty, and the object grows by a fifth.
    func compact() throws {
        try database.execute("PRAGMA temp_store = MEMORY; VACUUM")
    }

    /// A small catalog takes longer to compact than to edit, and grows little until the next time.
    static let revisionsUntilCompaction: UInt64 = 4

    /// The bytes of the database's file.
    func serialize() throws -> [UInt8] {
        try database.serialize()
    }
}

extension Catalog {
    /// Writes what every new version of a catalog says of itself (docs/cvmfs-format.md §3.3, §3.11).
    func stamp(revision: UInt64, previous: ContentHash?, modified: Int64, algorithm: HashAlgorithm) throws {
        try setProperty("revision", String(revision))
        try setProperty("last_modified", String(modified))
        if let previous {
            try setProperty("previous_revision", previous.description)
        } else if !rootPrefix.isRoot {
            // A first root catalog has no such property, but a nested one has a null hash.
            let null = String(repeating: "0", count: ContentHash.byteCount * 2) + algorithm.suffix
            try setProperty("previous_revision", null)
        }
    }
}
