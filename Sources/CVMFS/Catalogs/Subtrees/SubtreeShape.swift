/// What must be known of a subtree before its first row is written.
struct SubtreeShape {
    /// The entries of each nested catalog, as positions, in the order of their roots.
    let nested: [Range<Int>]
    /// How many subdirectories each directory has, in path order.
    let subdirectories: [UInt32]

    init(_ entries: some Subtree, limits: CatalogLimits) {
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
