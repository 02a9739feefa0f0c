import Plumbing

/// Writes the catalogs of a whole subtree at once, children first: rows in the order of their paths, counters on the way
/// (docs/cvmfs-format.md §12, step 5).
struct SubtreeWriter {
    let path: BytePath
    let algorithm: HashAlgorithm
    let limits: CatalogLimits
    let markers: MarkerForm
    let store: (_ catalog: [UInt8]) throws -> ContentHash

    /// Stores the catalogs. `entries` are in path order and begin with the subtree's root.
    ///
    /// Only the marker `.cvmfscatalog` is written: stock merges catalogs that have `.cvmfsautocatalog` too, and what was
    /// published as a layer shall stay as it is (docs/cvmfs-format.md §11).
    func write(_ entries: [SubtreeEntry]) throws -> PreparedCatalog {
        guard let first = entries.first, first.path.isRoot, first.row.isDirectory else {
            throw CVMFSError(.unrepresentable, "the catalog of \(path) has no directory at its root")
        }
        let subdirectories = Self.countSubdirectories(entries)
        var nested: [Int: (range: Range<Int>, catalog: PreparedCatalog)] = [:]
        // Backwards, so that a catalog comes after those below it.
        for range in CatalogSplitter(limits: limits).nestedCatalogs(in: entries).reversed() {
            let catalog = try write(entries, range, subdirectories, nested)
            nested[range.lowerBound] = (range, catalog)
        }
        return try write(entries, entries.indices, subdirectories, nested)
    }

    /// One catalog, where those below it are in `nested` by the positions of their roots.
    private func write(
        _ entries: [SubtreeEntry],
        _ range: Range<Int>,
        _ subdirectories: [BytePath: UInt32],
        _ nested: [Int: (range: Range<Int>, catalog: PreparedCatalog)]
    ) throws -> PreparedCatalog {
        let prefix = path.appending(entries[range.lowerBound].path)
        let catalog = try Catalog(rootPrefix: prefix)
        var own = Counters()
        var below = Counters()
        var root = entries[range.lowerBound].row
        // The same subtree yields the same bytes wherever and whenever it is written: nothing here tells the time.
        var newest: Int64 = 0
        var filling = try CatalogFilling(catalog)
        var position = range.lowerBound
        while position < range.upperBound {
            let entry = entries[position]
            var row = entry.row
            if row.isDirectory {
                row.linkCount = 2 + (subdirectories[entry.path] ?? 0)
                // A row that was read from a repository tells where catalogs began there.
                row.flags.subtract([.mountpoint, .nestedRoot])
            }
            newest = max(newest, row.modified)
            var next = position + 1
            if position == range.lowerBound {
                row.name = prefix.name
                root = row
                row.flags.insert(.nestedRoot)
            } else if let child = nested[position] {
                row.flags.insert(.mountpoint)
                try catalog.setNestedCatalog(at: child.catalog.path, child.catalog.reference)
                below = below + child.catalog.counters
                next = child.range.upperBound
            }
            try filling.add(row, at: path.appending(entry.path), chunks: entry.chunks)
            own.count(row, chunks: entry.chunks.count)
            position = next
        }
        let marker = try CatalogEntry.marker(algorithm: algorithm, markers)
        try filling.add(marker, at: prefix.appending(CatalogEntry.markerName), chunks: [])
        own.count(marker, chunks: 0)
        try catalog.setCounters(own: own, subtree: below)
        try catalog.stamp(revision: 1, previous: nil, modified: newest, algorithm: algorithm)
        try filling.finish()
        let bytes = try catalog.serialize()
        let reference = CatalogReference(hash: try store(bytes), size: Int64(bytes.count))
        return PreparedCatalog(path: prefix, reference: reference, root: root, counters: own + below)
    }

    private static func countSubdirectories(_ entries: [SubtreeEntry]) -> [BytePath: UInt32] {
        var counts: [BytePath: UInt32] = [:]
        for entry in entries where entry.row.isDirectory {
            if let parent = entry.path.parent { counts[parent, default: 0] += 1 }
        }
        return counts
    }
}
