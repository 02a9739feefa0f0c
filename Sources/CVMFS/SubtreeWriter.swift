import Plumbing

/// Writes the catalog of a whole subtree at once: rows in the order of their paths, counters on the way
/// (docs/cvmfs-format.md §12, step 5).
struct SubtreeWriter {
    let path: BytePath
    let algorithm: HashAlgorithm

    /// The database of the catalog. `entries` are in path order and begin with the subtree's root.
    func write(_ entries: [SubtreeEntry]) throws -> (bytes: [UInt8], root: CatalogEntry, counters: Counters) {
        guard let first = entries.first, first.path.isRoot, first.row.isDirectory else {
            throw CVMFSError(.unrepresentable, "the catalog of \(path) has no directory at its root")
        }
        let catalog = try Catalog(rootPrefix: path)
        let subdirectories = Self.countSubdirectories(entries)
        var counters = Counters()
        var root = first.row
        try catalog.database.execute("BEGIN")
        for entry in entries {
            var row = entry.row
            if row.isDirectory { row.linkCount = 2 + (subdirectories[entry.path] ?? 0) }
            if entry.path.isRoot {
                row.name = path.name
                root = row
                row.flags.insert(.nestedRoot)
            }
            try catalog.put(row, at: path.appending(entry.path), chunks: entry.chunks)
            counters.count(row, chunks: entry.chunks.count)
        }
        let marker = try CatalogEntry.marker(algorithm: algorithm)
        try catalog.put(marker, at: path.appending(CatalogEntry.markerName))
        counters.count(marker, chunks: 0)
        try catalog.setCounters(own: counters, subtree: Counters())
        // The same subtree yields the same bytes wherever and whenever it is written: nothing here tells the time.
        let newest = entries.reduce(0) { max($0, $1.row.modified) }
        try catalog.stamp(revision: 1, previous: nil, modified: newest, algorithm: algorithm)
        try catalog.database.execute("COMMIT")
        return (try catalog.serialize(), root, counters)
    }

    private static func countSubdirectories(_ entries: [SubtreeEntry]) -> [BytePath: UInt32] {
        var counts: [BytePath: UInt32] = [:]
        for entry in entries where entry.row.isDirectory {
            if let parent = entry.path.parent { counts[parent, default: 0] += 1 }
        }
        return counts
    }
}
