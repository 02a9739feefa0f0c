import CLinux
import CVMFS
import Foundation
import Glibc
import Logging
import SystemPackage

/// The folders in which sessions keep layers: each locked as long as its session lives, so that what a crash left is
/// told and removed.
enum SpoolCleaning {
    /// Makes a folder and locks it.
    static func begin(_ folder: FilePath) throws -> FileLock {
        guard mkdir(folder.string, 0o700) == 0 else {
            throw ConversionError("cannot make the folder \(folder): \(Errno(rawValue: errno))")
        }
        guard let lock = try FileLock.attempt(folder: folder) else {
            throw ConversionError("the new folder \(folder) is locked already")
        }
        return lock
    }

    /// Removes the folders that nobody has locked.
    static func run(in root: FilePath, now: Date, logger: Logger) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: root.string) {
            let folder = root.appending(name)
            // One that cannot be opened was just removed by another process, or is no folder of a session.
            guard let lock = try? FileLock.attempt(folder: folder) else { continue }
            try withExtendedLifetime(lock) {
                var status = stat()
                // One that was made a moment ago may not be locked yet.
                guard lstat(folder.string, &status) == 0,
                    Int(now.timeIntervalSince1970) - status.st_mtim.tv_sec > 60
                else { return }
                try FileManager.default.removeItem(atPath: folder.string)
                logger.notice("removed layers that a process left in \(folder)")
            }
        }
    }
}
