import Plumbing

/// Which of the forms that a repository can choose its rows have (``HardLinkForm``, ``MarkerForm``).
extension Catalog {
    /// What is no directory and in a hard-link group: the group is in the upper half of the column
    /// (docs/cvmfs-format.md §3.5).
    private static var isLinked: String { "hardlinks >> 32 <> 0 AND mode & 61440 <> 16384" }

    /// How many names share a file with others.
    func linkedNames() throws -> Int {
        let sql = "SELECT count(*) FROM catalog WHERE \(Self.isLinked)"
        return Int(try database.prepare(sql).first { $0.integer(0) } ?? 0)
    }

    /// Makes each of them a file of its own: link count 1, group 0, everything else as it was.
    func splitHardLinks() throws {
        try database.execute("UPDATE catalog SET hardlinks = 1 WHERE \(Self.isLinked)")
    }

    /// The marker in its root; nil where it has none, and for the repository's own root.
    func marker() throws -> CatalogEntry? {
        guard !rootPrefix.isRoot, let row = try entry(at: rootPrefix.appending(CatalogEntry.markerName)),
            row.type == .regular
        else { return nil }
        return row
    }
}
