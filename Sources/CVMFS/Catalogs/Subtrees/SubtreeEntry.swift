package import Plumbing

/// An entry of a subtree that becomes a catalog of its own.
package struct SubtreeEntry: Sendable {
    /// Where it lies in the subtree, the root for the subtree's own directory.
    package let path: BytePath
    /// Its row. The link counts of directories are computed when the catalog is written.
    package let row: CatalogEntry
    /// The pieces of a chunked file.
    package let chunks: [FileChunk]

    /// An entry.
    package init(path: BytePath, row: CatalogEntry, chunks: [FileChunk] = []) {
        self.path = path
        self.row = row
        self.chunks = chunks
    }
}
