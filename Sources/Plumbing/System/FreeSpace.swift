import Glibc
package import SystemPackage

/// How much room there is on a file system (statvfs(3)).
package enum FreeSpace {
    /// Bytes that an ordinary user may still write at a path.
    package static func bytes(at path: FilePath) throws(Errno) -> Int64 {
        var status = statvfs()
        guard statvfs(path.string, &status) == 0 else { throw Errno(rawValue: errno) }
        return bytes(status)
    }

    /// Bytes that an ordinary user may still write where an open file or folder is.
    package static func bytes(at descriptor: Int32) throws(Errno) -> Int64 {
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else { throw Errno(rawValue: errno) }
        return bytes(status)
    }

    /// Bytes that are better left free where an open file or folder is: a hundredth of the file system, 1 GiB at most.
    package static func reserve(at descriptor: Int32) throws(Errno) -> Int64 {
        var status = statvfs()
        guard fstatvfs(descriptor, &status) == 0 else { throw Errno(rawValue: errno) }
        return reserve(status)
    }

    /// The same at a path.
    package static func reserve(at path: FilePath) throws(Errno) -> Int64 {
        var status = statvfs()
        guard statvfs(path.string, &status) == 0 else { throw Errno(rawValue: errno) }
        return reserve(status)
    }

    private static func reserve(_ status: statvfs) -> Int64 { min(1 << 30, bytes(status.f_blocks, status) / 100) }

    private static func bytes(_ status: statvfs) -> Int64 { bytes(status.f_bavail, status) }

    private static func bytes(_ blocks: fsblkcnt_t, _ status: statvfs) -> Int64 {
        let (bytes, isTooMany) = UInt64(blocks).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return isTooMany ? .max : Int64(clamping: bytes)
    }
}
