import CVMFS
import Foundation
import Layers
import OCI
import Plumbing
import StockServer
import SystemPackage

/// A layer that was read to its end and found to be what the image says, its content on this machine's disk.
struct SpooledLayer: Sendable {
    /// Where a file's content lies in the spool.
    struct Content: Sendable, Hashable {
        let offset: Int64
        let size: Int64
    }

    let root: BytePath
    let file: FilePath
    let nodes: [LayerNode<Content>]
    /// The directories below the root, by their positions in ``nodes``, that get catalogs of their own.
    private let nested: Set<Int>
    let summary: LayerSummary

    /// Reads a layer. Throws where it is not exactly what `expectation` says, and then leaves no file.
    init(
        _ expectation: LayerExpectation?,
        limits: LayerLimits,
        catalogLimits: CatalogLimits,
        at root: BytePath,
        from pipe: BytePipe,
        to file: FilePath
    ) throws {
        self.root = root
        self.file = file
        do {
            let reader = try LayerReader(expecting: expectation, limits: limits, policy: LayerIngestion.policy) {
                try pipe.read()
            }
            var spool = try SpoolFile(file)
            var tree = LayerTree<Content>(limits: limits)
            while let entry = try reader.next() {
                guard case .node(.file(let size)) = entry.kind else {
                    try tree.add(entry, content: nil)
                    continue
                }
                let offset = spool.count
                try reader.readContent { try spool.write($0) }
                try tree.add(entry, content: Content(offset: offset, size: size))
            }
            try spool.finish()
            summary = try reader.summary
            nodes = try tree.finish()
            nested = Self.nestedCatalogs(nodes, limits: catalogLimits)
        } catch {
            // The first error says more.
            try? FileManager.default.removeItem(atPath: file.string)
            throw error
        }
    }

    private static func nestedCatalogs(_ nodes: [LayerNode<Content>], limits: CatalogLimits) -> Set<Int> {
        let entries = nodes.map { node in
            CatalogSplitter.Entry(path: node.path, isDirectory: node.kind == .directory)
        }
        return Set(CatalogSplitter(limits: limits).nestedCatalogs(in: entries).map(\.lowerBound))
    }

    /// The bytes of all its files.
    var contentSize: Int64 {
        nodes.reduce(0) { sum, node in
            if case .file(let size) = node.kind { sum + size } else { sum }
        }
    }

    /// What `cvmfs_server ingest` does not store of it (docs/cvmfs-format.md §7).
    var losses: [LayerLoss: Int] {
        var losses: [LayerLoss: Int] = [:]
        for node in nodes {
            if node.isOpaque { losses[.opaqueDirectories, default: 0] += 1 }
            if !node.attributes.xattrs.isEmpty { losses[.extendedAttributes, default: 0] += 1 }
            if node.attributes.mtimeNanoseconds != 0 { losses[.fractionsOfSeconds, default: 0] += 1 }
            if node.linkGroup != 0 { losses[.hardLinks, default: 0] += 1 }
        }
        return losses
    }

    /// Its devices, FIFOs and whiteouts, as what is lost where somebody drops them.
    var specialFiles: [LayerLoss: Int] {
        var losses: [LayerLoss: Int] = [:]
        for loss in nodes.compactMap(\.lossWhereDropped) { losses[loss, default: 0] += 1 }
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
            var names: [Content: BytePath] = [:]
            for (index, node) in nodes.enumerated() {
                let path = root.appending(node.path)
                if case .file(let size) = node.kind, size > 0, let content = node.content {
                    if let first = names[content] {
                        try archive.add(node.entry(at: path, .hardLink(target: first)))
                        continue
                    }
                    names[content] = path
                    try archive.add(node.entry(at: path, .file(size: size)))
                    try Self.copy(content, from: spool, to: archive)
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

    private static func copy(_ content: Content, from spool: FileDescriptor, to archive: TarStreamWriter) throws {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var offset = content.offset
        let end = content.offset + content.size
        while offset < end {
            let wanted = Int(min(Int64(buffer.count), end - offset))
            let count = try buffer.withUnsafeMutableBytes { bytes in
                try spool.read(
                    fromAbsoluteOffset: offset,
                    into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<wanted])
                )
            }
            guard count > 0 else { throw ConversionError("the spooled layer is shorter than it was written") }
            try buffer.withUnsafeBytes { try archive.write(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            offset += Int64(count)
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
        switch kind {
        case .characterDevice, .blockDevice, .fifo, .socket: file.isWhiteout ? .whiteouts : .specialFiles
        case .directory, .file, .symlink: nil
        }
    }
}
