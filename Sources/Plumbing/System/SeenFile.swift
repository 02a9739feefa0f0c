import CLinux
import Glibc
package import SystemPackage

/// What lies at a path, held without being opened.
///
/// A descriptor of `O_PATH`: no FIFO is waited for and no device does anything, closing it does not end this process's
/// locks on the file, as closing any other descriptor of it would ([fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html)),
/// and what it says stays true of this file, whatever the path leads to later.
package final class SeenFile: Sendable {
    /// Whose symbolic links are followed.
    ///
    /// This is about the last component of a path, and of what it leads to. Folders on the way may be links of anybody:
    /// whoever may change those may put any file there.
    package enum Links: Sendable {
        case anybodys
        /// Those of this user, of root, and of whom the folder belongs to: that one may put there any file as well. Kept out
        /// is a link that somebody else has put into a folder for all, as `fs.protected_symlinks` does, where it is on.
        case ofTheFolder
        /// Those of this user and of root.
        case ours
        /// None: a link is what is seen.
        case nobodys
    }

    /// Where it is, all links followed.
    package let path: FilePath
    private let descriptor: FileDescriptor
    private let status: stat

    /// As many as Linux follows.
    private static let maximumLinks = 40

    /// Looks at what is there; nil where nothing is. Throws ``FileFault``.
    package static func look(_ path: FilePath, links: Links) throws -> SeenFile? {
        var path = path
        for _ in 0..<maximumLinks {
            guard let file = try SeenFile(at: path) else { return nil }
            if file.type != S_IFLNK || links == .nobodys { return file }
            guard file.mayLead(links) else { throw FileFault.link(path, owner: file.owner) }
            let target = try file.target()
            path = target.isAbsolute ? target : path.removingLastComponent().pushing(target)
        }
        throw FileFault.system(.tooManySymbolicLinkLevels)
    }

    private init?(at path: FilePath) throws {
        do {
            descriptor = try FileDescriptor.open(
                path,
                .readOnly,
                options: [.init(rawValue: Int32(linux_O_PATH)), .noFollow, .closeOnExec]
            )
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch let error as Errno {
            throw FileFault.system(error)
        }
        var status = stat()
        guard fstat(descriptor.rawValue, &status) == 0 else {
            let error = Errno(rawValue: errno)
            try? descriptor.close()
            throw FileFault.system(error)
        }
        self.path = path
        self.status = status
    }

    deinit {
        // It was never open for anything.
        try? descriptor.close()
    }

    /// Whose it is.
    package var owner: UInt32 { status.st_uid }
    /// Who may do what.
    package var permissions: FilePermissions { FilePermissions(rawValue: status.st_mode & 0o7777) }
    /// Whether it is a file, and not a folder, FIFO, socket or device.
    package var isRegular: Bool { type == S_IFREG }
    /// What it is otherwise.
    package var irregularity: FileFault {
        switch type {
        case S_IFDIR: .irregular("folder")
        case S_IFIFO: .irregular("FIFO")
        case S_IFSOCK: .irregular("socket")
        case S_IFLNK: .irregular("link")
        default: .irregular("device")
        }
    }

    private var type: mode_t { status.st_mode & S_IFMT }

    /// Whether it belongs to this user or to root, or, where root looks, to whom the folder belongs: root works for others.
    package var isOurs: Bool {
        owner == geteuid() || owner == 0 || (geteuid() == 0 && owner == folderOwner)
    }

    /// Whether both are the same file.
    package func isSame(as other: SeenFile) -> Bool { isSame(other.status) }

    private func isSame(_ other: stat) -> Bool {
        status.st_dev == other.st_dev && status.st_ino == other.st_ino
    }

    /// Opens it to read. Throws ``FileFault``: `exchanged` where the path leads to something else by now.
    package func open() throws -> FileDescriptor {
        guard isRegular else { throw irregularity }
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(path, .readOnly, options: [.noFollow, .nonBlocking, .closeOnExec])
        } catch Errno.noSuchFileOrDirectory, Errno.tooManySymbolicLinkLevels {
            throw FileFault.exchanged
        } catch let error as Errno {
            throw FileFault.system(error)
        }
        var opened = stat()
        guard fstat(file.rawValue, &opened) == 0, isSame(opened) else {
            try? file.close()
            throw FileFault.exchanged
        }
        return file
    }

    /// Changes who may do what with this very file. Throws ``FileFault``.
    package func setPermissions(_ permissions: FilePermissions) throws {
        // `fchmod` wants a descriptor that was opened, which must not be closed again while there may be locks.
        guard chmod("/proc/self/fd/\(descriptor.rawValue)", permissions.rawValue) == 0 else {
            throw FileFault.system(Errno(rawValue: errno))
        }
    }

    private var folderOwner: UInt32? {
        let folder = path.removingLastComponent()
        var status = stat()
        return stat(folder.isEmpty ? "." : folder.string, &status) == 0 ? status.st_uid : nil
    }

    private func mayLead(_ links: Links) -> Bool {
        switch links {
        case .anybodys: true
        case .ofTheFolder: owner == geteuid() || owner == 0 || owner == folderOwner
        case .ours: owner == geteuid() || owner == 0
        case .nobodys: false
        }
    }

    private func target() throws -> FilePath {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let count = readlinkat(descriptor.rawValue, "", &buffer, buffer.count - 1)
        guard count > 0 else { throw FileFault.system(Errno(rawValue: errno)) }
        return FilePath(platformString: buffer)
    }
}
