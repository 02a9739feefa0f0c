/// What must be known of a subtree before its first row is written.
struct SubtreeShape {
    /// The entries of each nested catalog, as positions, in the order of their roots.
    let nested: [Range<Int>]
    /// How many entries there are.
    let count: Int
    /// How many subdirectories each directory has, in path order.
    let subdirectories: [UInt32]

    /// So few rows need neither a file nor an index that is made at the end.
    private static let few = 256
    var isSmall: Bool { count <= Self.few }

    init(_ entries: some Subtree, limits: CatalogLimits) {
        count = entries.count
        var splitter = CatalogSplitter(limits: limits)
        var subdirectories: [UInt32] = []
        // The numbers of the directories on the way to the last entry.
        var open: [Int] = []
        entries.forEachPlace { depth, isDirectory in
            splitter.add(depth: depth, isDirectory: isDirectory)
            guard isDirectory else { return }
            open.removeLast(max(0, open.count - depth))
            if let parent = open.last { subdirectories[parent] += 1 }
            open.append(subdirectories.count)
            subdirectories.append(0)
        }
        nested = splitter.nestedCatalogs()
        self.subdirectories = subdirectories
    }
}
