import CLinux
import Glibc
import Plumbing
import Synchronization
import SystemPackage

/// The folder of a storage, held open: paths below it are short, and a rename of the storage does no harm.
///
/// Paths are relative to it. Errors are ``CVMFSError`` with the whole path. May be used from any thread.
final class StorageFolder: Sendable {
    let root: FilePath
    private let descriptor: Int32
    private let temporaryNames = Atomic<UInt64>(0)

    /// Opens the folder of a storage.
    init(_ root: FilePath) throws {
        let descriptor = SystemCall.open(root.string, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw SystemCall.error("open the storage", root.string) }
        self.root = root
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// A path for messages.
    func absolute(_ path: String) -> String { root.string + "/" + path }

    /// Makes a folder that web servers can enter, whatever this process's mask says; fine where it is there.
    func makeFolder(_ path: String) throws {
        guard mkdirat(descriptor, path, 0o755) == 0 else {
            if errno == EEXIST { return }
            throw SystemCall.error("create", absolute(path))
        }
        guard fchmodat(descriptor, path, 0o755, 0) == 0 else {
            throw SystemCall.error("change the mode of", absolute(path))
        }
    }

    /// Reads a file in pieces of at most 1 MiB; false where there is none.
    func read(_ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        let file = SystemCall.open(path, at: descriptor, O_RDONLY)
        guard file >= 0 else {
            if errno == ENOENT { return false }
            throw SystemCall.error("open", absolute(path))
        }
        defer { close(file) }
        try SystemCall.read(file, absolute(path), body)
        return true
    }

    /// What is at a path, nil where there is nothing. Links are followed.
    func status(_ path: String) throws -> stat? {
        var status = stat()
        if fstatat(descriptor, path, &status, 0) == 0 { return status }
        guard errno == ENOENT else { throw SystemCall.error("look at", absolute(path)) }
        return nil
    }

    /// What is at a path, a link itself; nil where nothing can be seen.
    func statusOfLink(_ path: String) -> stat? {
        var status = stat()
        return fstatat(descriptor, path, &status, AT_SYMLINK_NOFOLLOW) == 0 ? status : nil
    }

    /// The names in a folder, in no order.
    func names(in path: String) throws -> [String] {
        do {
            return try DirectoryNames.all(in: path, at: descriptor).map { String(decoding: $0, as: UTF8.self) }
        } catch {
            throw SystemCall.error("list", absolute(path), code: error.rawValue)
        }
    }

    /// The names of what may be links in a folder, in no order; none where there is no folder.
    func possibleLinks(in path: String) throws -> [String] {
        do {
            return try DirectoryNames.possibleLinks(in: path, at: descriptor).map {
                String(decoding: $0, as: UTF8.self)
            }
        } catch Errno.noSuchFileOrDirectory {
            return []
        } catch {
            throw SystemCall.error("list", absolute(path), code: error.rawValue)
        }
    }

    /// Removes a file; fine where it is gone.
    func remove(_ path: String) throws {
        guard unlinkat(descriptor, path, 0) == 0 || errno == ENOENT else {
            throw SystemCall.error("remove", absolute(path))
        }
    }

    /// Makes a link; fine where something is there.
    func link(_ path: String, to target: String) throws {
        guard symlinkat(target, descriptor, path) == 0 || errno == EEXIST else {
            throw SystemCall.error("create", absolute(path))
        }
    }

    /// Writes a file through a temporary one whose path begins with `temporaryPrefix`, and gives it its name after
    /// `beforeRename`.
    func replace(
        _ path: String,
        with bytes: UnsafeRawBufferPointer,
        temporaryPrefix: String,
        durably: Bool,
        beforeRename: () throws -> Void = {}
    ) throws {
        let number = temporaryNames.add(1, ordering: .relaxed).newValue
        let temporary = temporaryPrefix + String(number)
        try SystemCall.naming(absolute) {
            // What clients cannot read is not published: the mode is not left to this process's mask.
            try WholeFile.write(bytes, as: temporary, in: descriptor, mode: 0o644, durably: durably) {
                try beforeRename()
                try WholeFile.rename(temporary, to: path, in: descriptor)
            }
        }
    }

    /// Makes the names in the folder itself survive a power failure.
    func synchronizeNames() throws {
        guard fsync(descriptor) == 0 else { throw SystemCall.error("sync", root.string) }
    }

    /// Makes everything on the folder's file system survive a power failure.
    func synchronizeAll() throws {
        guard syncfs(descriptor) == 0 else { throw SystemCall.error("sync", root.string) }
    }

    /// Bytes of the folder's file system that are better left free.
    func reservedBytes() throws -> Int64 {
        do throws(Errno) {
            return try FreeSpace.reserve(at: descriptor)
        } catch {
            throw SystemCall.error("look at", root.string, code: error.rawValue)
        }
    }

    /// The bytes that this user may still write to the folder's file system.
    func freeBytes() throws -> Int64 {
        do throws(Errno) {
            return try FreeSpace.bytes(at: descriptor)
        } catch {
            throw SystemCall.error("look at", root.string, code: error.rawValue)
        }
    }
}
