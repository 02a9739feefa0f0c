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
                guard case .file(let size) = entry.kind else {
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
            let isDirectory = if case .directory = node.kind { true } else { false }
            return CatalogSplitter.Entry(path: node.path, isDirectory: isDirectory)
        }
        return Set(CatalogSplitter(limits: limits).nestedCatalogs(in: entries).map(\.lowerBound))
    }

    /// The bytes of all its files.
    var contentSize: Int64 {
        nodes.reduce(0) { sum, node in
            if case .file(let size, _) = node.kind { sum + size } else { sum }
        }
    }

    /// What `cvmfs_server ingest` does not store of it (docs/cvmfs-format.md §7).
    var losses: [LayerLoss: Int] {
        var losses: [LayerLoss: Int] = [:]
        for node in nodes {
            if case .directory(true) = node.kind { losses[.opaqueDirectories, default: 0] += 1 }
            if !node.xattrs.isEmpty { losses[.extendedAttributes, default: 0] += 1 }
            if node.mtimeNanoseconds != 0 { losses[.fractionsOfSeconds, default: 0] += 1 }
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
        for node in nodes { builder.add(node.path, node.fingerprint) }
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
                if case .file(let size, let content) = node.kind, size > 0 {
                    if let first = names[content] {
                        try archive.add(node.entry(at: path, .hardLink(target: first)))
                        continue
                    }
                    names[content] = path
                    try archive.add(node.entry(at: path, .file(size: size)))
                    try Self.copy(content, from: spool, to: archive)
                    continue
                }
                try archive.add(node.entry(at: path, node.archiveKind))
                if node.path.isRoot || nested.contains(index) {
                    let marker = path.appending(CatalogEntry.markerName)
                    try archive.add(LayerEntry(path: marker, kind: .file(size: 0), LayerEntry.Attributes(mode: 0o644)))
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
        LayerEntry(
            path: path,
            kind: kind,
            LayerEntry.Attributes(
                mode: isWhiteout ? 0 : mode,
                uid: uid,
                gid: gid,
                mtime: mtime,
                mtimeNanoseconds: mtimeNanoseconds
            )
        )
    }

    /// What is lost where somebody drops special files: nil for what is none.
    var lossWhereDropped: LayerLoss? {
        switch kind {
        case .whiteout: .whiteouts
        case .characterDevice, .blockDevice, .fifo: .specialFiles
        case .directory, .file, .symlink: nil
        }
    }

    private var isWhiteout: Bool {
        if case .whiteout = kind { true } else { false }
    }

    var archiveKind: LayerEntry.Kind {
        switch kind {
        case .directory: .directory
        case .file(let size, _): .file(size: size)
        case .symlink(let target): .symlink(target: target)
        case .characterDevice(let major, let minor): .characterDevice(major: major, minor: minor)
        case .blockDevice(let major, let minor): .blockDevice(major: major, minor: minor)
        case .fifo: .fifo
        case .whiteout: .characterDevice(major: 0, minor: 0)
        }
    }

    var fingerprint: TreeFingerprint.Entry {
        var entry = TreeFingerprint.Entry(mode: UInt32(mode), uid: uid, gid: gid, size: 0, target: [])
        func type(_ type: CVMFS.FileType) { entry.mode |= type.rawValue }
        switch kind {
        case .directory: type(.directory)
        case .file(let size, _):
            type(.regular)
            entry.size = size
        case .symlink(let target):
            type(.symlink)
            entry.target = target
        case .characterDevice: type(.characterDevice)
        case .blockDevice: type(.blockDevice)
        case .fifo: type(.fifo)
        case .whiteout: entry.mode = CVMFS.FileType.characterDevice.rawValue
        }
        return entry
    }
}
