import Plumbing

/// Fills an empty catalog with rows in the order of their paths, none twice: what is known of such rows makes them
/// several times cheaper than edits.
struct CatalogFilling {
    let catalog: Catalog
    /// Rows of one directory mostly follow each other.
    private var lastParent: (path: BytePath, key: PathKey)?

    /// Of many rows.
    private let isIndexedAtEnd: Bool

    /// Begins the transaction that ``finish()`` ends.
    init(_ catalog: Catalog, indexedAtEnd: Bool) throws {
        self.catalog = catalog
        isIndexedAtEnd = indexedAtEnd
        try catalog.database.execute("BEGIN")
        if indexedAtEnd { try catalog.database.execute("DROP INDEX idx_catalog_parent") }
    }

    /// Adds a row.
    mutating func add(_ entry: CatalogEntry, at path: BytePath, chunks: [FileChunk]) throws {
        try catalog.add(entry, at: path, PathKey(path), parent: parentKey(of: path), chunks)
    }

    /// Ends the filling. Sorting the index once is cheaper than to insert into it at random, and leaves no page half
    /// empty.
    func finish() throws {
        if isIndexedAtEnd { try catalog.database.execute(CatalogSchema.parentIndex) }
        try catalog.database.execute("COMMIT")
    }

    private mutating func parentKey(of path: BytePath) throws -> PathKey {
        guard let parent = path.parent else { return .null }
        if let lastParent, lastParent.path == parent { return lastParent.key }
        let key = try PathKey(parent)
        lastParent = (parent, key)
        return key
    }
}
