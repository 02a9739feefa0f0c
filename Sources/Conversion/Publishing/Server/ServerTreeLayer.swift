import CVMFS
import Foundation
import Layers
import Plumbing

/// A layer in the spool or in a repository of `cvmfs_server`, as it is unpacked. Asked by one thread.
struct ServerTreeLayer: UnpackableLayer {
    /// A file, and where its content is.
    struct Row {
        let file: FileNode
        /// The layer that has it, and its path there; nil for what is added.
        let place: (layer: ServerLayer, path: BytePath)?
        /// Of an added file.
        let content: [UInt8]
    }

    private let layer: ServerLayer?
    private let added: [BytePath: AddedFile]
    private let namings: [BytePath: DirectoryNaming]
    private let opaque: Set<BytePath>
    let implicitDirectories: [BytePath]
    let hidesRoot: Bool
    let givesWay: Bool

    /// A layer with what is known of the layers that it was made for.
    init(_ layer: ServerLayer, base: LayerBaseRecord?) {
        self.layer = layer
        added = [:]
        namings = base?.namings ?? [:]
        implicitDirectories = namings.keys.sorted()
        opaque = base?.opaque ?? []
        hidesRoot = base?.isRootHidden ?? false
        givesWay = false
    }

    /// Files that are added where layers have nothing.
    init(_ files: [AddedFile]) {
        layer = nil
        added = Dictionary(uniqueKeysWithValues: files.withDirectories.map { ($0.path, $0) })
        namings = [:]
        opaque = []
        implicitDirectories = []
        hidesRoot = false
        givesWay = true
    }

    func naming(of directory: BytePath) throws -> DirectoryNaming {
        if let naming = namings[directory] { return naming }
        guard directory.isRoot, let file = try layer?.file(at: directory) else { return .named }
        return LayerBaseRecord.isPlainRoot(file.node.attributes) ? .implicit : .named
    }

    func row(at path: BytePath) throws -> UnpackableRow<Row>? {
        if let file = added[path] { return row(path, LayerFile(file.node), content: file.content) }
        return try layer?.file(at: path).map { row(path, $0) }
    }

    func rows(in directory: BytePath) throws -> [UnpackableRow<Row>] {
        guard let layer else {
            return try added.keys.filter { $0.parent == directory }.sorted().compactMap(row)
        }
        return try layer.files(in: directory).map { row(directory.appending($0.name), $0.file) }
            .sorted { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private func row(_ path: BytePath, _ file: LayerFile, content: [UInt8] = []) -> UnpackableRow<Row> {
        let row = Row(file: file.node, place: layer.map { ($0, path) }, content: content)
        return UnpackableRow(
            name: path.name,
            kind: .init(file.node, isOpaque: file.isOpaque || opaque.contains(path)),
            row: row
        )
    }
}
