package import Plumbing

/// A row of a catalog: one name in one directory (docs/cvmfs-format.md §3.5).
package struct CatalogEntry: Sendable, Equatable {
    /// The last component of the path, empty for the repository's root.
    package var name: [UInt8]
    /// `st_mode` with the type bits.
    package var mode: UInt32
    /// Bytes of a file, the device number of a device, the target's length of a symlink, 4096 for a directory.
    package var size: Int64
    package var uid: Int64 = 0
    package var gid: Int64 = 0
    /// Seconds since 1970; may be negative.
    package var modified: Int64
    /// Nil where unknown, which readers tell from 0.
    package var nanoseconds: Int64?
    package var flags: EntryFlags
    /// The content of a file that is not chunked.
    package var hash: ContentHash?
    /// Rows of this directory that share the file; for a directory 2 and its subdirectories.
    package var linkCount: UInt32 = 1
    /// Which hard-link group of the catalog, 0 for none.
    package var linkGroup: UInt32 = 0
    /// The raw target, empty for everything else.
    package var symlink: [UInt8] = []
    /// The encoded ``ExtendedAttributes``, nil for none.
    package var xattrs: [UInt8]?

    /// The type; nil for a mode that names none.
    package var type: FileType? { FileType(mode: mode) }

    /// Whether this is a directory.
    package var isDirectory: Bool { type == .directory }

    /// A directory without subdirectories.
    package static func directory(
        _ name: [UInt8],
        permissions: UInt32 = 0o755,
        uid: Int64 = 0,
        gid: Int64 = 0,
        modified: Int64
    ) -> CatalogEntry {
        CatalogEntry(
            name: name,
            mode: FileType.directory.rawValue | permissions,
            size: directorySize,
            uid: uid,
            gid: gid,
            modified: modified,
            flags: .directory,
            linkCount: 2
        )
    }

    /// A file of known content.
    package static func file(
        _ name: [UInt8],
        content: StoredContent,
        permissions: UInt32 = 0o644,
        uid: Int64 = 0,
        gid: Int64 = 0,
        modified: Int64
    ) -> CatalogEntry {
        CatalogEntry(
            name: name,
            mode: FileType.regular.rawValue | permissions,
            size: content.size,
            uid: uid,
            gid: gid,
            modified: modified,
            flags: content.flags,
            hash: content.bulkHash
        )
    }

    /// A symbolic link to these bytes.
    package static func symlink(_ name: [UInt8], target: [UInt8], modified: Int64) -> CatalogEntry {
        CatalogEntry(
            name: name,
            mode: FileType.symlink.rawValue | 0o777,
            size: Int64(target.count),
            modified: modified,
            flags: [.file, .symlink],
            symlink: target
        )
    }

    /// The file that makes its directory the root of a nested catalog (docs/cvmfs-format.md §3.8).
    package static func marker(algorithm: HashAlgorithm, _ form: MarkerForm = .visible) throws -> CatalogEntry {
        let empty = StoredContent.whole(
            hash: try ContentHash(algorithm, of: ZlibCompressor.emptyStream),
            size: 0,
            compression: .zlib
        )
        return .file(Self.markerName, content: empty, modified: 0).marked(form)
    }

    /// A marker in this form.
    func marked(_ form: MarkerForm) -> CatalogEntry {
        var row = self
        switch form {
        case .visible: row.flags.remove(.hidden)
        case .hidden: row.flags.insert(.hidden)
        }
        return row
    }

    /// The name of that file.
    package static let markerName = Array(".cvmfscatalog".utf8)
    /// The names that steer catalogs: the second marks those that stock may merge with their parents.
    package static let markerNames: Set<[UInt8]> = [markerName, Array(".cvmfsautocatalog".utf8)]

    /// The longest name in bytes that Linux, and so every client, takes.
    static let nameLimit = 255

    /// Throws ``CVMFSError`` for a name that clients could not show, or that would steer the catalogs.
    static func checkName(of path: BytePath) throws {
        guard path.name.count <= nameLimit else {
            throw CVMFSError(
                .unrepresentable,
                "\(path) has a name of \(path.name.count) bytes: clients take \(nameLimit)"
            )
        }
        guard !markerNames.contains(path.name) else {
            throw CVMFSError(.refused, "\(path) cannot be written: the name marks a catalog")
        }
    }

    /// What stock writes for every directory.
    static let directorySize: Int64 = 4096
}
