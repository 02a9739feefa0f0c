/// Decides which directories of a subtree get catalogs of their own (docs/cvmfs-format.md §11).
///
/// The same entries always give the same catalogs. Memory grows with the directories, not with the entries.
package struct CatalogSplitter: Sendable {
    private let limits: CatalogLimits
    /// The directories on the way to the last entry.
    private var open: [Directory] = []
    private var roots: [Range<Int>] = []
    private var count = 0

    /// A splitter with these limits.
    package init(limits: CatalogLimits) {
        self.limits = limits
    }

    /// A directory whose entries are being told.
    private struct Directory {
        /// Its position.
        let start: Int
        /// The rows it adds to the catalog it is in: itself and everything below that is in no other catalog.
        var weight = 1
        /// Rows directly in it, which cannot go elsewhere.
        var childCount = 0
        /// Those below it that could have a catalog, in path order.
        var subdirectories: [(range: Range<Int>, weight: Int)] = []
    }

    /// Takes the next entry of the subtree in path order; its root, which lies at depth 0, comes first.
    package mutating func add(depth: Int, isDirectory: Bool) {
        while open.count > depth { close() }
        if isDirectory {
            open.append(Directory(start: count))
        } else if !open.isEmpty {
            open[open.count - 1].weight += 1
            open[open.count - 1].childCount += 1
        }
        count += 1
    }

    /// The entries of each nested catalog, its root first, as positions in the subtree; catalogs below it lie within. In
    /// the order of their roots. That of the subtree itself is not among them. To be asked once, after the last entry.
    package mutating func nestedCatalogs() -> [Range<Int>] {
        while !open.isEmpty { close() }
        return roots.sorted { $0.lowerBound < $1.lowerBound }
    }

    /// Counts the last directory in the one above it.
    private mutating func close() {
        guard let directory = open.popLast() else { return }
        let (leaving, weight) = split(directory)
        roots += leaving
        guard !open.isEmpty else { return }
        let parent = open.count - 1
        open[parent].weight += weight
        open[parent].childCount += 1
        // A row alone is no lighter with a catalog behind it.
        if weight > 1 { open[parent].subdirectories.append((directory.start..<count, weight)) }
    }

    /// The subdirectories that leave a directory's catalog, and the weight of what stays.
    private func split(_ directory: Directory) -> (leaving: [Range<Int>], weight: Int) {
        guard directory.weight > limits.target else { return ([], directory.weight) }
        // The heaviest first, equal ones in path order.
        let candidates = directory.subdirectories.sorted {
            ($1.weight, $0.range.lowerBound) < ($0.weight, $1.range.lowerBound)
        }
        // Many small catalogs are worth their cost only where they bring the large one below its limit.
        let takesSmall = Self.rows(directory.childCount + 1) <= limits.maximum
        var leaving: [Range<Int>] = []
        var remaining = directory.weight
        for (range, weight) in candidates {
            if weight >= limits.minimum {
                if remaining <= limits.target { break }
            } else if !takesSmall || Self.rows(remaining) <= limits.maximum {
                break
            }
            leaving.append(range)
            // The row of the mountpoint stays.
            remaining -= weight - 1
        }
        return (leaving, remaining)
    }

    /// The rows of a catalog of so many entries, its marker included.
    private static func rows(_ entries: Int) -> Int { entries + 1 }
}
