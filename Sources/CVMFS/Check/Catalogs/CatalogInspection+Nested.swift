import Plumbing

extension CatalogInspection {
    /// Compares mountpoints with registrations. Returns the nested catalogs that can be looked at, ordered by path, and
    /// whether they are all.
    func checkNestedCatalogs() throws -> (children: [NestedCatalog], areComplete: Bool) {
        let nested = try registrations("nested_catalogs")
        let bound = try registrations("bind_mountpoints")
        own[.nested] = Int64(nested.count)
        for path in Set(nested.keys).intersection(bound.keys) {
            faults.add(.nestedCatalogs, text(path), "is registered both as a nested catalog and as a bind mountpoint")
        }
        for (path, row) in mountpoints {
            let isNested = row.flags.contains(.mountpoint)
            if isNested, row.flags.contains(.bindMountpoint) {
                faults.add(.nestedCatalogs, path.checkText, "is both a mountpoint and a bind mountpoint")
            }
            if (isNested ? nested : bound)[path.absoluteBytes] == nil {
                faults.add(.nestedCatalogs, path.checkText, "a mountpoint without a registered catalog")
            }
        }
        let children = nested.compactMap { child($0, $1) }.sorted { $0.path < $1.path }
        let expected = mountpoints.filter { $0.value.flags.contains(.mountpoint) }
        return (children, children.count == nested.count && children.count == expected.count)
    }

    /// A registered nested catalog, nil where it cannot be looked at.
    private func child(_ bytes: [UInt8], _ registration: Registration) -> NestedCatalog? {
        guard let path = BytePath(absolute: bytes), path.absoluteBytes == bytes, path != prefix,
            path.starts(with: prefix)
        else {
            faults.add(.nestedCatalogs, text(bytes), "a nested catalog outside of \(prefix.checkText) is registered")
            return nil
        }
        guard let row = mountpoints[path], row.flags.contains(.mountpoint) else {
            faults.add(.nestedCatalogs, path.checkText, "a nested catalog is registered where there is no mountpoint")
            return nil
        }
        // Empty text stands for a catalog that cannot be mounted (docs/cvmfs-format.md §3.8).
        guard let hash = ContentHash(registration.hash) else {
            let hash = registration.isText ? "\"\(Printable.text(registration.hash))\"" : "no text"
            faults.add(.nestedCatalogs, path.checkText, "the nested catalog is registered with \(hash) for a hash")
            return nil
        }
        return NestedCatalog(
            path: path,
            reference: CatalogReference(hash: hash, size: registration.size),
            transition: row
        )
    }

    private struct Registration {
        let hash: String
        let isText: Bool
        let size: Int64
    }

    private func registrations(_ table: String) throws -> [[UInt8]: Registration] {
        // Schema revisions below 4 have no bind mountpoints (docs/cvmfs-format.md §3.2).
        let exists = try catalog.database.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?")
            .first(.text(table)) { _ in true }
        guard exists == true else { return [:] }
        let size = try catalog.columns(of: table).contains("size") ? "size" : "0"
        var registrations: [[UInt8]: Registration] = [:]
        try catalog.database.prepare("SELECT path, sha1, \(size) FROM \(table)").forEach { row in
            registrations[row.bytes(0)] = Registration(
                hash: row.string(1),
                isText: row.isText(1),
                size: row.integer(2)
            )
        }
        return registrations
    }

    private func text(_ path: [UInt8]) -> String {
        Printable.text(path, limit: 4096)
    }
}
