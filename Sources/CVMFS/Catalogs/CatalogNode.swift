import Plumbing

/// A loaded catalog and, below it, the children that it owns.
///
/// It knows nothing of its parent: two that hold each other would keep their databases for ever.
final class CatalogNode {
    let catalog: Catalog
    /// The object it was read from, nil for one that is new.
    let reference: CatalogReference?
    /// The hash function that names it, its own or that of the nearest stored catalog above it.
    let algorithm: HashAlgorithm
    var children: [BytePath: CatalogNode] = [:]
    /// What it counts of its own rows.
    var own: Counters
    /// What lies below it.
    var subtree: Counters
    /// What its parent's counters know of it.
    let totalBefore: Counters
    /// Counters that the stored catalog was too old to have.
    let missingBefore: Set<Counters.Name>
    /// Numbers of what lies below that have to be counted anew.
    var uncertain: Set<Counters.Name>
    var isDirty = false

    /// A stored catalog.
    init(catalog: Catalog, reference: CatalogReference) throws {
        self.catalog = catalog
        self.reference = reference
        algorithm = reference.hash.algorithm
        (own, subtree) = try catalog.counters()
        totalBefore = own + subtree
        missingBefore = catalog.isOutdated ? try catalog.missingCounters() : []
        uncertain = missingBefore
    }

    /// A new catalog.
    init(new catalog: Catalog, algorithm: HashAlgorithm) {
        self.catalog = catalog
        self.algorithm = algorithm
        reference = nil
        own = Counters()
        subtree = Counters()
        totalBefore = Counters()
        missingBefore = []
        uncertain = []
        isDirty = true
    }

    /// Takes out of the numbers what its parent's counters know of a child.
    func discount(_ child: CatalogNode) {
        subtree = subtree - child.totalBefore
        uncertain.formUnion(child.missingBefore)
    }

    /// Where its entries lie in the tree.
    var path: BytePath { catalog.shownAt ?? catalog.rootPrefix }

    /// Writes a row and counts it, in place of one that is there.
    func put(_ row: CatalogEntry, at path: BytePath, chunks: [FileChunk] = []) throws {
        if let old = try catalog.entry(at: path) {
            own.count(old, chunks: try catalog.chunks(of: path, entry: old).count, by: -1)
        }
        try catalog.beginEdits()
        try catalog.put(row, at: path, chunks: chunks)
        own.count(row, chunks: chunks.count)
        isDirty = true
    }

    /// Removes a row and what it counted.
    func remove(_ row: CatalogEntry, at path: BytePath) throws {
        own.count(row, chunks: try catalog.chunks(of: path, entry: row).count, by: -1)
        try catalog.beginEdits()
        try catalog.remove(path)
        isDirty = true
    }
}
