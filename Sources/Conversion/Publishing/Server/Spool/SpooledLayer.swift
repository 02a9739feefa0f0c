import CVMFS
import Foundation
import Layers
import OCI
import Plumbing
import StockServer
import SystemPackage

/// A layer as it is to be published, its content on this machine's disk.
struct SpooledLayer: Sendable {
    let root: BytePath
    let file: FilePath
    let nodes: LayerNodes<SpooledContent>
    /// The directories below the root, by their positions in ``nodes``, that get catalogs of their own.
    private let nested: Set<Int>
    let summary: LayerSummary

    /// What it has from the layers below it.
    let base: LayerBase

    /// Finishes a layer on those below it. Where that throws it leaves no file.
    init(
        _ layer: SpoolingLayer,
        catalogLimits: CatalogLimits,
        at root: BytePath,
        over stack: LayerStack<ServerLayer>
    ) throws {
        self.root = root
        file = layer.file
        do {
            let lower = SpooledLower(stack, spool: layer.spool)
            let complete = try layer.tree.finish(over: lower)
            try lower.finish()
            nodes = complete.nodes
            base = complete.base
            summary = layer.summary.adding(complete.notes)
            nested = Self.nestedCatalogs(nodes, limits: catalogLimits)
        } catch {
            layer.remove()
            throw error
        }
    }

    private static func nestedCatalogs(_ nodes: LayerNodes<SpooledContent>, limits: CatalogLimits) -> Set<Int> {
        var splitter = CatalogSplitter(limits: limits)
        nodes.forEachPlace { splitter.add(depth: $0, isDirectory: $1) }
        return Set(splitter.nestedCatalogs().map(\.lowerBound))
    }

    /// The same with what the repository will not tell of it: `cvmfs_server` stores no attributes.
    var recordedBase: LayerBase {
        var base = base
        base.opaqueDirectories = nodes.lazy.filter(\.isOpaque).map(\.path)
        return base
    }

    /// The bytes of all its files.
    var contentSize: Int64 {
        nodes.reduce(0) { sum, node in
            if case .file(let size) = node.kind { sum + size } else { sum }
        }
    }

    /// What `cvmfs_server ingest` does not store of it (docs/cvmfs-format.md §7).
    var losses: [LayerLoss: Int] {
        var losses = LayerLoss.losses(of: nodes, .split)
        for node in nodes {
            if node.isOpaque { losses[.opaqueDirectories, default: 0] += 1 }
            if !node.attributes.xattrs.isEmpty { losses[.extendedAttributes, default: 0] += 1 }
            if node.attributes.mtimeNanoseconds != 0 { losses[.fractionsOfSeconds, default: 0] += 1 }
        }
        return losses
    }

    /// Its devices, FIFOs and whiteouts, as what is lost where somebody drops them.
    var specialFiles: [LayerLoss: Int] {
        var losses: [LayerLoss: Int] = [:]
        for node in nodes {
            if let loss = node.lossWhereDropped { losses[loss, default: 0] += 1 }
        }
        return losses
    }

    /// What the repository must show of it afterwards.
    func fingerprint() throws -> TreeFingerprint {
        var builder = try TreeFingerprint.Builder()
        for node in nodes { builder.add(node.path, node.file) }
        return builder.finish()
    }

    /// Writes its members: whiteouts in the form of overlayfs, names of one file as links, attributes left out, and the
    /// markers by which `cvmfs_server` makes catalogs.
    func write(to archive: TarStreamWriter) throws {
        let spool = try FileDescriptor.open(file, .readOnly, options: .closeOnExec)
        try spool.closeAfter {
            var names: [SpooledContent: BytePath] = [:]
            for (index, node) in nodes.enumerated() {
                let path = root.appending(node.path)
                if case .file(let size) = node.kind, size > 0, let content = node.content {
                    if let first = names[content] {
                        try archive.add(node.entry(at: path, .hardLink(target: first)))
                        continue
                    }
                    names[content] = path
                    try archive.add(node.entry(at: path, .file(size: size)))
                    try content.read(from: spool, archive.write)
                    continue
                }
                try archive.add(node.entry(at: path, .node(node.kind)))
                if node.path.isRoot || nested.contains(index) {
                    let marker = path.appending(CatalogEntry.markerName)
                    try archive.add(LayerEntry(path: marker, kind: .file(size: 0), FileAttributes(mode: 0o644)))
                }
            }
        }
    }
}

extension LayerNode {
    /// A member of an archive for this node. Attributes stay behind: the reader of it ignores them.
    func entry(at path: BytePath, _ kind: LayerEntry.Kind) -> LayerEntry {
        var attributes = attributes
        attributes.xattrs = []
        return LayerEntry(path: path, kind: kind, attributes)
    }

    /// What is lost where somebody drops special files: nil for what is none.
    var lossWhereDropped: LayerLoss? {
        guard kind.isSpecial else { return nil }
        return file.isWhiteout ? .whiteouts : .specialFiles
    }
}

extension FileNode.Kind {
    /// Whether it is a device, a FIFO or a socket.
    var isSpecial: Bool {
        switch self {
        case .characterDevice, .blockDevice, .fifo, .socket: true
        case .directory, .file, .symlink: false
        }
    }
}
