package import Plumbing

/// One catalog, in memory: the directory entries of one subtree (docs/cvmfs-format.md §3).
///
/// It reads and edits the rows of one database and knows nothing of parents and children; ``CatalogTree`` does. Paths
/// are those of the repository. One value belongs to one thread at a time.
package final class Catalog {
    let database: SQLiteDatabase
    let statements: CatalogStatements
    /// The directory whose entries this catalog holds; the root for a root catalog.
    package let rootPrefix: BytePath

    /// Opens a catalog from the bytes of its database. Throws ``CVMFSError`` where it is none or of a schema that is
    /// not supported.
    package init(bytes: [UInt8]) throws {
        // Readers open catalogs with a read-only file system that knows no WAL (docs/cvmfs-format.md §3.1).
        guard bytes.count >= 100, bytes[18] == 1, bytes[19] == 1 else {
            throw CVMFSError(.corrupt, "not a catalog: no SQLite file in rollback-journal format")
        }
        database = try SQLiteDatabase(bytes: bytes)
        let properties = try Self.readProperties(database)
        try Self.checkSchema(properties["schema"] ?? "1.0")
        guard let prefix = BytePath(absolute: Array((properties["root_prefix"] ?? "").utf8)) else {
            throw CVMFSError(.corrupt, "catalog with the root_prefix \"\(properties["root_prefix"] ?? "")\"")
        }
        rootPrefix = prefix
        statements = try CatalogStatements(database)
    }

    /// An empty catalog of the newest schema. Its root entry is still missing.
    init(rootPrefix: BytePath) throws {
        database = try SQLiteDatabase()
        try database.execute(CatalogSchema.sql)
        self.rootPrefix = rootPrefix
        statements = try CatalogStatements(database)
        try setProperty("schema", "2.5")
        try setProperty("schema_revision", "7")
        if !rootPrefix.isRoot {
            let statement = try database.prepare("INSERT OR REPLACE INTO properties (key, value) VALUES (?, ?)")
            try statement.run(.text("root_prefix"), .text(rootPrefix.absoluteBytes))
        }
    }

    private static func checkSchema(_ schema: String) throws {
        // Stock writes 2.5 and reads 2.4; others are of the format's prehistory (docs/cvmfs-format.md §3.2).
        guard schema == "2.5" || schema == "2.4" else {
            throw CVMFSError(.corrupt, "catalog of schema \(Printable.text(schema)): only 2.4 and 2.5 are supported")
        }
    }

    private static func readProperties(_ database: SQLiteDatabase) throws -> [String: String] {
        var properties: [String: String] = [:]
        try database.prepare("SELECT key, value FROM properties").forEach { row in
            properties[row.string(0)] = row.string(1)
        }
        return properties
    }

    /// All properties, such as `revision` and `previous_revision` (docs/cvmfs-format.md §3.3).
    package func properties() throws -> [String: String] {
        try Self.readProperties(database)
    }

    /// The number of times this catalog was rewritten.
    package func revision() throws -> UInt64 {
        UInt64(try properties()["revision"] ?? "") ?? 0
    }

    func setProperty(_ key: String, _ value: String) throws {
        let statement = try database.prepare("INSERT OR REPLACE INTO properties (key, value) VALUES (?, ?)")
        try statement.run(.text(key), .text(value))
    }

    /// What this database counts of its own rows, and what its children's counters add up to.
    package func counters() throws -> (own: Counters, subtree: Counters) {
        var stored: [String: Int64] = [:]
        try database.prepare("SELECT counter, value FROM statistics").forEach { row in
            stored[row.string(0)] = row.integer(1)
        }
        var own = Counters()
        var subtree = Counters()
        for name in Counters.Name.allCases {
            // Clients refuse a catalog that lacks one (docs/cvmfs-format.md, pitfall P6).
            guard let ownValue = stored["self_\(name.rawValue)"], let sum = stored["subtree_\(name.rawValue)"] else {
                throw CVMFSError(.corrupt, "catalog \(rootPrefix) lacks the counter \(name.rawValue)")
            }
            own[name] = ownValue
            subtree[name] = sum
        }
        return (own, subtree)
    }

    func setCounters(own: Counters, subtree: Counters) throws {
        let statement = try database.prepare("INSERT OR REPLACE INTO statistics (counter, value) VALUES (?, ?)")
        for name in Counters.Name.allCases {
            try statement.run(.text("self_\(name.rawValue)"), .integer(own[name]))
            try statement.run(.text("subtree_\(name.rawValue)"), .integer(subtree[name]))
        }
    }

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
