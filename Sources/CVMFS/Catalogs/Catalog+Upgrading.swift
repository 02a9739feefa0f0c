import Plumbing

/// Catalogs of older schema revisions are read as they are, and brought to the newest one before they change
/// (docs/cvmfs-format.md §3.2).
extension Catalog {
    /// Whether the tables are those of an older revision.
    var isOutdated: Bool { schemaRevision < CatalogSchema.revision }

    /// Brings the tables to the newest revision; the counters are the caller's to complete.
    ///
    /// The tables are made anew instead of altered: the column that came last would stand elsewhere than in a fresh
    /// catalog, and stock copies whole rows between the two (pitfall P14). Properties and tables that are not the
    /// format's stay. Throws ``CVMFSError`` for a catalog that is newer than what is known here.
    func upgrade() throws {
        guard schemaRevision <= CatalogSchema.revision else {
            throw CVMFSError(
                .refused,
                "catalog \(rootPrefix) is of schema revision \(schemaRevision), which this version of Wafer only reads: "
                    + "it writes \(CatalogSchema.revision)"
            )
        }
        guard isOutdated else { return }
        var copies: [(table: String, columns: [String])] = []
        for table in Self.tables {
            let columns = try columns(of: table)
            if !columns.isEmpty { copies.append((table, columns)) }
        }
        try database.execute("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON; BEGIN")
        for (table, _) in copies { try database.execute("ALTER TABLE \(table) RENAME TO wafer_old_\(table)") }
        try database.execute("DROP INDEX IF EXISTS idx_catalog_parent")
        try database.execute(CatalogSchema.rows)
        for (table, old) in copies {
            let known = Set(try columns(of: table))
            // By name: the order differs.
            let shared = old.filter(known.contains).joined(separator: ", ")
            try database.execute(
                """
                INSERT INTO \(table) (\(shared)) SELECT \(shared) FROM wafer_old_\(table) ORDER BY rowid;
                DROP TABLE wafer_old_\(table)
                """
            )
        }
        try database.execute("COMMIT; VACUUM")
        try adoptNewestSchema()
    }

    private static let tables = ["catalog", "chunks", "nested_catalogs", "bind_mountpoints"]

    /// The names of a table's columns, none where there is no such table.
    func columns(of table: String) throws -> [String] {
        var names: [String] = []
        try database.prepare("SELECT name FROM pragma_table_info(?)").forEach(.text(table)) {
            names.append($0.string(0))
        }
        return names
    }

    /// What the rows of this database add up to.
    func recount() throws -> Counters {
        var counters = Counters()
        try database.prepare("SELECT \(statements.columns)").forEach { row in
            counters.count(try Self.decode(row), chunks: 0)
        }
        counters[.chunks] = try database.prepare("SELECT count(*) FROM chunks").first { $0.integer(0) } ?? 0
        return counters
    }
}
