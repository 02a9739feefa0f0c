import Glibc
package import SystemPackage

/// How much room there is.
package enum DiskSpace {
    /// Bytes that an ordinary user may still write at a path.
    package static func free(at path: FilePath) throws -> Int64 {
        var status = statvfs()
        guard statvfs(path.string, &status) == 0 else {
            throw ConversionError("cannot see the free space of \(path): \(Errno(rawValue: errno))")
        }
        return Int64(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue
        )
    }
}
