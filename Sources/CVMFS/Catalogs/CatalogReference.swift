/// A catalog as its parent or the manifest names it.
package struct CatalogReference: Sendable, Equatable {
    /// The object, of kind ``ObjectKind/catalog``.
    package let hash: ContentHash
    /// The inflated database in bytes; 0 where a repository before schema revision 1 does not say.
    package let size: Int64

    /// A reference.
    package init(hash: ContentHash, size: Int64) {
        self.hash = hash
        self.size = size
    }
}
