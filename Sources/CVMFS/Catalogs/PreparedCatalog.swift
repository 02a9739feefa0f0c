package import Plumbing

/// A catalog that is stored but that no revision refers to yet.
package struct PreparedCatalog: Sendable {
    /// Where it must be attached: its rows hold the keys of these paths.
    package let path: BytePath
    /// The object.
    package let reference: CatalogReference
    /// The row for the parent catalog, without the mountpoint's flag.
    let root: CatalogEntry
    /// What it counts, with everything below it.
    package let counters: Counters
}
