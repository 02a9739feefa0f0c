package import Plumbing

/// How a file is written as a row, and read back (docs/cvmfs-format.md §3.5, §3.6).
extension CatalogEntry {
    /// The row of a file. `content` is where the bytes of a regular file lie.
    ///
    /// Throws ``CVMFSError`` `unrepresentable` for extended attributes that the format does not hold, and `refused` for a
    /// regular file without content.
    package init(_ node: FileNode, named name: [UInt8], content: StoredContent? = nil) throws {
        let attributes = node.attributes
        self.init(
            name: name,
            mode: node.mode,
            size: 0,
            uid: Int64(attributes.uid),
            gid: Int64(attributes.gid),
            modified: attributes.mtime,
            nanoseconds: attributes.mtimeNanoseconds == 0 ? nil : Int64(attributes.mtimeNanoseconds),
            flags: [.file, .special],
            hash: nil,
            linkCount: 1,
            linkGroup: 0,
            symlink: [],
            xattrs: try ExtendedAttributes(attributes.xattrs).blob
        )
        switch node.kind {
        case .directory:
            flags = .directory
            size = Self.directorySize
        case .file(let size):
            guard let content else { throw CVMFSError(.refused, "a file without content") }
            flags = content.flags
            hash = content.bulkHash
            self.size = size
        case .symlink(let target):
            // Linux has no permissions for links: every one shows these, whatever an archive says.
            mode = FileType.symlink.rawValue | 0o777
            flags = [.file, .symlink]
            symlink = target
            size = Int64(target.count)
        case .characterDevice(let device), .blockDevice(let device):
            size = device.encoded
        case .fifo, .socket:
            break
        }
    }

    /// The file of a row; `path` is what an error calls it.
    ///
    /// Throws ``CVMFSError`` `corrupt` where no file can be so.
    package func node(at path: BytePath) throws -> FileNode {
        func corrupt(_ problem: String) -> CVMFSError { CVMFSError(.corrupt, "\(path) has \(problem)") }
        guard let uid = UInt32(exactly: uid), let gid = UInt32(exactly: gid) else {
            throw corrupt("the owner \(self.uid):\(self.gid), which cannot be one")
        }
        let device = DeviceNumber(encoded: size)
        guard let kind = FileNode.Kind(mode: mode, size: size, device: device, target: symlink), isPossible(kind) else {
            throw corrupt("a type, size or link target that cannot be one")
        }
        let nanoseconds = Int32(exactly: nanoseconds ?? 0) ?? 0
        return FileNode(
            kind,
            FileAttributes(
                mode: UInt16(mode & 0o7777),
                uid: uid,
                gid: gid,
                mtime: modified,
                mtimeNanoseconds: (0..<1_000_000_000).contains(nanoseconds) ? nanoseconds : 0,
                xattrs: try decodedAttributes(corrupt)
            )
        )
    }

    private func isPossible(_ kind: FileNode.Kind) -> Bool {
        switch kind {
        case .file(let size): size >= 0
        case .symlink(let target): !target.isEmpty && !target.contains(0)
        case .directory, .characterDevice, .blockDevice, .fifo, .socket: true
        }
    }

    private func decodedAttributes(_ corrupt: (String) -> CVMFSError) throws -> [ExtendedAttribute] {
        guard let blob = xattrs else { return [] }
        guard let decoded = ExtendedAttributes(blob: blob) else {
            throw corrupt("extended attributes that cannot be read")
        }
        return decoded.attributes
    }
}
