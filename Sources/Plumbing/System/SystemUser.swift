import Glibc
package import SystemPackage

/// A user of this machine.
package struct SystemUser: Sendable, Equatable {
    /// The number of the user.
    package let uid: UInt32
    /// The number of the user's first group.
    package let gid: UInt32

    /// What a name is not known with, beside no error at all (getpwnam_r(3)).
    private static let unknown = [ENOENT, ESRCH, EBADF, EPERM]

    /// The user of a name, nil where there is none. Throws where that cannot be found out.
    package static func named(_ name: String) throws(Errno) -> SystemUser? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 1 << 16)
        let code = getpwnam_r(name, &entry, &buffer, buffer.count, &found)
        guard code == 0 || unknown.contains(code) else { throw Errno(rawValue: code) }
        return found == nil ? nil : SystemUser(uid: entry.pw_uid, gid: entry.pw_gid)
    }
}
