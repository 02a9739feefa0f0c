package import Plumbing

/// Layers upon each other, as the kernel's overlay shows them
/// (https://docs.kernel.org/filesystems/overlayfs.html): the uppermost file of a name counts, directories show what all
/// of them have, down to one that is opaque or to something else.
package struct LayerStack<Layer: LayerFiles>: LowerFiles {
    package typealias Content = Layer.Content

    /// Bottom to top.
    private let layers: [Layer]

    /// A stack of these layers, bottom to top.
    package init(_ layers: [Layer]) {
        self.layers = layers
    }

    package func file(at path: BytePath) throws -> LowerFile? {
        for index in layers.indices.reversed() {
            switch try answer(of: layers[index], to: path) {
            case .file(let file): return LowerFile(file.node, layer: index)
            case .hidden: return nil
            case .nothing: continue
            }
        }
        return nil
    }

    package func names(in directory: BytePath) throws -> [[UInt8]] {
        var seen: Set<[UInt8]> = []
        var names: [[UInt8]] = []
        for layer in layers.reversed() {
            let answer = try answer(of: layer, to: directory)
            if case .nothing = answer { continue }
            guard case .file(let file) = answer, file.node.kind == .directory else { break }
            for entry in try layer.files(in: directory) where seen.insert(entry.name).inserted {
                if !entry.file.node.isWhiteout { names.append(entry.name) }
            }
            if try isOpaque(layer, directory) { break }
        }
        return names
    }

    package func content(of file: LowerFile, at path: BytePath) throws -> Layer.Content {
        try layers[file.layer].content(at: path)
    }

    private enum Answer {
        case file(LayerFile)
        /// Nothing, and nothing of the layers below it.
        case hidden
        case nothing
    }

    private func answer(of layer: Layer, to path: BytePath) throws -> Answer {
        if let file = try layer.file(at: path) { return file.node.isWhiteout ? .hidden : .file(file) }
        // The nearest directory above that the layer has decides.
        for ancestor in path.ancestors.reversed() {
            guard let file = try layer.file(at: ancestor) else { continue }
            guard file.node.kind == .directory else { return .hidden }
            return try isOpaque(layer, ancestor) ? .hidden : .nothing
        }
        return .nothing
    }

    /// Whether lower layers show nothing in a directory that the layer has. The kernel takes no notice of such a mark at
    /// the root.
    private func isOpaque(_ layer: Layer, _ directory: BytePath) throws -> Bool {
        for path in directory.ancestors + [directory] where !path.isRoot {
            if try layer.file(at: path)?.isOpaque == true { return true }
        }
        return false
    }
}
