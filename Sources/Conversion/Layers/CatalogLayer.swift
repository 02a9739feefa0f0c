import CVMFS
import Layers
import Plumbing

/// A layer in a repository, published or only prepared, as its catalogs have it.
struct CatalogLayer: LayerFiles {
    private let tree: CatalogTree
    private let root: BytePath

    /// The layer whose root lies at `root` of a tree.
    init(_ tree: CatalogTree, at root: BytePath) {
        self.tree = tree
        self.root = root
    }

    func file(at path: BytePath) throws -> LayerFile? {
        let place = root.appending(path)
        guard let row = try tree.entry(at: place) else { return nil }
        return LayerFile(stored: try row.node(at: place))
    }

    func files(in directory: BytePath) throws -> [(name: [UInt8], file: LayerFile)] {
        let place = root.appending(directory)
        guard let row = try tree.entry(at: place), row.isDirectory else { return [] }
        return try tree.entries(of: place).compactMap { row in
            if CatalogEntry.markerNames.contains(row.name) { return nil }
            return (row.name, LayerFile(stored: try row.node(at: place.appending(row.name))))
        }
    }

    func content(at path: BytePath) throws -> StoredContent {
        try tree.content(of: root.appending(path))
    }
}

extension LayerFile {
    /// A file as a repository has it, where attributes mark opaque directories.
    init(stored node: FileNode) {
        let marks = LayerNode<Never>.opaqueMarks
        var node = node
        let all = node.attributes.xattrs
        node.attributes.xattrs = all.filter { !marks.contains($0.name) }
        self.init(node, isOpaque: node.attributes.xattrs.count < all.count)
    }
}
