import CVMFS
import Layers
import Plumbing

/// How a layer's node is written into a catalog. Deletions take the kernel's overlay form
/// (docs/decisions/023-whiteouts-in-kernel-form.md).
extension LayerNode {
    /// The marks of an opaque directory, for overlays of root and of users.
    static var opaqueMarks: [[UInt8]] {
        ["trusted.overlay.opaque", "user.overlay.opaque"].map { Array($0.utf8) }
    }

    /// Its row. Throws `CVMFSError`, which names it, where the format does not hold it.
    func row(content: StoredContent?, hardLinks: HardLinkForm = .keep) throws -> SubtreeEntry {
        var file = file
        if isOpaque {
            file.attributes.xattrs += Self.opaqueMarks.map { ExtendedAttribute(name: $0, value: Array("y".utf8)) }
        }
        do {
            var row = try CatalogEntry(file, named: path.name, content: content)
            if hardLinks == .keep {
                row.linkCount = UInt32(linkCount)
                row.linkGroup = UInt32(linkGroup)
            }
            return SubtreeEntry(path: path, row: row, chunks: content?.chunks ?? [])
        } catch let error as CVMFSError {
            throw CVMFSError(error.code, "\(path): \(error)")
        }
    }
}
