package import CVMFS
import Plumbing
package import SystemPackage

/// Where `cvmfs_server` has the things of a repository, whatever its upstream is and whoever writes it
/// (docs/cvmfs-format.md §6.1).
///
/// ``ServerConfiguration`` says more and refuses more: what Wafer must know to write the format itself.
package struct ServerRepository: Sendable, Equatable {
    /// The fully qualified name.
    package let fqrn: String
    /// The `server.conf` it was read from.
    package let file: FilePath
    /// Its spool folder.
    package let spool: ServerSpool
    /// `CVMFS_UNION_DIR`: where a transaction is edited.
    package let mount: FilePath
    /// `CVMFS_USER`: whom it belongs to.
    package let owner: String
    /// `CVMFS_KEYS_DIR`, or where the stock tools have them.
    package let keys: FilePath
    /// `CVMFS_STRATUM0`: where clients and replicas read it.
    package let url: String?
    /// `CVMFS_UPSTREAM_STORAGE` as it stands there, such as `local,/srv/cvmfs/a.org/data/txn,/srv/cvmfs/a.org`.
    package let upstream: String
    /// How many entries a catalog may have.
    package let catalogLimits: CatalogLimits

    /// Reads `FOLDER/FQRN/server.conf` without running it. Throws ``CVMFSError`` where there is none, or a replica.
    package static func read(
        _ fqrn: String,
        in folder: FilePath = ServerConfiguration.defaultFolder
    ) throws -> ServerRepository {
        try RepositoryName.validate(fqrn)
        let (file, bytes) = try ServerConfiguration.load(fqrn, in: folder)
        return try ServerRepository(fqrn, bytes, file: file)
    }

    /// Reads a certain file.
    package static func read(_ fqrn: String, from file: FilePath) throws -> ServerRepository {
        try ServerRepository(fqrn, try ServerConfiguration.load(from: file, fqrn: fqrn), file: file)
    }

    private init(_ fqrn: String, _ bytes: [UInt8], file: FilePath) throws {
        typealias Values = ServerConfiguration.Values
        let values = Values(values: try ShellAssignments(bytes, file: file.string).values, file: file)
        let name = try values.required("CVMFS_REPOSITORY_NAME")
        guard name == fqrn else { throw values.refusal("CVMFS_REPOSITORY_NAME", "it is not \(fqrn)") }
        guard values["CVMFS_REPOSITORY_TYPE"] ?? "stratum0" == "stratum0" else {
            throw values.refusal("CVMFS_REPOSITORY_TYPE", "publish where the stratum 0 is")
        }
        self.fqrn = fqrn
        self.file = file
        spool = ServerSpool(root: try values.path("CVMFS_SPOOL_DIR", default: "/var/spool/cvmfs/\(fqrn)"))
        mount = try values.path("CVMFS_UNION_DIR", default: "/cvmfs/\(fqrn)")
        owner = try values.required("CVMFS_USER")
        keys = try values.path("CVMFS_KEYS_DIR", default: ServerConfiguration.defaultKeys)
        url = values["CVMFS_STRATUM0"]
        upstream = try values.required("CVMFS_UPSTREAM_STORAGE")
        catalogLimits = try ServerConfiguration.limits(values)
    }

    /// Whether a gateway writes it: that takes leases on paths, and one deletion at a time.
    package var isBehindGateway: Bool { upstream.hasPrefix("gw,") }

    /// Where that gateway is, such as `http://gateway.example.org:4929/api/v1`; nil where there is none.
    package var gatewayURL: String? {
        let parts = upstream.split(separator: ",", maxSplits: 2)
        return isBehindGateway && parts.count == 3 ? String(parts[2]) : nil
    }

    /// The user and group that own it. Throws ``CVMFSError`` where there is no such user.
    package func ownerIDs() throws -> (uid: UInt32, gid: UInt32) {
        let user = try SystemUser.owner(owner, of: fqrn)
        return (user.uid, user.gid)
    }
}
