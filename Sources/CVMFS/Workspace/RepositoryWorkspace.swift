import Glibc
package import SystemPackage

/// The folder beside a storage that holds what must not be served: content index, journals, locks
/// (docs/decisions/008-content-index.md and docs/decisions/027-private-workspace.md). It lies on the storage's file
/// system.
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

    /// Opens it, creating the folders where they are missing, closed to other users: a journal makes a recovery remove
    /// objects, and the content index says which content lies in an object.
    ///
    /// Throws ``CVMFSError`` `notTrusted` where a folder is a link, belongs to somebody else, or may be written by others.
    package func open() throws -> OpenWorkspace {
        let folder = try PrivateFolder.make(root)
        return OpenWorkspace(folder: folder, journals: try folder.makeFolder("journals"))
    }
}
