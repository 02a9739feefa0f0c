package import Plumbing

/// Goes through what layers upon each other show, in path order, as the kernel's overlay merges them
/// (https://docs.kernel.org/filesystems/overlayfs.html). Every directory of every layer is asked for once.
package struct LayerMerge<Layer: LayerFiles> {
    /// A file that is seen, and the position of its layer from the bottom: for a directory the uppermost that has it.
    package struct Entry {
        package let path: BytePath
        package let file: FileNode
        package let layer: Int
    }

    /// A directory: the layers that have a part in it, top to bottom.
    private struct Frame {
        let path: BytePath
        var names: ArraySlice<Name>
    }

    private struct Name {
        let bytes: [UInt8]
        /// The layers that show something of it, top to bottom.
        var files: [(layer: Int, file: LayerFile)]
        /// Whether lower layers have no part in it.
        var isClosed: Bool
    }

    /// Bottom to top.
    private let layers: [Layer]
    private var stack: [Frame] = []
    private var hasBegun = false

    /// The merge of these layers, bottom to top.
    package init(_ layers: [Layer]) {
        self.layers = layers
    }

    /// The next file, the root first; nil at the end. Throws the layers' errors.
    package mutating func next() throws -> Entry? {
        guard hasBegun else {
            hasBegun = true
            return try root()
        }
        while let top = stack.indices.last {
            guard let name = stack[top].names.popFirst() else {
                stack.removeLast()
                continue
            }
            // What the uppermost layer deletes is not seen.
            guard let first = name.files.first, !first.file.node.isWhiteout else { continue }
            let path = stack[top].path.appending(name.bytes)
            if first.file.node.kind == .directory { try open(path, name.files.map(\.layer)) }
            return Entry(path: path, file: first.file.node, layer: first.layer)
        }
        return nil
    }

    private mutating func root() throws -> Entry? {
        let found = try layers.indices.reversed().compactMap { layer in
            try layers[layer].file(at: BytePath()).map { (layer: layer, file: $0) }
        }
        guard let first = found.first else { return nil }
        // The kernel takes no notice of an opaque root.
        try open(BytePath(), found.map(\.layer))
        return Entry(path: BytePath(), file: first.file.node, layer: first.layer)
    }

    private mutating func open(_ path: BytePath, _ parts: [Int]) throws {
        var names: [[UInt8]: Name] = [:]
        for layer in parts {
            for (bytes, file) in try layers[layer].files(in: path) {
                var name = names[bytes] ?? Name(bytes: bytes, files: [], isClosed: false)
                if name.isClosed { continue }
                let isDirectory = file.node.kind == .directory
                // Only directories are merged, and the first of something else ends it.
                if isDirectory || name.files.isEmpty { name.files.append((layer, file)) }
                name.isClosed = !isDirectory || file.isOpaque
                names[bytes] = name
            }
        }
        let sorted = names.values.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        stack.append(Frame(path: path, names: sorted[...]))
    }
}
