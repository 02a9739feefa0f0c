import Plumbing

/// Goes through catalogs and those nested in them, each once however many lead to it, one in memory at a time.
struct CatalogWalk {
    let store: any ObjectReader
    /// Whether a catalog that is not there is passed over: it went with an earlier collection.
    let passesOverMissing: Bool

    /// Visits what lies at and below a catalog. `enter` says whether a catalog is still to be read, and `object` hears of
    /// each object that a row names.
    ///
    /// Throws ``CVMFSError`` where a catalog cannot be read, naming it, and what the closures throw.
    func run(
        from root: CatalogReference,
        enter: (CatalogReference) throws -> Bool,
        object: (ContentHash, ObjectKind) throws -> Void
    ) throws {
        var open = [root]
        while let reference = open.popLast() {
            guard try enter(reference) else { continue }
            if passesOverMissing, try store.size(of: reference.hash, .catalog) == nil { continue }
            let catalog = try load(reference)
            try catalog.forEachObject(object)
            open += try catalog.nestedCatalogs().map(\.reference)
        }
    }

    private func load(_ reference: CatalogReference) throws -> Catalog {
        do {
            return try CatalogTree.load(reference, at: nil, from: store)
        } catch let error as CVMFSError where error.code == .corrupt || error.code == .notFound {
            throw CVMFSError(
                error.code,
                "cannot read the catalog \(reference.hash.objectPath(.catalog)), which may lead to objects that are needed: "
                    + "\(error)"
            )
        }
    }
}
