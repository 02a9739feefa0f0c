package import Plumbing

/// What differs between two trees, as their catalogs tell: no content is read.
///
/// Both are walked at once, in path order and a directory at a time, so that memory does not grow with their size. A
/// nested catalog that both have, at the same place and with the same hash, is left out without being loaded. What
/// clients do not show counts as not there, and what another revision shows at a bind mountpoint is compared by the hash
/// of its root, unless a path leads there. Blocks; belongs to one thread.
package struct TreeComparison {
    /// One of the trees: a directory, or anything else that has a name.
    package struct Side {
        let tree: CatalogTree
        let path: BytePath

        /// What a path leads to. Each side has a ``CatalogTree`` of its own, which nobody edits: they would drop each
        /// other's catalogs.
        package init(_ path: BytePath, of tree: CatalogTree) {
            self.tree = tree
            self.path = path
        }
    }

    private let before: Side
    private let after: Side

    /// A comparison of `before` with `after`.
    package init(before: Side, after: Side) {
        self.before = before
        self.after = after
    }

    /// Calls `body` for each difference, parents first, in path order. A tree that is only there on one side is added or
    /// removed as a whole.
    ///
    /// Throws ``CVMFSError`` `notFound` where neither is there, and `corrupt` as ``CatalogTree/walk(_:_:)`` does.
    package func run(_ body: (TreeDifference) throws -> Void) throws {
        let old = try ComparedEntry(top: before.path, of: before.tree)
        let new = try ComparedEntry(top: after.path, of: after.tree)
        guard old != nil || new != nil else {
            let names = before.path == after.path ? "\(before.path.absolute) exists" : "they exist"
            throw CVMFSError(.notFound, "there is nothing to compare: \(names) on neither side")
        }
        let top = ComparedPair(path: BytePath(), old: old, new: new)
        if let difference = try top.difference() { try body(difference) }
        // No recursion: a tree may be two thousand directories deep, more than a thread's stack holds.
        var levels = [try ComparedLevel(in: top)].compactMap { $0 }
        while let last = levels.indices.last {
            guard let pair = try levels[last].next() else {
                levels.removeLast()
                continue
            }
            if let difference = try pair.difference() { try body(difference) }
            if let level = try ComparedLevel(in: pair.own) { levels.append(level) }
        }
    }
}
