import Foundation
package import Glibc
import Plumbing
package import SystemPackage

/// Where a file is: at a path, or under a name in a folder that is held open.
package struct FilePlace: Sendable, CustomStringConvertible {
    /// For messages.
    package let path: FilePath
    private let folder: PrivateFolder?
    private let name: String

    /// At a path.
    package init(_ path: FilePath) {
        self.path = path
        folder = nil
        name = path.string
    }

    /// Under a name without a slash.
    package init(_ name: String, in folder: PrivateFolder) {
        path = folder.path.appending(name)
        self.folder = folder
        self.name = name
    }

    package var description: String { path.string }

    /// A path that leads there as long as this value lives, for what takes no descriptors.
    package var reachable: String { folder.map { "/proc/self/fd/\($0.descriptor)/\(name)" } ?? name }

    /// The file beside it whose name has some more characters.
    package func beside(_ suffix: String) -> FilePlace {
        folder.map { FilePlace(name + suffix, in: $0) } ?? FilePlace(FilePath(name + suffix))
    }

    private var descriptor: Int32 { folder?.descriptor ?? AT_FDCWD }

    /// Opens it; no link at its name is followed. A negative number and `errno` where that fails.
    package func open(_ flags: Int32, mode: mode_t = 0o600) -> Int32 {
        SystemCall.open(name, at: descriptor, flags | O_NOFOLLOW, mode: mode)
    }

    /// What is there, a link itself; nil and `errno` where nothing can be seen.
    package func status() -> stat? {
        var status = stat()
        return fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    /// Removes it; false and `errno` where that fails.
    @discardableResult
    package func remove() -> Bool { unlinkat(descriptor, name, 0) == 0 }

    /// Gives it another name in the same folder, in place of what is there, durably.
    package func rename(to other: FilePlace) throws {
        try SystemCall.naming({ $0 == other.name ? other.path.string : path.string }) {
            try WholeFile.rename(name, to: other.name, in: descriptor)
        }
        guard folder == nil || fsync(descriptor) == 0 else { throw SystemCall.error("sync", path.string) }
    }

    /// The text of a small file, nil where there is none. Throws ``CVMFSError`` where it is a link or no file.
    package func text() throws -> String? {
        let file = open(O_RDONLY | O_NONBLOCK)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw SystemCall.error("open", path.string)
        }
        defer { close(file) }
        guard let status = Self.status(of: file), status.st_mode & S_IFMT == S_IFREG else {
            throw CVMFSError(.refused, "cannot read \(path): it is no file")
        }
        do {
            return String(decoding: try NamedFile.read(FileDescriptor(rawValue: file), limit: 1 << 20), as: UTF8.self)
        } catch let error as Errno {
            throw SystemCall.error("read", path.string, code: error.rawValue)
        } catch {
            throw CVMFSError(.refused, "cannot read \(path): \(error)")
        }
    }

    /// Replaces it by a small file, as a whole and durably.
    package func replace(by text: String, mode: mode_t) throws {
        let temporary = beside(".\(getpid())-\(UUID().uuidString.prefix(8))")
        try SystemCall.naming({ $0 == name ? path.string : temporary.path.string }) {
            try Array(text.utf8).withUnsafeBytes { bytes in
                try WholeFile.write(bytes, as: temporary.name, in: descriptor, mode: mode) {
                    try WholeFile.rename(temporary.name, to: name, in: descriptor)
                }
            }
        }
    }

    private static func status(of file: Int32) -> stat? {
        var status = stat()
        return fstat(file, &status) == 0 ? status : nil
    }
}
