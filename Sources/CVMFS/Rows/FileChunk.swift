/// A piece of a chunked file (docs/cvmfs-format.md §4).
package struct FileChunk: Sendable, Equatable {
    /// Where it starts in the file, in bytes.
    package let offset: Int64
    /// Its inflated length in bytes.
    package let size: Int64
    /// The object, of kind ``ObjectKind/chunk``.
    package let hash: ContentHash

    /// A piece of a file.
    package init(offset: Int64, size: Int64, hash: ContentHash) {
        self.offset = offset
        self.size = size
        self.hash = hash
    }
}
