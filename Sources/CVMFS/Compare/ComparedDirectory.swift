import Plumbing

/// What a directory of one of two trees shows, ordered by the bytes of its names: neither the markers of catalogs nor
/// what is hidden.
struct ComparedDirectory {
    private let directory: ComparedEntry?
    private let node: CatalogNode?
    private let rows: [CatalogEntry]
    /// The first name of each hard-link group.
    private let firstLinks: [UInt32: [UInt8]]

    /// The entries of a directory; none where there is none, and for everything else.
    ///
    /// Throws ``CVMFSError`` `corrupt` for names that cannot be, or that are there twice.
    init(of entry: ComparedEntry?) throws {
        guard let entry, entry.row.isDirectory else {
            (directory, node, rows, firstLinks) = (nil, nil, [], [:])
            return
        }
        let node = entry.path.isRoot ? entry.node : try entry.tree.child(of: entry.node, at: entry.path) ?? entry.node
        var rows: [CatalogEntry] = []
        var firstLinks: [UInt32: [UInt8]] = [:]
        var last: [UInt8]?
        for row in try node.catalog.entries(of: entry.path) {
            try CatalogTree.checkName(row.name, after: last, in: entry.path)
            last = row.name
            if row.flags.contains(.hidden) || Self.isMarker(row) { continue }
            if row.linkGroup != 0, !row.isDirectory, firstLinks[row.linkGroup] == nil {
                firstLinks[row.linkGroup] = row.name
            }
            rows.append(row)
        }
        (directory, self.node, self.rows, self.firstLinks) = (entry, node, rows, firstLinks)
    }

    private static func isMarker(_ row: CatalogEntry) -> Bool {
        !row.isDirectory && CatalogEntry.markerNames.contains(row.name)
    }

    /// The name of an entry, nil behind the last one.
    func name(_ index: Int) -> [UInt8]? {
        rows.indices.contains(index) ? rows[index].name : nil
    }

    /// An entry by its place in the order, nil behind the last one. Throws ``CVMFSError`` `corrupt` where its path is
    /// longer than a path can be.
    func entry(_ index: Int) throws -> ComparedEntry? {
        guard let directory, let node, rows.indices.contains(index) else { return nil }
        let row = rows[index]
        return ComparedEntry(
            tree: directory.tree,
            path: try CatalogTree.path(of: row.name, in: directory.path),
            row: row,
            node: node,
            firstLink: row.isDirectory ? nil : firstLinks[row.linkGroup]
        )
    }
}
