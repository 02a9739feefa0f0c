import CVMFS
import Layers

/// A complete layer as the rows of a catalog. Its content must be stored.
struct LayerRows: Subtree {
    let nodes: LayerNodes<PendingContent>
    let hardLinks: HardLinkForm

    var count: Int { nodes.count }

    func forEachPlace(_ body: (_ depth: Int, _ isDirectory: Bool) -> Void) { nodes.forEachPlace(body) }

    func forEachEntry(_ body: (SubtreeEntry) throws -> Void) throws {
        for node in nodes {
            try body(node.row(content: try node.content?.stored(), hardLinks: hardLinks))
        }
    }
}
