import Plumbing

extension CatalogTree {
    /// Adds an entry whose parent exists, or replaces a file, a link or a device by another.
    func put(_ row: CatalogEntry, at path: BytePath, chunks: [FileChunk] = []) throws {
        let (node, parent) = try place(path)
        if let old = try node.catalog.entry(at: path) {
            guard !old.isDirectory, !row.isDirectory else {
                throw CVMFSError(.refused, "\(path.absolute) exists already")
            }
            try leaveLinkGroup(old, at: path, in: node)
        } else if row.isDirectory {
            try addSubdirectories(1, to: parent)
        }
        try node.put(row, at: path, chunks: chunks)
    }

    /// Adds a directory whose entries get a catalog of their own.
    func putNested(_ row: CatalogEntry, at path: BytePath, marker: CatalogEntry) throws {
        let (node, parent) = try place(path)
        guard try node.catalog.entry(at: path) == nil else {
            throw CVMFSError(.refused, "\(path.absolute) exists already")
        }
        try addSubdirectories(1, to: parent)
        var transition = row
        transition.flags.insert(.mountpoint)
        try node.put(transition, at: path)
        let child = CatalogNode(new: try Catalog(rootPrefix: path), algorithm: node.algorithm)
        var root = row
        root.flags.insert(.nestedRoot)
        try child.put(root, at: path)
        try child.put(marker, at: path.appending(CatalogEntry.markerName))
        node.children[path] = child
    }

    /// Attaches a prepared catalog, in place of another that is there. Returns whether that changed anything.
    func attach(_ prepared: PreparedCatalog) throws -> Bool {
        let (node, parent) = try place(prepared.path)
        if let old = try node.catalog.nestedCatalog(at: prepared.path) {
            if old.hash == prepared.reference.hash { return false }
            node.discount(try self.node(forEntriesOf: prepared.path))
            node.children[prepared.path] = nil
        } else {
            guard try node.catalog.entry(at: prepared.path) == nil else {
                throw CVMFSError(.refused, "\(prepared.path) exists already and has no catalog of its own")
            }
            try addSubdirectories(1, to: parent)
        }
        var transition = prepared.root
        transition.flags.insert(.mountpoint)
        try node.put(transition, at: prepared.path)
        try node.catalog.setNestedCatalog(at: prepared.path, prepared.reference)
        node.subtree = node.subtree + prepared.counters
        return true
    }

    /// The catalog for the row of a path, and the path's directory, which must exist.
    private func place(_ path: BytePath) throws -> (node: CatalogNode, parent: BytePath) {
        guard let parent = path.parent else { throw CVMFSError(.refused, "the repository's root cannot be replaced") }
        guard path.components.first != Self.reservedName else {
            throw CVMFSError(.refused, "\(path.absolute) cannot be written: /.cvmfs belongs to the format")
        }
        try CatalogEntry.checkName(of: path)
        guard let entry = try entry(at: parent) else { throw CVMFSError(.notFound, "\(parent) does not exist") }
        guard entry.isDirectory else { throw CVMFSError(.refused, "\(parent) is not a directory") }
        let node = try node(forEntriesOf: parent)
        try upgrade(node)
        return (node, parent)
    }

    /// Changes a directory's link count, in both rows where a nested catalog begins there (docs/cvmfs-format.md §3.8).
    func addSubdirectories(_ count: Int, to directory: BytePath) throws {
        let node = try node(forEntriesOf: directory)
        try upgrade(node)
        try Self.addSubdirectories(count, to: directory, in: node)
        if node.path == directory, let parent = directory.parent {
            let holder = try self.node(forEntriesOf: parent)
            try upgrade(holder)
            try Self.addSubdirectories(count, to: directory, in: holder)
        }
    }

    private static func addSubdirectories(_ count: Int, to directory: BytePath, in node: CatalogNode) throws {
        guard var row = try node.catalog.entry(at: directory) else {
            throw CVMFSError(.corrupt, "catalog \(node.path) lacks the row of \(directory)")
        }
        row.linkCount = UInt32(max(2, Int(row.linkCount) + count))
        try node.put(row, at: directory)
    }

    /// Writes every changed catalog, children first, and returns the new root (docs/cvmfs-format.md §3.11).
    func write(modified: Int64, storing: (_ catalog: [UInt8]) throws -> ContentHash) throws
        -> (root: CatalogReference, revision: UInt64)
    {
        root.isDirty = true
        try upgrade(root)
        // Earlier versions of Wafer moved it when they changed it.
        try root.catalog.putRootFirst()
        let reference = try write(root, modified: modified, storing: storing)
        return (reference, try root.catalog.revision())
    }

    func write(
        _ node: CatalogNode,
        modified: Int64,
        storing: (_ catalog: [UInt8]) throws -> ContentHash
    ) throws -> CatalogReference {
        try upgrade(node)
        try node.catalog.beginEdits()
        for (path, child) in node.children.sorted(by: { $0.key < $1.key }) where child.hasChanges {
            let reference = try write(child, modified: modified, storing: storing)
            try node.catalog.setNestedCatalog(at: path, reference)
            node.discount(child)
            node.subtree = node.subtree + child.own + child.subtree
        }
        try settleCounters(of: node)
        try node.catalog.setCounters(own: node.own, subtree: node.subtree)
        let revision = try node.catalog.revision() + 1
        try node.catalog.stamp(
            revision: revision,
            previous: node.reference?.hash,
            modified: modified,
            algorithm: node.algorithm
        )
        try node.catalog.endEdits()
        if revision.isMultiple(of: Catalog.revisionsUntilCompaction) { try node.catalog.compact() }
        let bytes = try node.catalog.serialize()
        return CatalogReference(hash: try storing(bytes), size: Int64(bytes.count))
    }
}

extension CatalogNode {
    /// Whether it or something below it was edited.
    var hasChanges: Bool { isDirty || children.values.contains { $0.hasChanges } }
}
