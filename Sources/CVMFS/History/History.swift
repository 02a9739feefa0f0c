import Plumbing

/// The tag database of a repository: names for revisions, each of which keeps its root catalog from being collected
/// (docs/cvmfs-format.md §5.4).
///
/// One value belongs to one thread at a time.
package final class History {
    /// The repository's name.
    package let fqrn: String
    let database: SQLiteDatabase

    /// An empty database. One without any tag fails `check`: put at least `trunk` into it.
    package init(fqrn: String) throws {
        self.fqrn = fqrn
        database = try SQLiteDatabase()
        try database.execute(Self.schema)
        try database.setProperties([("schema", "1.0"), ("schema_revision", "3"), ("fqrn", fqrn)])
        try setPreviousRevision(nil)
    }

    /// Opens a database from its inflated bytes. Throws ``CVMFSError`` where it is none or of another schema.
    package init(bytes: [UInt8]) throws {
        database = try SQLiteDatabase(bytes: bytes, what: "the tag database")
        let properties = try database.properties()
        guard properties["schema"] == "1.0", properties["schema_revision"] == "3", let fqrn = properties["fqrn"] else {
            throw CVMFSError(
                .corrupt,
                "the tag database is not of schema 1.0 revision 3: publish once with cvmfs_server, which upgrades it"
            )
        }
        self.fqrn = fqrn
    }

    private static let schema = """
        CREATE TABLE properties (key TEXT, value TEXT, CONSTRAINT pk_properties PRIMARY KEY (key));
        CREATE TABLE branches (branch TEXT, parent TEXT, initial_revision INTEGER,
            CONSTRAINT pk_branch PRIMARY KEY (branch),
            FOREIGN KEY (parent) REFERENCES branches (branch),
            CHECK ((branch <> '') OR (parent IS NULL)),
            CHECK ((branch = '') OR (parent IS NOT NULL)));
        CREATE TABLE tags (name TEXT, hash TEXT, revision INTEGER, timestamp INTEGER, channel INTEGER,
            description TEXT, size INTEGER, branch TEXT,
            CONSTRAINT pk_tags PRIMARY KEY (name),
            FOREIGN KEY (branch) REFERENCES branches (branch));
        CREATE TABLE recycle_bin (hash TEXT, flags INTEGER, CONSTRAINT pk_hash PRIMARY KEY (hash));
        INSERT INTO branches (branch, parent, initial_revision) VALUES ('', NULL, 0);
        """

    /// The tag database that this one replaces, nil for the first one.
    package func previousRevision() throws -> ContentHash? {
        ContentHash(previous: try database.properties()["previous_revision"])
    }

    /// Names the tag database that this one replaces.
    package func setPreviousRevision(_ hash: ContentHash?) throws {
        let zeros = String(repeating: "0", count: ContentHash.byteCount * 2)
        try database.setProperties([("previous_revision", hash?.description ?? zeros)])
    }

    /// The lines of development and the revision that each starts with; stock has one, named "".
    package func branches() throws -> [String: Int64] {
        var branches: [String: Int64] = [:]
        try database.prepare("SELECT branch, initial_revision FROM branches").forEach { row in
            branches[row.string(0)] = row.integer(1)
        }
        return branches
    }

    /// The bytes of the database's file, which is stored compressed as ``ObjectKind/history``.
    package func serialize() throws -> [UInt8] {
        try database.serialize()
    }
}
