package import Plumbing

/// One member of a layer as its tar archive says it, before anything is known of the others.
package struct LayerEntry: Sendable, Equatable {
    /// What the member does.
    package enum Kind: Sendable, Equatable {
        /// It is a file. Archives hold no sockets.
        case node(FileNode.Kind)
        /// It is another name of that member, a path from the layer's root.
        case hardLink(target: BytePath)
        /// It is a file of so many bytes that only serves as the target of hard links: aufs keeps files with several names
        /// so.
        case linkTarget(size: Int64)
        /// It is left out, and hard links to it are so, too.
        case leftOut(LayerNotes.Dropped)
        /// The path of this name is deleted from the layers below.
        case whiteout
        /// The directory hides what the layers below have in it.
        case opaque
    }

    /// Where it lies, from the layer's root. Of a whiteout: the deleted name. Of an opaque mark: the directory.
    package let path: BytePath
    /// What it does.
    package let kind: Kind
    /// Who it belongs to, and since when it is as it is.
    package let attributes: FileAttributes

    /// The bytes of content that the archive has for it; nil where that has none.
    package var contentSize: Int64? {
        switch kind {
        case .node(.file(let size)), .linkTarget(let size): size
        default: nil
        }
    }

    /// Whether nothing comes of it.
    package var isLeftOut: Bool {
        if case .leftOut = kind { true } else { false }
    }

    /// Makes an entry, with the attributes of an implicit directory where none are given.
    package init(path: BytePath, kind: Kind, _ attributes: FileAttributes = FileAttributes()) {
        self.path = path
        self.kind = kind
        self.attributes = attributes
    }

    /// The entry that a file is.
    package init(path: BytePath, _ node: FileNode) {
        self.init(path: path, kind: .node(node.kind), node.attributes)
    }
}

extension LayerEntry.Kind {
    /// A directory.
    package static var directory: Self { .node(.directory) }
    /// A regular file of so many bytes.
    package static func file(size: Int64) -> Self { .node(.file(size: size)) }
    /// A symbolic link to these bytes.
    package static func symlink(target: [UInt8]) -> Self { .node(.symlink(target: target)) }
}
