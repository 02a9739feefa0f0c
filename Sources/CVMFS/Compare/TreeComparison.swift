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
        try compare(old, new, at: BytePath(), body)
        try descend(old, new, at: BytePath(), body)
    }

    /// Tells the difference between two entries, or that there is only one.
    private func compare(
        _ old: ComparedEntry?,
        _ new: ComparedEntry?,
        at path: BytePath,
        _ body: (TreeDifference) throws -> Void
    ) throws {
        var aspects: [EntryAspect] = []
        if let old, let new {
            aspects = try old.aspects(against: new)
            if aspects.isEmpty { return }
        }
        try body(TreeDifference(path: path, before: old?.row, after: new?.row, aspects: aspects))
    }

    /// Compares what lies in two directories. What is no directory has nothing in it.
    private func descend(
        _ old: ComparedEntry?,
        _ new: ComparedEntry?,
        at path: BytePath,
        _ body: (TreeDifference) throws -> Void
    ) throws {
        if let old, let new, old.row.isDirectory, new.row.isDirectory, try old.isInSameCatalog(as: new) { return }
        let (left, right) = (try ComparedDirectory(of: old), try ComparedDirectory(of: new))
        var (leftIndex, rightIndex) = (0, 0)
        while let name = Self.first(left.name(leftIndex), right.name(rightIndex)) {
            var pair: (old: ComparedEntry?, new: ComparedEntry?)
            if left.name(leftIndex) == name {
                pair.old = try left.entry(leftIndex)
                leftIndex += 1
            }
            if right.name(rightIndex) == name {
                pair.new = try right.entry(rightIndex)
                rightIndex += 1
            }
            let child = path.appending(name)
            try compare(pair.old, pair.new, at: child, body)
            try descend(Self.own(pair.old), Self.own(pair.new), at: child, body)
        }
    }

    /// Of an entry that shows another revision, nothing lies in this one.
    private static func own(_ entry: ComparedEntry?) -> ComparedEntry? {
        entry.flatMap { $0.row.flags.contains(.bindMountpoint) ? nil : $0 }
    }

    private static func first(_ left: [UInt8]?, _ right: [UInt8]?) -> [UInt8]? {
        guard let left, let right else { return left ?? right }
        return right.lexicographicallyPrecedes(left) ? right : left
    }
}
