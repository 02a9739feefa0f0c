import CLinux
import Glibc
package import SystemPackage

/// Pipes that no child inherits by chance.
package enum ClosedPipe {
    /// A new pipe. Both ends are closed in every child, also in one that starts at this moment (pipe2(2)).
    package static func make() throws(Errno) -> (readEnd: FileDescriptor, writeEnd: FileDescriptor) {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { throw Errno(rawValue: errno) }
        return (FileDescriptor(rawValue: ends[0]), FileDescriptor(rawValue: ends[1]))
    }
}
