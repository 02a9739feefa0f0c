package import CVMFS
import Glibc
import Plumbing
package import SystemPackage

/// What `server.conf` says of a repository that `cvmfs_server` manages (docs/cvmfs-format.md §6.1).
package struct ServerConfiguration: Sendable, Equatable {
    /// The fully qualified name.
    package let fqrn: String
    /// The file it was read from.
    package let file: FilePath
    /// Where the objects lie.
    package let storage: FilePath
    /// Where locks and the hash of the reference log lie.
    package let spool: FilePath
    /// The user who owns the storage; nobody else may publish.
    package let owner: String
    /// `CVMFS_KEYS_DIR`, or where the stock tools have them.
    package let keys: FilePath
    /// `CVMFS_STRATUM0`: where clients and replicas read it.
    package let url: String?
    /// Whether content is stored as it is, whatever policy was asked for.
    package let storesVerbatim: Bool
    /// How to publish.
    package let settings: PublishingSettings
    /// Settings that are followed only as far as the text says.
    package let remarks: [String]

    /// Where the stock tools look.
    package static let defaultFolder: FilePath = "/etc/cvmfs/repositories.d"
    static let defaultKeys: FilePath = "/etc/cvmfs/keys"
    /// The revision of the server's own files that this knows.
    static let layoutRevision = "143"

    /// Reads `FOLDER/FQRN/server.conf`. Throws ``CVMFSError``, saying what to do, where there is none, where it cannot be
    /// read without executing it, or where it asks for what this version cannot do.
    package static func read(_ fqrn: String, in folder: FilePath = defaultFolder) throws -> ServerConfiguration {
        try RepositoryName.validate(fqrn)
        let (file, bytes) = try load(fqrn, in: folder)
        return try ServerConfiguration(fqrn, bytes, file: file)
    }

    /// Reads a certain file.
    package static func read(_ fqrn: String, from file: FilePath) throws -> ServerConfiguration {
        try ServerConfiguration(fqrn, try load(from: file, fqrn: fqrn), file: file)
    }

    /// The bytes of the configuration of a stratum 0.
    static func load(_ fqrn: String, in folder: FilePath) throws -> (file: FilePath, bytes: [UInt8]) {
        let replica = folder.appending(fqrn).appending("replica.conf")
        if access(replica.string, F_OK) == 0 {
            throw CVMFSError(.refused, "\(fqrn) is a replica here (\(replica)): publish where its stratum 0 is")
        }
        let file = folder.appending(fqrn).appending("server.conf")
        return (file, try load(from: file, fqrn: fqrn))
    }

    static func load(from file: FilePath, fqrn: String) throws -> [UInt8] {
        do {
            let limit = ShellAssignments.sizeLimit
            if let bytes = try NamedFile.read(file, limit: limit, links: .anybodys) { return bytes }
        } catch FileFault.tooLarge {
            throw CVMFSError(.refused, "\(file) is too large for a configuration")
        } catch FileFault.system(let error) {
            throw SystemCall.error("open", file.string, code: error.rawValue)
        } catch let fault as FileFault {
            throw CVMFSError(.refused, "cannot read the configuration \(file): \(fault)")
        }
        throw CVMFSError(
            .notFound,
            "\(file) does not exist: cvmfs_server manages no repository \(fqrn) here (--config-dir names another folder)"
        )
    }
}
