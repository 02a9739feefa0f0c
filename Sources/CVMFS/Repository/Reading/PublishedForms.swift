import Plumbing

/// In which forms the catalogs of the published revision are.
package struct PublishedForms: Sendable, Equatable {
    /// Names that share a file with others in their directory.
    package private(set) var linkedNames = 0
    /// Markers of nested catalogs that clients do not show.
    package private(set) var hiddenMarkers = 0

    /// Reads every catalog, one for each level at a time. Throws ``CVMFSError`` where one of them cannot be read.
    package init(of tree: CatalogTree) throws {
        try add(tree.root.catalog, in: tree)
    }

    private mutating func add(_ catalog: Catalog, in tree: CatalogTree) throws {
        linkedNames += try catalog.linkedNames()
        if try catalog.marker()?.flags.contains(.hidden) == true { hiddenMarkers += 1 }
        for (path, reference) in try catalog.nestedCatalogs() {
            try add(try CatalogTree.load(reference, at: path, from: tree.store), in: tree)
        }
    }
}
