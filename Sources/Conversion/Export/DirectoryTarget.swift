import CVMFS
import Glibc
package import Layers
import Plumbing
package import SystemPackage

/// Exports into a directory that nothing leads out of: every path is opened below it without following a link, and
/// every entry is made new.
///
/// Setuid bits, file capabilities and device nodes are written only on request, since they give rights on this machine.
/// Owners are set where the process is root. A directory gets its mode, owner and times once everything in it is there.
package final class DirectoryTarget: ExportTarget {
    /// What an export may write that gives rights on this machine.
    package struct Permissions: Sendable {
        /// Setuid and setgid bits, and file capabilities.
        package var setuid = false
        /// Character and block devices, the whiteouts of overlayfs among them.
        package var devices = false

        /// Neither.
        package init() {}
    }

    private let folder: ExportFolder
    private let permissions: Permissions
    private var metadata: ExportMetadata
    /// Directories that still lack their metadata, outermost first.
    private var unfinished: [LayerEntry] = []
    /// The directory of the last entry.
    private var current: (path: BytePath, descriptor: OpenFile)?
    private var file: (entry: LayerEntry, descriptor: OpenFile)?
    private var remarksOfEntries = ExportRemarks()

    /// Makes the directory, or takes one that is empty. Throws ``ConversionError`` where it is neither.
    package init(_ path: FilePath, permissions: Permissions) throws {
        folder = try ExportFolder(path)
        self.permissions = permissions
        metadata = ExportMetadata(folder: folder, writesSetuid: permissions.setuid)
    }

    package var remarks: ExportRemarks {
        var all = metadata.remarks
        all.add(remarksOfEntries)
        return all
    }

    package func add(_ entry: LayerEntry) throws {
        try endFile()
        try finishDirectories { !entry.path.starts(with: $0) }
        guard let parent = entry.path.parent else { return unfinished.append(entry) }
        let directory = try open(parent)
        let name = CPath(entry.path.name)
        switch entry.kind {
        case .node(.directory):
            try folder.check(mkdirat(directory.descriptor, name.bytes, 0o700), "create", entry.path)
            unfinished.append(entry)
        case .node(.file):
            file = (entry, try folder.create(name, in: directory, entry.path))
        case .node(.symlink(let target)):
            try folder.check(
                symlinkat(CPath(target).bytes, directory.descriptor, name.bytes),
                "create the link",
                entry.path
            )
            try setMetadata(entry, name, directory)
        case .hardLink(let target):
            let source = try folder.open(target.parent ?? BytePath())
            let result = linkat(source.descriptor, CPath(target.name).bytes, directory.descriptor, name.bytes, 0)
            try folder.check(result, "create the link", entry.path)
        case .node(.fifo):
            try makeNode(entry, name, directory, S_IFIFO)
        case .node(.characterDevice(let device)):
            try makeDevice(entry, name, directory, S_IFCHR, device)
        case .node(.blockDevice(let device)):
            try makeDevice(entry, name, directory, S_IFBLK, device)
        case .node(.socket):
            throw ConversionError("\(entry.path) is a socket, which only its program can make")
        case .whiteout, .opaque, .linkTarget, .leftOut:
            throw ConversionError("\(entry.path) is a mark of an image layer, which a directory does not have")
        }
    }

    package func write(_ piece: UnsafeRawBufferPointer) throws {
        guard let (entry, descriptor) = file else { throw ConversionError("content without a file") }
        try folder.write(piece, to: descriptor, entry.path)
    }

    package func finish() throws {
        try endFile()
        try finishDirectories { _ in true }
    }

    package func explain(_ error: any Error) -> any Error {
        ConversionError("\(error); the export is incomplete: remove \(folder.location) and run the command again")
    }

    private func makeDevice(
        _ entry: LayerEntry,
        _ name: CPath,
        _ directory: OpenFile,
        _ type: mode_t,
        _ device: DeviceNumber
    ) throws {
        guard permissions.devices else {
            return remarksOfEntries.add(.deviceNodes, entry.path.description)
        }
        try makeNode(entry, name, directory, type, device)
    }

    private func makeNode(
        _ entry: LayerEntry,
        _ name: CPath,
        _ directory: OpenFile,
        _ type: mode_t,
        _ device: DeviceNumber = DeviceNumber(major: 0, minor: 0)
    ) throws {
        let number = UInt(bitPattern: Int(device.encoded))
        try folder.check(mknodat(directory.descriptor, name.bytes, type | 0o600, number), "create", entry.path)
        try setMetadata(entry, name, directory)
    }

    private func setMetadata(_ entry: LayerEntry, _ name: CPath, _ directory: OpenFile) throws {
        try metadata.set(entry, try folder.openNode(name, in: directory, entry.path))
    }

    private func endFile() throws {
        guard let (entry, descriptor) = file else { return }
        file = nil
        try metadata.set(entry, descriptor)
    }

    private func finishDirectories(where isLeft: (BytePath) -> Bool) throws {
        while let last = unfinished.last, isLeft(last.path) {
            try metadata.set(last, try folder.open(last.path))
            unfinished.removeLast()
        }
    }

    private func open(_ directory: BytePath) throws -> OpenFile {
        if let current, current.path == directory { return current.descriptor }
        let descriptor = try folder.open(directory)
        current = (directory, descriptor)
        return descriptor
    }
}
