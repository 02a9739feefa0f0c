import CLinux
import Glibc
package import SystemPackage

/// A folder whose files are believed, since nobody else can have put them there.
package enum PrivateFolder {
    /// Makes a folder for this user alone, or makes sure that the one which is there is this user's.
    ///
    /// Whoever can write to the folder above could have put it there. A link at its name is not followed: it could lead to
    /// another folder of this user. Root also takes a folder that belongs to the owner of the one above, since it publishes
    /// for others. Throws ``CVMFSError`` `notTrusted`, saying what to do.
    package static func make(_ path: FilePath) throws {
        let isNew = mkdir(path.string, 0o700) == 0
        guard isNew || errno == EEXIST else { throw SystemCall.error("create", path.string) }
        // The process's mask may have taken the owner's bits away.
        if isNew, chmod(path.string, 0o700) != 0 { throw SystemCall.error("change the mode of", path.string) }
        try check(path)
    }

    /// Throws ``CVMFSError`` `notTrusted` unless the folder is this user's alone to write, or that of `owner`, for whom this
    /// user works.
    package static func check(_ path: FilePath, owner: UInt32? = nil) throws {
        let descriptor = SystemCall.open(path.string, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
        guard descriptor >= 0 else {
            guard errno == ELOOP || errno == ENOTDIR else { throw SystemCall.error("open", path.string) }
            throw refusal(path, "is a link or no folder", remedy: "move it away")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemCall.error("look at", path.string) }
        guard try status.st_uid == owner || isOurs(status, path) else {
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
    }

    private static func isOurs(_ status: stat, _ path: FilePath) throws -> Bool {
        let user = geteuid()
        if status.st_uid == user { return true }
        guard user == 0 else { return false }
        var above = stat()
        let parent = path.removingLastComponent()
        guard stat(parent.isEmpty ? "." : parent.string, &above) == 0 else {
            throw SystemCall.error("look at", parent.string)
        }
        return above.st_uid == status.st_uid
    }

    private static func refusal(_ path: FilePath, _ what: String, remedy: String) -> CVMFSError {
        CVMFSError(.notTrusted, "\(path) \(what), so that Wafer cannot believe what is in it: \(remedy)")
    }
}
