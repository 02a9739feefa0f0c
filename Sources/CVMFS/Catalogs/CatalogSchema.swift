/// The tables of a catalog, schema 2.5 revision 7 (docs/cvmfs-format.md §3.2). The order of the columns counts for
/// the stock tools, which copy whole rows (pitfall P14).
enum CatalogSchema {
    static let version = "2.5"
    static let revision = 7

    /// Makes the tables of a new catalog.
    static func create(in database: SQLiteDatabase) throws {
        try database.execute(sql)
        let properties = [("schema", version), ("schema_revision", String(revision))]
        try database.setProperties(properties.map { (key: $0.0, value: $0.1) })
    }

    private static let sql = """
        CREATE TABLE properties (key TEXT, value TEXT, CONSTRAINT pk_properties PRIMARY KEY (key));
        CREATE TABLE statistics (counter TEXT, value INTEGER, CONSTRAINT pk_statistics PRIMARY KEY (counter));
        \(rows)
        """

    /// Lists a directory.
    static let parentIndex = "CREATE INDEX idx_catalog_parent ON catalog (parent_1, parent_2)"

    /// The tables that changed from one revision to another; the others never did.
    static let rows = """
        CREATE TABLE catalog (md5path_1 INTEGER, md5path_2 INTEGER, parent_1 INTEGER, parent_2 INTEGER,
            hardlinks INTEGER, hash BLOB, size INTEGER, mode INTEGER, mtime INTEGER, mtimens INTEGER,
            flags INTEGER, name TEXT, symlink TEXT, uid INTEGER, gid INTEGER, xattr BLOB,
            CONSTRAINT pk_catalog PRIMARY KEY (md5path_1, md5path_2));
        \(parentIndex);
        CREATE TABLE chunks (md5path_1 INTEGER, md5path_2 INTEGER, offset INTEGER, size INTEGER, hash BLOB,
            CONSTRAINT pk_chunks PRIMARY KEY (md5path_1, md5path_2, offset, size),
            FOREIGN KEY (md5path_1, md5path_2) REFERENCES catalog (md5path_1, md5path_2));
        CREATE TABLE nested_catalogs (path TEXT, sha1 TEXT, size INTEGER,
            CONSTRAINT pk_nested_catalogs PRIMARY KEY (path));
        CREATE TABLE bind_mountpoints (path TEXT, sha1 TEXT, size INTEGER,
            CONSTRAINT pk_bind_mountpoints PRIMARY KEY (path));
        """
}
