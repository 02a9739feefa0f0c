/// A revision that somebody named, and where its catalogs are.
package struct NamedRevision: Sendable, Equatable {
    /// Its number.
    package let number: UInt64
    /// Its root catalog.
    package let root: CatalogReference

    /// A revision.
    package init(number: UInt64, root: CatalogReference) {
        self.number = number
        self.root = root
    }
}
