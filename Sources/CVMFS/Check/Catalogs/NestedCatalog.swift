import Plumbing

/// A catalog that is to be checked, as its parent knows it.
struct NestedCatalog {
    let path: BytePath
    let reference: CatalogReference
    /// The mountpoint's row in the parent; nil for the root catalog.
    let transition: InspectedRow?
}
