package import Plumbing

/// Decides which directories of a subtree get catalogs of their own (docs/cvmfs-format.md §11).
///
/// The same entries always give the same catalogs.
package struct CatalogSplitter: Sendable {
    private let limits: CatalogLimits

    /// A splitter with these limits.
    package init(limits: CatalogLimits) {
        self.limits = limits
    }

    /// A directory, once all that is below it was seen.
    private struct Directory {
        /// The first entry that does not lie in it.
        var end: Int
        /// The rows it adds to the catalog it is in: itself and everything below that is in no other catalog.
        var weight = 1
        /// Rows directly in it, which cannot go elsewhere.
        var childCount = 0
        /// Subdirectories, last first.
        var subdirectories: [Int] = []
    }

    /// The entries of each nested catalog, its root first, as positions in `entries`; catalogs below it lie within. In
    /// the order of their roots. `entries` are in path order and begin with the subtree's root, which is not returned.
    package func nestedCatalogs(in entries: [SubtreeEntry]) -> [Range<Int>] {
        nestedCatalogs(in: entries.map { Entry(path: $0.path, isDirectory: $0.row.isDirectory) })
    }

    /// What counts of an entry.
    package struct Entry: Sendable {
        let path: BytePath
        let isDirectory: Bool

        /// An entry at a path in the subtree.
        package init(path: BytePath, isDirectory: Bool) {
            self.path = path
            self.isDirectory = isDirectory
        }
    }

    /// The same for entries that have no rows.
    package func nestedCatalogs(in entries: [Entry]) -> [Range<Int>] {
        // The whole is lighter than what makes a directory too heavy.
        guard entries.count > limits.maximum / 2 else { return [] }
        var (directories, parents) = Self.directories(of: entries)
        var roots: [Range<Int>] = []
        // Backwards, everything below a directory comes before it.
        for index in entries.indices.reversed() {
            if let directory = directories[index] {
                let (leaving, weight) = split(directory, in: directories)
                directories[index]?.weight = weight
                roots += leaving.map { $0..<(directories[$0]?.end ?? $0) }
            }
            guard let parent = parents[index] else { continue }
            let weight = directories[index]?.weight
            directories[parent]?.weight += weight ?? 1
            directories[parent]?.childCount += 1
            if weight != nil { directories[parent]?.subdirectories.append(index) }
        }
        return roots.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// The subdirectories that leave a directory's catalog, and the weight of what stays.
    private func split(_ directory: Directory, in directories: [Int: Directory]) -> (leaving: [Int], weight: Int) {
        guard directory.weight > limits.maximum / 2 else { return ([], directory.weight) }
        var candidates: [(index: Int, weight: Int)] = directory.subdirectories.compactMap { index in
            // A row alone is no lighter with a catalog behind it.
            guard let weight = directories[index]?.weight, weight > 1 else { return nil }
            return (index, weight)
        }
        // The heaviest first, equal ones in path order.
        candidates.sort { ($1.weight, $0.index) < ($0.weight, $1.index) }
        // Many small catalogs are worth their cost only where they bring the large one below its limit.
        let takesSmall = Self.rows(directory.childCount + 1) <= limits.maximum
        var leaving: [Int] = []
        var remaining = directory.weight
        for (index, weight) in candidates {
            if weight >= limits.minimum {
                if remaining <= limits.maximum / 2 { break }
            } else if !takesSmall || Self.rows(remaining) <= limits.maximum {
                break
            }
            leaving.append(index)
            // The row of the mountpoint stays.
            remaining -= weight - 1
        }
        return (leaving, remaining)
    }

    /// The rows of a catalog of so many entries, its marker included.
    private static func rows(_ entries: Int) -> Int { entries + 1 }

    /// The directories by position, with nothing counted yet, and the position of every entry's directory.
    private static func directories(of entries: [Entry]) -> (byPosition: [Int: Directory], parents: [Int?]) {
        var directories: [Int: Directory] = [:]
        var parents: [Int?] = []
        parents.reserveCapacity(entries.count)
        var open: [Int] = []
        for (index, entry) in entries.enumerated() {
            while let last = open.last, !entry.path.starts(with: entries[last].path) {
                directories[last]?.end = index
                open.removeLast()
            }
            parents.append(open.last)
            guard entry.isDirectory else { continue }
            directories[index] = Directory(end: entries.count)
            open.append(index)
        }
        return (directories, parents)
    }
}
