package import Plumbing

/// One file of a layer as its members together say it.
package struct LayerNode<Content: Sendable>: Sendable {
    /// Where it lies, from the layer's root.
    package let path: BytePath
    /// What lies there; the deletion of a name is ``Plumbing/FileNode/whiteout``.
    package let file: FileNode
    /// What the caller knows the content of a regular file by; nil for everything else.
    package let content: Content?
    /// Whether it is a directory that hides what the layers below have in it.
    package let isOpaque: Bool
    /// The same number for the names of one file within one directory, from 1 in path order; 0 for a name that has the
    /// file to itself there. Names in other directories are files of their own (docs/cvmfs-format.md §3.6).
    package internal(set) var linkGroup = 0
    /// How many names the group has; 1 outside groups.
    package internal(set) var linkCount = 1
    /// How many names the file has in the whole layer; 1 for a directory and a whiteout.
    package internal(set) var nameCount = 1

    init(path: BytePath, _ file: FileNode, content: Content? = nil, isOpaque: Bool = false) {
        self.path = path
        self.file = file
        self.content = content
        self.isOpaque = isOpaque
    }

    /// The deletion of a name.
    static func whiteout(_ path: BytePath) -> LayerNode { LayerNode(path: path, .whiteout) }
}

extension LayerNode {
    /// What it is.
    package var kind: FileNode.Kind { file.kind }
    /// Its owner, permissions, times.
    package var attributes: FileAttributes { file.attributes }
}

extension FileNode {
    /// The deletion of a name from the layers below, as the kernel's overlay marks it: a character device 0:0
    /// (docs/decisions/023-whiteouts-in-kernel-form.md).
    package static let whiteout = FileNode(
        .characterDevice(DeviceNumber(major: 0, minor: 0)),
        FileAttributes(mode: 0)
    )

    /// Whether it deletes a name: no layer may have such a device of its own.
    package var isWhiteout: Bool { kind == Self.whiteout.kind }
}
