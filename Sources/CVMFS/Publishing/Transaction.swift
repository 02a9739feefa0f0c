package import Plumbing

/// The edits of one revision. They become visible together, or not at all.
///
/// Given by ``Repository/commit(_:lockTimeout:now:_:)`` to its closure, which runs under the repository's lock on a
/// dedicated thread.
package final class Transaction {
    /// The repository as it was, with the edits so far.
    package let tree: CatalogTree
    private let preparation: Preparation
    private let modified: Int64
    /// Whether anything was edited; without it there will be no revision.
    package private(set) var hasChanges = false

    init(tree: CatalogTree, preparation: Preparation, modified: Int64) {
        self.tree = tree
        self.preparation = preparation
        self.modified = modified
    }

    /// Makes a directory and those above it that are missing; fine where it exists. Where `nested`, its entries get a
    /// catalog of their own; one that exists keeps what it has.
    package func makeDirectory(_ path: BytePath, nested: Bool = false) throws {
        if let entry = try tree.entry(at: path) {
            guard entry.isDirectory else { throw CVMFSError(.refused, "\(path) exists and is not a directory") }
            return
        }
        if let parent = path.parent { try makeDirectory(parent) }
        let row = CatalogEntry.directory(path.name, modified: modified)
        if nested {
            try tree.putNested(row, at: path, algorithm: preparation.algorithm)
        } else {
            try tree.put(row, at: path)
        }
        hasChanges = true
    }

    /// Writes a small file, mode 0644, owner 0:0; its directory must exist. One with the same content stays as it is.
    package func writeFile(_ path: BytePath, _ bytes: [UInt8]) throws {
        if try tree.readFile(path) == bytes { return }
        let content = try preparation.storeFile(bytes)
        try tree.put(
            .file(path.name, content: content, modified: modified),
            at: path,
            chunks: content.chunks
        )
        hasChanges = true
    }

    /// Puts a prepared catalog in its place, making the directories above it. The same one twice changes nothing.
    package func attach(_ prepared: PreparedCatalog) throws {
        if let parent = prepared.path.parent { try makeDirectory(parent) }
        if try tree.attach(prepared) { hasChanges = true }
    }

    /// Removes a file, a link, a device, or a directory with everything below it. Throws ``CVMFSError`` `notFound` where
    /// there is nothing, and `refused` for the root, for the marker of a catalog and for `/.cvmfs`.
    package func remove(_ path: BytePath) throws {
        try tree.remove(path)
        hasChanges = true
    }
}
