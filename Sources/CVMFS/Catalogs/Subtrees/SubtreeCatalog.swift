import Plumbing

/// A catalog of a subtree while its rows come.
struct SubtreeCatalog {
    /// The directory whose entries it holds.
    let path: BytePath
    /// The row of that directory in the catalog above, without the mountpoint's flag.
    let root: CatalogEntry
    /// What it counts of its own rows, and of the catalogs below it.
    private(set) var own = Counters()
    private(set) var below = Counters()
    private let catalog: Catalog
    private var filling: CatalogFilling
    /// The same subtree yields the same bytes wherever and whenever it is written: nothing here tells the time.
    private var newest: Int64 = 0

    /// A catalog with its root's row; `isSmall` where few others follow.
    init(at path: BytePath, _ row: CatalogEntry, chunks: [FileChunk], isSmall: Bool) throws {
        self.path = path
        root = row
        catalog = try Catalog(rootPrefix: path, in: isSmall ? .memory : .temporaryFile)
        filling = try CatalogFilling(catalog, indexedAtEnd: !isSmall)
        var row = row
        row.flags.insert(.nestedRoot)
        try add(row, at: path, chunks: chunks)
    }

    mutating func add(_ row: CatalogEntry, at path: BytePath, chunks: [FileChunk]) throws {
        try filling.add(row, at: path, chunks: chunks)
        own.count(row, chunks: chunks.count)
        newest = max(newest, row.modified)
    }

    /// Binds a finished catalog to its mountpoint's row.
    mutating func bind(_ nested: PreparedCatalog) throws {
        try catalog.setNestedCatalog(at: nested.path, nested.reference)
        below = below + nested.counters
    }

    /// Hands out the bytes of its file, valid during the call.
    func serialize<Result>(
        _ algorithm: HashAlgorithm,
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        try catalog.setCounters(own: own, subtree: below)
        try catalog.stamp(revision: 1, previous: nil, modified: newest, algorithm: algorithm)
        try filling.finish()
        return try catalog.database.withSerialized(body)
    }
}
