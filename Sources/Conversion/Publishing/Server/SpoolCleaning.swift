import CLinux
import Foundation
import Glibc
import Logging
import SystemPackage

/// The folders in which sessions keep layers: each locked as long as its session lives, so that what a crash left is
/// told and removed.
enum SpoolCleaning {
    /// A locked folder.
    final class Lock: Sendable {
        private let descriptor: Int32

        fileprivate init(_ descriptor: Int32) { self.descriptor = descriptor }

        /// A child that was just forked has a copy, which closing alone would leave locked.
        deinit {
            flock(descriptor, LOCK_UN)
            close(descriptor)
        }
    }

    /// Makes a folder and locks it.
    static func begin(_ folder: FilePath) throws -> Lock {
        guard mkdir(folder.string, 0o700) == 0 else {
            throw ConversionError("cannot make the folder \(folder): \(Errno(rawValue: errno))")
        }
        guard let lock = attempt(folder) else { throw ConversionError("the new folder \(folder) is locked already") }
        return lock
    }

    /// Removes the folders that nobody has locked.
    static func run(in root: FilePath, logger: Logger) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: root.string) {
            let folder = root.appending(name)
            guard attempt(folder) != nil else { continue }
            var status = stat()
            // One that was made a moment ago may not be locked yet.
            guard lstat(folder.string, &status) == 0, time(nil) - status.st_mtim.tv_sec > 60 else { continue }
            try FileManager.default.removeItem(atPath: folder.string)
            logger.notice("removed layers that a process left in \(folder)")
        }
    }

    private static func attempt(_ folder: FilePath) -> Lock? {
        let descriptor = open(folder.string, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
        return Lock(descriptor)
    }
}
