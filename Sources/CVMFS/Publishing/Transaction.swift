package import Plumbing

/// The edits of one revision. They become visible together, or not at all.
///
/// Given by ``Repository/commit(_:_:_:)`` to its closure, which runs under the repository's lock on a
/// dedicated thread.
package final class Transaction {
    /// The repository as it was, with the edits so far.
    package let tree: CatalogTree
    let preparation: Preparation
    /// Seconds since 1970: of what says no other time.
    let modified: Int64
    /// Whether anything was edited; without it there will be no revision.
    package internal(set) var hasChanges = false
    /// What was put in its place.
    private(set) var attached: [PreparedCatalog] = []

    /// The number of the revision that it goes on from.
    package var revision: UInt64 {
        get throws { try tree.root.catalog.revision() }
    }

    /// Makes edits, and tells whether they changed anything, whatever was changed before.
    func changes(_ edit: () throws -> Void) rethrows -> Bool {
        let before = hasChanges
        hasChanges = false
        defer { hasChanges = hasChanges || before }
        try edit()
        return hasChanges
    }

    init(tree: CatalogTree, preparation: Preparation, modified: Int64) {
        self.tree = tree
        self.preparation = preparation
        self.modified = modified
    }

    /// Makes a directory and those above it that are missing; fine where it exists. Where `nested`, its entries get a
    /// catalog of their own; one that exists keeps what it has.
    package func makeDirectory(
        _ path: BytePath,
        nested: Bool = false,
        attributes: TreeEdit.Attributes = TreeEdit.Attributes()
    ) throws {
        if let entry = try tree.entry(at: path) {
            guard entry.isDirectory else { throw CVMFSError(.refused, "\(path) exists and is not a directory") }
            return
        }
        if let parent = path.parent { try makeDirectory(parent) }
        let row = attributes.applied(to: .directory(path.name, modified: modified))
        if nested {
            let marker = try CatalogEntry.marker(algorithm: preparation.algorithm, preparation.markers)
            try tree.putNested(row, at: path, marker: marker)
        } else {
            try tree.put(row, at: path)
        }
        hasChanges = true
    }

    /// Writes a small file; its directory must exist. One with the same content and attributes stays as it is.
    package func writeFile(
        _ path: BytePath,
        _ bytes: [UInt8],
        attributes: TreeEdit.Attributes = TreeEdit.Attributes()
    ) throws {
        if let row = try tree.entry(at: path), attributes.agree(with: row), try tree.readFile(path) == bytes { return }
        let content = try preparation.storeFile(bytes)
        let row = attributes.applied(to: .file(path.name, content: content, modified: modified))
        try tree.put(row, at: path, chunks: content.chunks)
        hasChanges = true
    }

    /// Makes a symbolic link; its directory must exist. One with the same target and attributes stays as it is.
    package func writeSymlink(
        _ path: BytePath,
        _ target: [UInt8],
        attributes: TreeEdit.Attributes = TreeEdit.Attributes()
    ) throws {
        var attributes = attributes
        attributes.permissions = nil
        if let row = try tree.entry(at: path), row.type == .symlink, row.symlink == target, attributes.agree(with: row)
        {
            return
        }
        try tree.put(attributes.applied(to: .symlink(path.name, target: target, modified: modified)), at: path)
        hasChanges = true
    }

    /// Puts a prepared catalog in its place, making the directories above it. The same one twice changes nothing.
    package func attach(_ prepared: PreparedCatalog) throws {
        if let parent = prepared.path.parent { try makeDirectory(parent) }
        if try tree.attach(prepared) { hasChanges = true }
        attached.append(prepared)
    }

    /// Brings every catalog of the repository into these forms; nil leaves things as they are. What is split stays so:
    /// ``HardLinkForm/keep`` changes nothing. It reads all catalogs.
    ///
    /// Throws ``CVMFSError`` `refused` where something was edited before.
    package func rewrite(hardLinks: HardLinkForm?, markers: MarkerForm?) throws -> RewrittenRows {
        guard !hasChanges else { throw CVMFSError(.refused, "catalogs are rewritten before anything else is edited") }
        let rows = try tree.rewrite(
            hardLinks: hardLinks,
            markers: markers,
            modified: modified,
            storing: preparation.storeCatalog
        )
        if !rows.isEmpty { hasChanges = true }
        return rows
    }

    /// Removes a file, a link, a device, or a directory with everything below it. Throws ``CVMFSError`` `notFound` where
    /// there is nothing, and `refused` for the root, for the marker of a catalog and for `/.cvmfs`.
    package func remove(_ path: BytePath) throws {
        try tree.remove(path)
        hasChanges = true
    }
}
