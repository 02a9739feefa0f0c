import Plumbing

/// Something in a repository that the format allows, and that people who use its images stumble over.
package struct LayoutWarning: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// What it is about, in the order in which they are reported.
    package enum Kind: String, Sendable, CaseIterable {
        /// A name of an image that leads nowhere.
        case name
        /// A root file system without a record.
        case tree
        /// A record without a root file system.
        case treeRecord = "tree-record"
        /// What podman stumbles over.
        case podman
        /// What could not be looked at.
        case notChecked = "not-checked"
    }

    /// What it is about.
    package let kind: Kind
    /// A path of the repository, beginning with a slash. Printable.
    package let path: String
    /// What is wrong there: the rest of a sentence that begins with the path. Printable, in one line.
    package let text: String

    /// One line.
    package var description: String { "\(path) \(text) (\(kind.rawValue))" }

    /// By kind, then by path.
    package static func < (left: LayoutWarning, right: LayoutWarning) -> Bool {
        if left.kind != right.kind { return left.kind.position < right.kind.position }
        return (left.path, left.text) < (right.path, right.text)
    }
}

extension LayoutWarning.Kind {
    fileprivate var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
