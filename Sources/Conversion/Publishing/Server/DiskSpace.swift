import Plumbing
package import SystemPackage

/// How much room there is.
package enum DiskSpace {
    /// Bytes that an ordinary user may still write at a path.
    package static func free(at path: FilePath) throws -> Int64 {
        do throws(Errno) {
            return try FreeSpace.bytes(at: path)
        } catch {
            throw ConversionError("cannot see the free space of \(path): \(error)")
        }
    }

    /// Bytes of these that are better left free.
    package static func reserve(at path: FilePath) throws -> Int64 {
        do throws(Errno) {
            return try FreeSpace.reserve(at: path)
        } catch {
            throw ConversionError("cannot see the free space of \(path): \(error)")
        }
    }
}
