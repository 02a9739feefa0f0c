import Plumbing

/// Bringing what is published into another form: every catalog is opened, children first, and stored where it changes.
extension CatalogTree {
    /// Splits all hard-link groups where `hardLinks` says so, and brings the markers of nested catalogs into the form that
    /// `markers` names; nil leaves them. The tree must be as it was published. Of catalogs one for each level is open.
    func rewrite(
        hardLinks: HardLinkForm?,
        markers: MarkerForm?,
        modified: Int64,
        storing: (_ catalog: [UInt8]) throws -> ContentHash
    ) throws -> RewrittenRows {
        var rows = RewrittenRows()
        try rewriteCatalogs(from: root, modified: modified, storing: storing) { node in
            if hardLinks == .split {
                let names = try splitHardLinks(in: node)
                if names > 0 { rows.splitNames[node.path] = names }
            }
            if let markers, try setMarker(markers, in: node) { rows.markers += 1 }
        }
        // What was loaded of the tree before is not what its catalogs name now.
        root.children = [:]
        return rows
    }

    private func rewriteCatalogs(
        from node: CatalogNode,
        modified: Int64,
        storing: (_ catalog: [UInt8]) throws -> ContentHash,
        _ edit: (CatalogNode) throws -> Void
    ) throws {
        for (path, reference) in try node.catalog.nestedCatalogs() {
            let catalog = try Self.load(reference, at: path, from: store)
            let child = try CatalogNode(catalog: catalog, reference: reference)
            try rewriteCatalogs(from: child, modified: modified, storing: storing, edit)
            guard child.isDirty else { continue }
            try upgrade(node)
            let changed = try write(child, modified: modified, storing: storing)
            try node.catalog.setNestedCatalog(at: path, changed)
            node.discount(child)
            node.subtree = node.subtree + child.own + child.subtree
            node.isDirty = true
        }
        try edit(node)
    }

    /// Makes each name of a group a file of its own. Returns how many there were. The counters do not know of groups.
    private func splitHardLinks(in node: CatalogNode) throws -> Int {
        let names = try node.catalog.linkedNames()
        if names == 0 { return 0 }
        try upgrade(node)
        try node.catalog.splitHardLinks()
        node.isDirty = true
        return names
    }

    /// Returns whether the marker was in another form. The root of a repository has none that means something.
    private func setMarker(_ form: MarkerForm, in node: CatalogNode) throws -> Bool {
        guard let row = try node.catalog.marker(), row.flags != row.marked(form).flags else { return false }
        try upgrade(node)
        try node.put(row.marked(form), at: node.path.appending(CatalogEntry.markerName))
        return true
    }
}
