import Plumbing

extension CatalogTree {
    /// Brings a catalog that is about to change to the newest schema revision.
    func upgrade(_ node: CatalogNode) throws {
        guard node.catalog.shownAt == nil else {
            throw CVMFSError(.refused, "\(node.path) shows another revision of the repository: it cannot be changed")
        }
        if node.catalog.isOutdated, !node.missingBefore.isEmpty {
            let counted = try node.catalog.recount()
            for name in node.missingBefore { node.own[name] = counted[name] }
        }
        try node.catalog.upgrade()
    }

    /// Counts what lies below a catalog anew where the numbers in it cannot be gone on with: they leave out, or do not,
    /// what catalogs of older revisions did not count. All of those that changed must be stored.
    func settleCounters(of node: CatalogNode) throws {
        if node.uncertain.isEmpty { return }
        var below = Counters()
        for (path, reference) in try node.catalog.nestedCatalogs() {
            below = below + (try total(of: reference, at: path))
        }
        for name in node.uncertain { node.subtree[name] = below[name] }
        node.uncertain = []
    }

    /// What a stored catalog and those below it count, where the rows speak for counters that it does not have.
    private func total(of reference: CatalogReference, at path: BytePath) throws -> Counters {
        let catalog = try Self.load(reference, at: path, from: store)
        let (own, subtree) = try catalog.counters()
        var total = own + subtree
        let missing = catalog.isOutdated ? try catalog.missingCounters() : []
        if missing.isEmpty { return total }
        var counted = try catalog.recount()
        for (path, reference) in try catalog.nestedCatalogs() {
            counted = counted + (try self.total(of: reference, at: path))
        }
        for name in missing { total[name] = counted[name] }
        return total
    }
}
