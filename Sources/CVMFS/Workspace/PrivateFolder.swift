import CLinux
import Glibc
import Plumbing
package import SystemPackage

/// A folder whose files are believed, since nobody else can have put them there.
///
/// It is held open: what is done to a file in it happens in the folder that was checked, whatever others put at its path
/// later.
package final class PrivateFolder: Sendable {
    /// Where it was found; for messages.
    package let path: FilePath
    package let descriptor: Int32

    private init(path: FilePath, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Opens a folder that is there. Throws ``CVMFSError``: `notFound`, or `notTrusted`, saying what to do, unless the folder
    /// is this user's alone to write, or that of `owner`, for whom this user works, and no link on the way is anybody else's.
    ///
    /// Root also takes a folder that belongs to the owner of the one above, since it publishes for others.
    package static func open(_ path: FilePath, owner: UInt32? = nil) throws -> PrivateFolder {
        try inParent(of: path) { try open($0, in: $1, path, owner: owner) }
    }

    /// Opens a folder like ``open(_:owner:)``, after making it for this user alone where it is missing.
    package static func make(_ path: FilePath) throws -> PrivateFolder {
        try inParent(of: path) { try make($0, in: $1, path) }
    }

    /// Opens a folder in this one, after making it where it is missing.
    package func makeFolder(_ name: String) throws -> PrivateFolder {
        try Self.make(name, in: descriptor, path.appending(name))
    }

    /// A file in this folder.
    package func place(_ name: String) -> FilePlace { FilePlace(name, in: self) }

    /// The names in it. Throws ``CVMFSError``.
    package func names() throws -> [String] {
        do {
            return try DirectoryNames.all(in: ".", at: descriptor).map { String(decoding: $0, as: UTF8.self) }
        } catch {
            throw SystemCall.error("list", path.string, code: error.rawValue)
        }
    }

    private static func inParent<Value>(of path: FilePath, _ body: (String, Int32) throws -> Value) throws -> Value {
        let parent = path.removingLastComponent()
        guard let name = path.lastComponent?.string else {
            throw refusal(path, "is the root folder", remedy: "name another")
        }
        let way: FileDescriptor
        do {
            way = try FolderWay.open(parent)
        } catch FileFault.system(let error) {
            throw SystemCall.error("open", parent.isEmpty ? "." : parent.string, code: error.rawValue)
        } catch let fault as FileFault {
            throw CVMFSError(.notTrusted, "cannot believe what is in \(path): \(fault)")
        }
        return try way.closeAfter { try body(name, way.rawValue) }
    }

    private static func make(_ name: String, in parent: Int32, _ path: FilePath) throws -> PrivateFolder {
        let isNew = mkdirat(parent, name, 0o700) == 0
        guard isNew || errno == EEXIST else { throw SystemCall.error("create", path.string) }
        let folder = try open(name, in: parent, path)
        // The process's mask may have taken the owner's bits away.
        if isNew, fchmod(folder.descriptor, 0o700) != 0 { throw SystemCall.error("change the mode of", path.string) }
        return folder
    }

    private static func open(
        _ name: String,
        in parent: Int32,
        _ path: FilePath,
        owner: UInt32? = nil
    ) throws -> PrivateFolder {
        let descriptor = SystemCall.open(name, at: parent, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        guard descriptor >= 0 else {
            guard errno == ELOOP || errno == ENOTDIR else { throw SystemCall.error("open", path.string) }
            throw refusal(path, "is a link or no folder", remedy: "move it away")
        }
        let folder = PrivateFolder(path: path, descriptor: descriptor)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemCall.error("look at", path.string) }
        guard try status.st_uid == owner || isOurs(status, parent, path) else {
            throw refusal(
                path,
                "belongs to the user \(status.st_uid)",
                remedy: "run this as that user, or move it away"
            )
        }
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
            throw refusal(
                path,
                "may be written by others",
                remedy: "look what is in it, then `chmod go-w \(path)`, or move it away"
            )
        }
        return folder
    }

    private static func isOurs(_ status: stat, _ parent: Int32, _ path: FilePath) throws -> Bool {
        let user = geteuid()
        if status.st_uid == user { return true }
        guard user == 0 else { return false }
        var above = stat()
        guard fstat(parent, &above) == 0 else { throw SystemCall.error("look at the folder of", path.string) }
        return above.st_uid == status.st_uid
    }

    private static func refusal(_ path: FilePath, _ what: String, remedy: String) -> CVMFSError {
        CVMFSError(.notTrusted, "\(path) \(what), so that Wafer cannot believe what is in it: \(remedy)")
    }
}
