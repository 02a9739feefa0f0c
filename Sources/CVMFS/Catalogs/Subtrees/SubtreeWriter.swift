import Plumbing

/// Writes the catalogs of a whole subtree at once, each as soon as its last row is there: rows in the order of their
/// paths, counters on the way (docs/cvmfs-format.md §12, step 5).
struct SubtreeWriter {
    let path: BytePath
    let algorithm: HashAlgorithm
    let limits: CatalogLimits
    /// The file that makes a directory the root of a catalog.
    let marker: CatalogEntry
    let store: (_ catalog: UnsafeRawBufferPointer) throws -> ContentHash

    /// Stores the catalogs.
    ///
    /// Only the marker `.cvmfscatalog` is written: stock merges catalogs that have `.cvmfsautocatalog` too, and what was
    /// published as a layer shall stay as it is (docs/cvmfs-format.md §11).
    func write(_ entries: some Subtree) throws -> PreparedCatalog {
        var filling = SubtreeFilling(SubtreeShape(entries, limits: limits), at: path)
        let close = { (catalog: SubtreeCatalog) in try finish(catalog) }
        try entries.forEachEntry { try filling.add($0, close) }
        guard let catalog = try filling.finish(close) else {
            throw CVMFSError(.unrepresentable, "the catalog of \(path) has no directory at its root")
        }
        return catalog
    }

    private func finish(_ catalog: SubtreeCatalog) throws -> PreparedCatalog {
        var catalog = catalog
        try catalog.add(marker, at: catalog.path.appending(CatalogEntry.markerName), chunks: [])
        let reference = try catalog.serialize(algorithm) { bytes in
            CatalogReference(hash: try store(bytes), size: Int64(bytes.count))
        }
        return PreparedCatalog(
            path: catalog.path,
            reference: reference,
            root: catalog.root,
            counters: catalog.own + catalog.below
        )
    }
}
