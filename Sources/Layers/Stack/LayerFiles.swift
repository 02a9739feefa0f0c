package import Plumbing

/// The files of one layer as it is stored. Paths begin at its root; no link is followed.
package protocol LayerFiles<Content> {
    associatedtype Content: Sendable

    /// What the layer has at a path: also the deletion of a name (``Plumbing/FileNode/whiteout``). Nil where it has nothing.
    func file(at path: BytePath) throws -> LayerFile?

    /// What the layer has in a directory, deletions among it, in any order; none where it has no such directory.
    func files(in directory: BytePath) throws -> [(name: [UInt8], file: LayerFile)]

    /// The content of a regular file.
    func content(at path: BytePath) throws -> Content
}

/// A file of one layer.
package struct LayerFile: Sendable, Equatable {
    /// What it is, without the marks of overlayfs.
    package let node: FileNode
    /// Whether it is a directory that hides what lower layers have in it.
    package let isOpaque: Bool

    /// A file.
    package init(_ node: FileNode, isOpaque: Bool = false) {
        self.node = node
        self.isOpaque = isOpaque
    }
}
