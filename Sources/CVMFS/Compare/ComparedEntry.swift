import Plumbing

/// An entry of one of two trees, with the catalog that knows its content.
struct ComparedEntry {
    let tree: CatalogTree
    let path: BytePath
    let row: CatalogEntry
    /// The catalog that holds the row.
    let node: CatalogNode
    /// The first name in its directory of the file that it shares, nil where it shares none.
    let firstLink: [UInt8]?

    init(tree: CatalogTree, path: BytePath, row: CatalogEntry, node: CatalogNode, firstLink: [UInt8]?) {
        self.tree = tree
        self.path = path
        self.row = row
        self.node = node
        self.firstLink = firstLink
    }

    /// The entry that a comparison begins with, nil where the tree has none there.
    init?(top path: BytePath, of tree: CatalogTree) throws {
        let node = try path.parent.map(tree.node(forEntriesOf:)) ?? tree.root
        guard let row = try node.catalog.entry(at: path) else { return nil }
        self.init(tree: tree, path: path, row: row, node: node, firstLink: nil)
    }

    /// What another revision shows here, nil where none is bound to it.
    var bound: CatalogReference? {
        get throws { row.flags.contains(.bindMountpoint) ? try node.catalog.bindMountpoint(at: path) : nil }
    }

    /// Whether two directories have the same content because they lie in the same place of the same catalog, which is not
    /// loaded for that. False says nothing.
    func isInSameCatalog(as other: ComparedEntry) throws -> Bool {
        guard node.catalog.inner(path) == other.node.catalog.inner(other.path), let hash = try hashOfEntries,
            try hash == other.hashOfEntries
        else { return false }
        return try !showsOtherRevision && !other.showsOtherRevision
    }

    /// The catalog with the entries of a directory, unless another revision is shown there.
    private var hashOfEntries: ContentHash? {
        get throws { try (path.isRoot ? nil : node.catalog.nestedCatalog(at: path))?.hash ?? node.reference?.hash }
    }

    private var showsOtherRevision: Bool {
        get throws { try !path.isRoot && node.catalog.bindMountpoint(at: path) != nil }
    }
}
