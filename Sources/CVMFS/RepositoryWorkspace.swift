import Glibc
package import SystemPackage

/// The folder beside a storage that holds what must not be served: content index, journals, locks
/// (docs/architecture.md, decisions 8 and 10). It lies on the storage's file system.
package struct RepositoryWorkspace: Sendable {
    /// `STORAGE.wafer`, or `wafer` in the spool folder of `cvmfs_server`.
    package let root: FilePath

    /// The workspace of a storage; nothing is created yet.
    package init(storage: FilePath) {
        root = FilePath(storage.lexicallyNormalized().string + ".wafer")
    }

    /// The workspace of a repository whose spool folder `cvmfs_server` made: that belongs to the repository's owner, and
    /// what lies beside the storage need not.
    package init(spool: FilePath) {
        root = spool.appending("wafer")
    }

    /// Which content lies in which object.
    var contentIndex: FilePath { root.appending("content-index.sqlite") }
    /// Held while a commit rewrites the repository.
    var lock: FilePath { root.appending("commit.lock") }
    /// Held for a moment while a journal begins, and by a recovery.
    var journalLock: FilePath { root.appending("journal.lock") }
    /// The hash of a reference log that is about to be written.
    var pendingReflog: FilePath { root.appending("reflog.pending") }
    /// A file for each preparation that is under way or died.
    var journals: FilePath { root.appending("journals") }

    /// Creates the folders, closed to other users, or makes sure that they are: a journal makes a recovery remove objects,
    /// and the content index says which content lies in an object.
    ///
    /// Throws ``CVMFSError`` `notTrusted` where one is a link, belongs to somebody else, or may be written by others.
    func create() throws {
        for folder in [root, journals] { try PrivateFolder.make(folder) }
    }
}
