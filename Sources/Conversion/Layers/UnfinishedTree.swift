import Layers
import Synchronization

/// The tree of a layer between its reading and its last step. It is handed on and never copied: it may have millions of
/// entries.
final class UnfinishedTree<Content: Sendable>: Sendable {
    /// Whether what lies below the layer matters to the last step.
    let needsLower: Bool
    private let tree: Mutex<LayerTree<Content>?>

    init(_ tree: consuming LayerTree<Content>) {
        needsLower = tree.needsLower
        self.tree = Mutex(tree)
    }

    /// Takes the last step, once.
    func finish(over lower: some LowerFiles<Content>) throws -> CompleteLayer<Content> {
        guard let tree = tree.withLock({ $0.take() }) else { throw ConversionError("a layer was finished twice") }
        return try tree.finish(over: lower)
    }
}
