import Layers
import Plumbing

/// Compares what a stored layer has from the layers below it with what it would have on others.
struct LayerBaseComparison<Layer: LayerFiles> {
    let layer: Layer
    /// Nil where it has nothing from others but perhaps its root.
    let record: LayerBaseRecord?
    let lower: LayerStack<Layer>
    /// Whether two contents are the same.
    let areEqual: (Layer.Content, Layer.Content) -> Bool

    /// The entries that would be otherwise, in path order. Throws ``LayerError`` for a hard link to what the others do not
    /// have: such an image is refused whoever brought the layer first.
    func differences() throws -> [BytePath] {
        var found = Set<BytePath>()
        if let root = try layer.file(at: BytePath())?.node.attributes, LayerBaseRecord.isPlainRoot(root),
            let below = try lower.file(at: BytePath())?.node.attributes, below != root
        {
            found.insert(BytePath())
        }
        guard let record else { return found.sorted() }
        for directory in record.directories {
            guard let path = EscapedPath.path(directory.path), let file = try layer.file(at: path) else { continue }
            let below = try lower.resolve(path, followingLast: true)?.file.node
            let wanted = below.flatMap { $0.kind == .directory ? $0.attributes : nil } ?? FileAttributes()
            if file.node.attributes != wanted { found.insert(path) }
        }
        for link in record.links {
            guard let path = EscapedPath.path(link.path), let target = EscapedPath.path(link.target),
                let file = try layer.file(at: path)
            else { continue }
            let named = link.named.flatMap(EscapedPath.path) ?? target
            guard let resolved = try lower.resolve(named, followingLast: false)?.file, resolved.node.kind != .directory
            else { throw LayerError.linkToNothing(path, named) }
            let below = try lower.file(at: target)
            guard let below, below == resolved, below.node == file.node else {
                found.insert(path)
                continue
            }
            guard case .file = below.node.kind else { continue }
            if !areEqual(try layer.content(at: path), try lower.content(of: below, at: target)) { found.insert(path) }
        }
        if record.hidesRoot == true || !record.hiddenNames.isEmpty {
            let hidden = Set(record.hiddenNames.compactMap(EscapedPath.path))
            for name in try lower.names(in: BytePath()) {
                let path = BytePath().appending(name)
                if !hidden.contains(path), try layer.file(at: path) == nil { found.insert(path) }
            }
        }
        return found.sorted()
    }
}
