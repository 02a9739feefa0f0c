/// Stored catalogs that a tree has left and may come back to: whoever asks for one path after another in several layers
/// would load the same ones again and again.
final class RecentCatalogs {
    /// The last one used comes last.
    private var nodes: [CatalogNode] = []
    private static let countLimit = 16
    /// Of the databases, in bytes.
    private static let byteLimit = 48 << 20

    /// Keeps a catalog that the tree leaves. Its children are kept by themselves.
    func add(_ node: CatalogNode) {
        node.children = [:]
        nodes.append(node)
        while nodes.count > Self.countLimit || nodes.reduce(0, { $0 + $1.catalog.byteCount }) > Self.byteLimit {
            nodes.removeFirst()
        }
    }

    /// Hands a catalog back, which is no longer kept; nil where it is to be loaded.
    func take(_ reference: CatalogReference) -> CatalogNode? {
        guard let index = nodes.firstIndex(where: { $0.reference == reference }) else { return nil }
        return nodes.remove(at: index)
    }
}
