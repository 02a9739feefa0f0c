package import CVMFS
import Glibc
import Plumbing
package import SystemPackage

/// What the spool folder of `cvmfs_server` tells of a repository's transactions (docs/cvmfs-format.md §6.1).
package struct ServerSpool: Sendable, Equatable {
    /// The folder.
    package let root: FilePath

    /// Which transaction is open: the file that says so is made anew for each.
    package struct OpenTransaction: Codable, Sendable, Equatable {
        let device: UInt64
        let inode: UInt64
        /// Nanoseconds since 1970 when it was opened, by the clock of the file system.
        package let opened: Int64
    }

    /// A spool folder.
    package init(root: FilePath) {
        self.root = root
    }

    private var area: SpoolFolder { SpoolFolder(root: root) }

    /// Where the newest revision that this machine knows is mounted, without an overlay on it.
    package var readOnlyMount: FilePath { root.appending("rdonly") }

    /// What is mounted and edited in a transaction lies in here.
    private var scratch: FilePath { root.appending("scratch/current") }

    /// Where Wafer keeps what is its own: beside the locks, closed to other users.
    package var workspace: FilePath { RepositoryWorkspace(spool: root).root }

    /// The hash that the stock tools expect the reference log to have; nil where none is kept. Throws ``CVMFSError``.
    package func reflogChecksum() throws -> ContentHash? { try area.readReflogChecksum() }

    /// The transaction that is open, anybody's; nil where there is none.
    package func transaction() throws -> OpenTransaction? {
        var status = stat()
        guard stat(area.transactionFlag.string, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw SystemCall.error("look at", area.transactionFlag.string)
        }
        return OpenTransaction(
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino),
            opened: Self.nanoseconds(status.st_mtim)
        )
    }

    /// Who has it open, and since when.
    package func holder(of fqrn: String) -> String {
        TransactionFlag.holder(of: area.transactionFlag, fqrn: fqrn)
    }

    /// Whether nothing was edited in the open transaction; false where that cannot be seen.
    package var isUnedited: Bool {
        guard let folder = opendir(scratch.string) else { return false }
        defer { closedir(folder) }
        // What cannot be seen is false, too.
        return (try? DirectoryNames.all { readdir(folder) })?.isEmpty ?? false
    }

    /// Now, by the clock that ``OpenTransaction/opened`` is of, as a new file in `folder` shows it.
    package static func clock(in folder: FilePath) throws -> Int64 {
        let path = "\(folder.appending("clock")).\(getpid())"
        let descriptor = SystemCall.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, mode: 0o600)
        guard descriptor >= 0 else { throw SystemCall.error("create", path) }
        defer {
            close(descriptor)
            unlink(path)
        }
        guard futimens(descriptor, nil) == 0 else { throw SystemCall.error("touch", path) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemCall.error("look at", path) }
        return nanoseconds(status.st_mtim)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
