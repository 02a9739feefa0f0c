import CVMFS
import Layers
import Plumbing

/// How a layer's node is written into a catalog. Deletions take the kernel's overlay form
/// (docs/decisions/023-whiteouts-in-kernel-form.md).
enum CatalogRow {
    static let opaqueMarks = ["trusted.overlay.opaque", "user.overlay.opaque"].map { Array($0.utf8) }

    static func make<Content>(_ node: LayerNode<Content>, content: StoredContent?) throws -> SubtreeEntry {
        var row = CatalogEntry.directory(node.path.name, modified: node.mtime)
        row.mode = UInt32(node.mode)
        row.size = 0
        row.uid = Int64(node.uid)
        row.gid = Int64(node.gid)
        row.nanoseconds = node.mtimeNanoseconds == 0 ? nil : Int64(node.mtimeNanoseconds)
        row.linkCount = UInt32(node.linkCount)
        row.linkGroup = UInt32(node.linkGroup)
        var attributes = node.xattrs.map { (name: $0.name, value: $0.value) }
        switch node.kind {
        case .directory(let isOpaque):
            row.setType(.directory, flags: .directory)
            row.size = 4096
            if isOpaque { attributes += opaqueMarks.map { (name: $0, value: Array("y".utf8)) } }
        case .file(let size, _):
            guard let content else { throw ConversionError("\(node.path) has no stored content") }
            row.setContent(content)
            row.size = size
        case .symlink(let target):
            row.setType(.symlink, flags: [.file, .symlink])
            row.symlink = target
            row.size = Int64(target.count)
        case .characterDevice(let major, let minor):
            row.setType(.characterDevice, flags: [.file, .special])
            row.size = DeviceNumber(major: major, minor: minor).encoded
        case .blockDevice(let major, let minor):
            row.setType(.blockDevice, flags: [.file, .special])
            row.size = DeviceNumber(major: major, minor: minor).encoded
        case .fifo:
            row.setType(.fifo, flags: [.file, .special])
        case .whiteout:
            row.mode = 0
            row.setType(.characterDevice, flags: [.file, .special])
        }
        row.xattrs = try encode(attributes, of: node.path)
        return SubtreeEntry(path: node.path, row: row, chunks: content?.chunks ?? [])
    }

    private static func encode(_ attributes: [(name: [UInt8], value: [UInt8])], of path: BytePath) throws -> [UInt8]? {
        do {
            return try ExtendedAttributes(attributes).blob
        } catch let error as CVMFSError {
            throw CVMFSError(error.code, "\(path): \(error)")
        }
    }
}
