package import Plumbing

/// An entry that is not the same in two trees.
package struct TreeDifference: Sendable, Equatable {
    /// What happened to an entry on the way from the first tree to the second.
    package enum Kind: String, Sendable {
        case added, removed, changed
    }

    /// Where it is, seen from the roots of both trees; the root for these themselves.
    package let path: BytePath
    /// The entry of the first tree, nil where it has none.
    package let before: CatalogEntry?
    /// The entry of the second tree, nil where it has none.
    package let after: CatalogEntry?
    /// In what they differ, in the order of ``EntryAspect``; empty where one of them is not there.
    package let aspects: [EntryAspect]

    /// What happened to it.
    package var kind: Kind {
        if before == nil { return .added }
        return after == nil ? .removed : .changed
    }
}
