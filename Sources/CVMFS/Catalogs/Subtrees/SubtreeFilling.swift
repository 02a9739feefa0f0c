import Plumbing

/// Puts the entries of a subtree into its catalogs, one open for each on the way to the last entry.
struct SubtreeFilling {
    private let shape: SubtreeShape
    private let path: BytePath
    private var open: [(catalog: SubtreeCatalog, end: Int)] = []
    private var position = 0
    private var directory = 0
    private var nextNested = 0

    typealias Close = (SubtreeCatalog) throws -> PreparedCatalog

    init(_ shape: SubtreeShape, at path: BytePath) {
        self.shape = shape
        self.path = path
    }

    /// Takes the next entry. `close` stores a catalog that has all its rows.
    mutating func add(_ entry: SubtreeEntry, _ close: Close) throws {
        defer { position += 1 }
        while let last = open.last, last.end == position { try bind(close(last.catalog)) }
        let place = path.appending(entry.path)
        var row = entry.row
        if row.isDirectory {
            row.linkCount = 2 + shape.subdirectories[directory]
            directory += 1
            // A row that was read from a repository tells where catalogs began there.
            row.flags.subtract([.mountpoint, .nestedRoot])
        }
        guard !open.isEmpty else {
            guard entry.path.isRoot, row.isDirectory else { return }
            row.name = path.name
            let catalog = try SubtreeCatalog(at: place, row, chunks: entry.chunks, isSmall: shape.isSmall)
            return open.append((catalog, .max))
        }
        let isNested = nextNested < shape.nested.count && shape.nested[nextNested].lowerBound == position
        let root = row
        if isNested { row.flags.insert(.mountpoint) }
        try open[open.count - 1].catalog.add(row, at: place, chunks: entry.chunks)
        guard isNested else { return }
        let catalog = try SubtreeCatalog(at: place, root, chunks: entry.chunks, isSmall: shape.isSmall)
        open.append((catalog, shape.nested[nextNested].upperBound))
        nextNested += 1
    }

    /// The catalog of the whole; nil where no root came.
    mutating func finish(_ close: Close) throws -> PreparedCatalog? {
        while open.count > 1, let last = open.last { try bind(close(last.catalog)) }
        return try open.popLast().map { try close($0.catalog) }
    }

    private mutating func bind(_ nested: PreparedCatalog) throws {
        open.removeLast()
        try open[open.count - 1].catalog.bind(nested)
    }
}
