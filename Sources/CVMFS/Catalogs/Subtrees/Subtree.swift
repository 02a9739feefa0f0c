import Plumbing

/// The entries of a subtree that becomes a catalog, in path order, its root first.
///
/// They are gone through twice and need not be in memory together: there may be millions.
package protocol Subtree {
    /// How many there are.
    var count: Int { get }

    /// Tells where each entry lies, 0 being the root's depth, and whether it is a directory.
    func forEachPlace(_ body: (_ depth: Int, _ isDirectory: Bool) -> Void)

    /// Makes each entry. Throws what `body` throws, and where an entry cannot be made.
    func forEachEntry(_ body: (SubtreeEntry) throws -> Void) throws
}

extension [SubtreeEntry]: Subtree {
    package func forEachPlace(_ body: (_ depth: Int, _ isDirectory: Bool) -> Void) {
        for entry in self { body(entry.path.depth, entry.row.isDirectory) }
    }

    package func forEachEntry(_ body: (SubtreeEntry) throws -> Void) throws {
        for entry in self { try body(entry) }
    }
}
