import CVMFS
import Layers
import Plumbing

/// A row of a catalog as the entry of an archive; what no archive could hold is an error that names the path.
struct ExportEntry {
    let row: CatalogEntry
    let path: BytePath
    /// Nil for a socket.
    let kind: LayerEntry.Kind?
    private let attributes: [ExtendedAttribute]
    private let uid: UInt32
    private let gid: UInt32

    init(_ row: CatalogEntry, at path: BytePath) throws {
        self.row = row
        self.path = path
        func corrupt(_ problem: String) -> CVMFSError { CVMFSError(.corrupt, "\(path) has \(problem)") }
        guard let uid = UInt32(exactly: row.uid), let gid = UInt32(exactly: row.gid) else {
            throw corrupt("the owner \(row.uid):\(row.gid), which cannot be one")
        }
        (self.uid, self.gid) = (uid, gid)
        let device = DeviceNumber(encoded: row.size)
        switch row.type {
        case .directory: kind = .directory
        case .regular where row.size >= 0: kind = .file(size: row.size)
        case .symlink where !row.symlink.isEmpty && !row.symlink.contains(0): kind = .symlink(target: row.symlink)
        case .characterDevice: kind = .characterDevice(major: device.major, minor: device.minor)
        case .blockDevice: kind = .blockDevice(major: device.major, minor: device.minor)
        case .fifo: kind = .fifo
        case .socket: kind = nil
        default: throw corrupt("a type, size or link target that cannot be one")
        }
        guard let blob = row.xattrs else {
            attributes = []
            return
        }
        guard let decoded = ExtendedAttributes(blob: blob)?.attributes,
            !decoded.contains(where: { $0.name.contains(0) })
        else { throw corrupt("extended attributes that cannot be read") }
        attributes = decoded.map { ExtendedAttribute(name: $0.name, value: $0.value) }
    }

    func layerEntry(_ kind: LayerEntry.Kind, at place: BytePath) -> LayerEntry {
        let nanoseconds = Int32(exactly: row.nanoseconds ?? 0) ?? 0
        return LayerEntry(
            path: place,
            kind: kind,
            LayerEntry.Attributes(
                mode: UInt16(row.mode & 0o7777),
                uid: uid,
                gid: gid,
                mtime: row.modified,
                mtimeNanoseconds: (0..<1_000_000_000).contains(nanoseconds) ? nanoseconds : 0,
                xattrs: attributes
            )
        )
    }

    /// Where the file's bytes lie: pieces without a gap, as many bytes as the row announces.
    func content(in catalog: Catalog) throws -> StoredContent {
        if row.flags.contains(.external) {
            throw CVMFSError(.refused, "\(path) is an external file: its content does not lie in the repository")
        }
        let content = try catalog.content(of: path, entry: row)
        var end: Int64 = 0
        for chunk in content.chunks {
            guard chunk.offset == end, chunk.size >= 0 else {
                throw CVMFSError(.corrupt, "the chunks of \(path) do not follow each other")
            }
            end += chunk.size
        }
        guard content.size == row.size else {
            throw CVMFSError(.corrupt, "\(path) has \(row.size) bytes, and its content \(content.size)")
        }
        return content
    }
}
