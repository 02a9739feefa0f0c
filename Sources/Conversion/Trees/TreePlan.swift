package import OCI
package import Plumbing

/// A root file system that shall be made of layers.
package struct TreePlan: Sendable {
    /// Where it is put, as a catalog of its own.
    package let root: BytePath
    /// The digests of the layers, bottom to top; they are prepared or published.
    package let layers: [Digest]
    /// How it is made.
    package let options: TreeOptions
    /// What is added where the layers have nothing.
    let additions: [AddedFile]

    /// The tree of an image, with what is added for those who run it.
    init(root: BytePath, layers: [Digest], options: TreeOptions, additions: [AddedFile]) {
        self.root = root
        self.layers = layers
        self.options = options
        self.additions = additions
    }

    /// A tree of layers alone.
    package init(root: BytePath, layers: [Digest], options: TreeOptions) {
        self.init(root: root, layers: layers, options: options, additions: [])
    }
}

/// A file that is added to a tree.
struct AddedFile: Sendable, Equatable {
    let path: BytePath
    let node: FileNode
    /// Of a regular file.
    let content: [UInt8]

    init(_ path: BytePath, _ node: FileNode, content: [UInt8] = []) {
        self.path = path
        self.node = node
        self.content = content
    }
}

extension [AddedFile] {
    /// The same in path order, with the root and the directories on the way to them.
    var withDirectories: [AddedFile] {
        var files = [BytePath(): AddedFile(BytePath(), FileNode(.directory))]
        for file in self {
            for directory in file.path.ancestors where files[directory] == nil {
                files[directory] = AddedFile(directory, FileNode(.directory))
            }
            files[file.path] = file
        }
        return files.values.sorted { $0.path < $1.path }
    }
}

/// A tree that is stored and not visible.
package struct AssembledTree: Sendable {
    /// Its files and directories.
    package let entries: Int
    /// The bytes of its files.
    package let size: Int64
    /// What is not as in the image: how often, by kind.
    package let notes: [String: Int]
    /// How long it took to merge the layers' rows, before anything was made of them.
    package let merging: Duration
}

extension AssembledTree {
    /// What cannot be known of a layer that was published without attributes, and by a version that did not note which of its
    /// directories hide what lies below.
    static func unknown(_ losses: [LayerLoss: Int], _ base: LayerBaseRecord?) -> [String: Int] {
        guard let count = losses[.opaqueDirectories], base?.opaqueDirectories == nil else { return [:] }
        return ["unknown-opaque-directory": count]
    }
}
