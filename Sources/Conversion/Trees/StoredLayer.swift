import CVMFS
import Layers
import Plumbing

/// A layer of a repository, published or prepared, as the rows of its catalogs.
final class StoredLayer {
    private let tree: CatalogTree
    private let root: BytePath
    private let namings: [BytePath: DirectoryNaming]
    private let opaque: Set<BytePath>
    /// Whether names of AUFS's whiteouts are whiteouts: other programs store them as files, and Wafer never does.
    private let hasWhiteoutFiles: Bool
    let implicitDirectories: [BytePath]
    let hidesRoot: Bool

    /// The layer at `root`, and what its files `layer.json` and `base.json` say; nil where it has none.
    init(_ tree: CatalogTree, at root: BytePath, hasRecord: Bool, base: LayerBaseRecord?) throws {
        self.tree = tree
        self.root = root
        namings = base?.namings ?? [:]
        opaque = base?.opaque ?? []
        implicitDirectories = namings.keys.sorted()
        hasWhiteoutFiles = !hasRecord
        hidesRoot =
            try base?.isRootHidden
            ?? (hasWhiteoutFiles && WhiteoutFiles.areOpaque(tree.listing(of: root)))
    }

    func naming(of directory: BytePath) throws -> DirectoryNaming {
        if let naming = namings[directory] { return naming }
        guard directory.isRoot, let row = try tree.entry(at: root) else { return .named }
        // A root that is nobody's is listed only where it is somebody's below.
        return LayerBaseRecord.isPlainRoot(try row.node(at: root).attributes) ? .implicit : .named
    }

    func row(at path: BytePath) throws -> UnpackableRow<CatalogEntry>? {
        let place = root.appending(path)
        if hasWhiteoutFiles, !path.isRoot {
            return try rows(in: path.parent ?? BytePath()).first { $0.name == path.name }
        }
        guard let row = try tree.entry(at: place), !CatalogEntry.markerNames.contains(row.name) else { return nil }
        return UnpackableRow(row, isOpaque: opaque.contains(path))
    }

    func rows(in directory: BytePath) throws -> [UnpackableRow<CatalogEntry>] {
        let rows = try tree.listing(of: root.appending(directory))
        if hasWhiteoutFiles {
            return try WhiteoutFiles.applied(to: rows) {
                try WhiteoutFiles.areOpaque(tree.listing(of: root.appending(directory).appending($0)))
            }
        }
        var result: [UnpackableRow<CatalogEntry>] = []
        result.reserveCapacity(rows.count)
        for row in rows where !CatalogEntry.markerNames.contains(row.name) {
            let isOpaque = !opaque.isEmpty && opaque.contains(directory.appending(row.name))
            result.append(UnpackableRow(row, isOpaque: isOpaque))
        }
        return result
    }

    /// Where the content of a chunked file lies.
    func chunks(at path: BytePath) throws -> [FileChunk] { try content(at: path).chunks }

    /// Where the content of a file lies.
    func content(at path: BytePath) throws -> StoredContent { try tree.content(of: root.appending(path)) }
}

extension UnpackableRow<CatalogEntry> {
    /// A row as a catalog has it, where devices 0:0 delete names and attributes mark opaque directories.
    init(_ row: CatalogEntry, isOpaque: Bool = false) {
        let kind: Kind =
            switch row.type {
            case .directory: .directory(isOpaque: isOpaque || row.isMarkedOpaque)
            case .symlink: .symlink(row.symlink)
            case .characterDevice where row.size == 0: .whiteout
            case .characterDevice, .blockDevice, .regular, .fifo, .socket, nil: .other
            }
        self.init(name: row.name, kind: kind, linkGroup: row.linkGroup, row: row)
    }
}

extension CatalogEntry {
    /// Whether an attribute hides what lower layers have in it.
    var isMarkedOpaque: Bool {
        guard let xattrs, let attributes = ExtendedAttributes(blob: xattrs) else { return false }
        return attributes.attributes.contains { LayerNode<Never>.opaqueMarks.contains($0.name) }
    }
}
