import Plumbing

/// The check of one catalog: every row of it, found by walking its directories.
final class CatalogInspection {
    let catalog: Catalog
    let objects: ObjectCheck
    let faults: FaultCollector
    var prefix: BytePath { catalog.rootPrefix }
    let listing: SQLiteStatement
    let chunks: SQLiteStatement
    let anyEntry: SQLiteStatement
    /// What the rows add up to.
    var own = Counters()
    var entries: Int64 = 0
    /// The rows of directories whose content lies in another catalog.
    var mountpoints: [BytePath: InspectedRow] = [:]
    /// Directories still to be read, each with its link count; nil where that is not known.
    var directories: [(path: BytePath, linkCount: UInt32?)] = []

    /// What is left to do once the catalog is closed.
    struct Result {
        let own: Counters
        let stored: StoredCounters
        let entries: Int64
        let children: [NestedCatalog]
        /// Whether these are all that the catalog should have.
        let areChildrenComplete: Bool
    }

    init(_ catalog: Catalog, objects: ObjectCheck, faults: FaultCollector) throws {
        self.catalog = catalog
        self.objects = objects
        self.faults = faults
        let columns = try InspectedRow.columns(catalog)
        // No order: the index has the rows of a directory together, and sorting a large one costs memory.
        listing = try catalog.database.prepare("SELECT \(columns) FROM catalog WHERE parent_1 = ? AND parent_2 = ?")
        chunks = try catalog.database.prepare(
            "SELECT offset, size, hash FROM chunks WHERE md5path_1 = ? AND md5path_2 = ? ORDER BY offset, size"
        )
        anyEntry = try catalog.database.prepare("SELECT 1 FROM catalog WHERE parent_1 = ? AND parent_2 = ? LIMIT 1")
    }

    /// Checks everything but the numbers of what lies below. `transition` is the mountpoint's row in the parent catalog.
    func run(transition: InspectedRow?) throws -> Result {
        directories = [(prefix, try checkRoot(transition))]
        while let directory = directories.popLast() {
            try checkDirectory(directory.path, linkCount: directory.linkCount)
        }
        let count = try catalog.rowCount()
        if count != entries {
            faults.add(.orphans, prefix.checkText, "\(count - entries) of \(count) rows hang from no directory")
        }
        let (children, areComplete) = try checkNestedCatalogs()
        let stored = try StoredCounters(catalog)
        stored.compare("self_", with: own, prefix.checkText, faults)
        return Result(
            own: own,
            stored: stored,
            entries: entries,
            children: children,
            areChildrenComplete: areComplete
        )
    }

    /// Checks that the repository's root is the first row, which clients take for it (docs/cvmfs-format.md §3.1).
    private func checkRootNumber(_ key: PathKey) throws {
        guard prefix.isRoot else { return }
        let number = try catalog.database
            .prepare("SELECT rowid FROM catalog WHERE md5path_1 = ? AND md5path_2 = ?")
            .first(.integer(key.first), .integer(key.second)) { $0.integer(0) }
        if let number, number != 1 {
            faults.add(
                .rootEntry,
                prefix.checkText,
                "the root's row is number \(number), and clients take the first for it"
            )
        }
    }

    /// Checks the catalog's own root and returns its link count, nil where there is no such directory.
    private func checkRoot(_ transition: InspectedRow?) throws -> UInt32? {
        let path = prefix.checkText
        let key = try PathKey(prefix)
        let columns = try InspectedRow.columns(catalog)
        let root = try catalog.database
            .prepare("SELECT \(columns) FROM catalog WHERE md5path_1 = ? AND md5path_2 = ?")
            .first(.integer(key.first), .integer(key.second), body: InspectedRow.init)
        if root != nil { entries += 1 }
        guard let root, root.type == .directory else {
            faults.add(.rootEntry, path, root == nil ? "the catalog has no root" : "the catalog's root is no directory")
            return nil
        }
        own[.dir] += 1
        try checkRootNumber(key)
        checkXattrs(of: root, prefix)
        if root.name != prefix.name || !root.hasTexts {
            faults.add(.name, path, "the catalog's root is named \"\(Printable.text(root.name))\"")
        }
        if root.flags.contains(.nestedRoot) != (transition != nil) {
            let text = "is marked as the root of a nested catalog"
            faults.add(.rootEntry, path, transition == nil ? text : "the catalog's root is not marked as such")
        }
        if let transition {
            let differences = root.differences(from: transition)
            if !differences.isEmpty {
                let list = differences.joined(separator: ", ")
                faults.add(.transition, path, "the rows in parent and nested catalog differ in \(list)")
            }
        }
        return root.linkCount
    }
}
