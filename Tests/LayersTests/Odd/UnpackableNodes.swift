import Conversion
import Layers
import Plumbing

/// A layer in memory, as it is unpacked.
struct UnpackableNodes: UnpackableLayer {
    private let nodes: LayerNodes<[UInt8]>
    private let namings: [BytePath: DirectoryNaming]
    let implicitDirectories: [BytePath]
    let hidesRoot: Bool

    init(_ layer: CompleteLayer<[UInt8]>) {
        nodes = layer.nodes
        implicitDirectories = layer.base.directories.map(\.path)
        namings = Dictionary(
            uniqueKeysWithValues: layer.base.directories.map {
                ($0.path, $0.isOverDeleted ? .implicitOverDeleted : .implicit)
            }
        )
        hidesRoot = layer.base.hidesRoot
    }

    func naming(of directory: BytePath) -> DirectoryNaming {
        if let naming = namings[directory] { return naming }
        // A root as nobody's is listed only where it is somebody's.
        return directory.isRoot && nodes.node(at: directory)?.attributes == FileAttributes() ? .implicit : .named
    }

    func row(at path: BytePath) -> UnpackableRow<LayerNode<[UInt8]>>? { nodes.node(at: path).map(row) }

    func rows(in directory: BytePath) -> [UnpackableRow<LayerNode<[UInt8]>>] {
        nodes.names(in: directory).sorted { $0.lexicographicallyPrecedes($1) }
            .compactMap { row(at: directory.appending($0)) }
    }

    private func row(_ node: LayerNode<[UInt8]>) -> UnpackableRow<LayerNode<[UInt8]>> {
        UnpackableRow(
            name: node.path.name,
            kind: .init(node.file, isOpaque: node.isOpaque),
            linkGroup: UInt32(node.linkGroup),
            row: node
        )
    }
}
