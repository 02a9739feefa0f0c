import Plumbing

extension CatalogTree {
    /// Removes an entry with everything below it, nested catalogs too (docs/cvmfs-format.md §12).
    func remove(_ path: BytePath) throws {
        guard let parent = path.parent else { throw CVMFSError(.refused, "the repository's root cannot be removed") }
        guard path.components.first != Self.reservedName else {
            throw CVMFSError(.refused, "\(path.absolute) cannot be removed: /.cvmfs belongs to the format")
        }
        guard let entry = try entry(at: path) else {
            throw CVMFSError(.notFound, "\(path.absolute) does not exist in the repository")
        }
        let node = try node(forEntriesOf: parent)
        try upgrade(node)
        guard path.name != CatalogEntry.markerName || node.path != parent else {
            throw CVMFSError(
                .refused,
                "\(path.absolute) cannot be removed: it marks a nested catalog, remove its directory"
            )
        }
        if entry.isDirectory {
            try addSubdirectories(-1, to: parent)
        } else {
            try leaveLinkGroup(entry, at: path, in: node)
        }
        try remove(entry, at: path, from: node)
    }

    /// The folder at the top that belongs to the format: nobody writes or removes it.
    package static let reservedName = Array(".cvmfs".utf8)

    private func remove(_ entry: CatalogEntry, at path: BytePath, from node: CatalogNode) throws {
        if entry.isDirectory {
            let holder = try self.node(forEntriesOf: path)
            guard holder.catalog.shownAt == nil else {
                throw CVMFSError(
                    .refused,
                    "\(path.absolute) shows another revision of the repository: it cannot be removed"
                )
            }
            if holder.path == path {
                // Its counters stand for everything below; nothing there has to be read.
                node.discount(holder)
                node.children[path] = nil
                try node.catalog.removeNestedCatalog(at: path)
            } else {
                for child in try node.catalog.entries(of: path) {
                    guard BytePath.isName(child.name) else {
                        throw CVMFSError(
                            .corrupt,
                            "\(path) has an entry with the name \"\(Printable.text(child.name))\""
                        )
                    }
                    try remove(child, at: path.appending(child.name), from: node)
                }
            }
        }
        try node.remove(entry, at: path)
    }

    /// Lowers the link counts of the other names of a file; the last one becomes a file of its own
    /// (docs/cvmfs-format.md §3.7).
    func leaveLinkGroup(_ entry: CatalogEntry, at path: BytePath, in node: CatalogNode) throws {
        guard entry.linkGroup != 0, let directory = path.parent else { return }
        let others = try node.catalog.entries(of: directory).filter {
            $0.linkGroup == entry.linkGroup && $0.name != entry.name
        }
        for var other in others {
            let place = directory.appending(other.name)
            other.linkCount = UInt32(others.count)
            if others.count == 1 { other.linkGroup = 0 }
            try node.put(other, at: place, chunks: try node.catalog.chunks(of: place, entry: other))
        }
    }
}
