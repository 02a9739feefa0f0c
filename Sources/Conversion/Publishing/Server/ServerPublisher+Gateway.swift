import CVMFS
import Plumbing
import StockServer

/// What cannot be done through a gateway, and would be a failure that says little, or damage.
extension ServerPublisher {
    /// Throws for a subcommand of `cvmfs_server` that works only where the storage is.
    func refuseThroughGateway(_ command: String) throws {
        guard repository.isBehindGateway else { return }
        throw ConversionError(
            "cvmfs_server cannot do that through a gateway: run `cvmfs_server \(command) \(fqrn)` on the gateway's machine"
        )
    }

    /// A gateway removes a directory row by row and leaves the special files in it, which damages the repository. A
    /// directory with a catalog of its own goes as a whole (docs/cvmfs-format.md §9.6); what is above it does not matter,
    /// since the lease is on the path itself. Throws where something would stay.
    func checkRemovableThroughGateway(_ paths: [BytePath]) async throws {
        guard repository.isBehindGateway else { return }
        for path in paths {
            let count = try await read { try Self.specialFilesOutsideCatalogs(path, $0) }
            guard count > 0 else { continue }
            throw ConversionError(
                "\(path.absolute) cannot be removed: it is or holds devices or FIFOs (\(count)), which a gateway leaves behind: give the "
                    + "directory a catalog first (`cvmfs_server transaction \(fqrn)`, a file .cvmfscatalog in it, "
                    + "`cvmfs_server publish \(fqrn)`), and then remove the directory"
            )
        }
    }

    private static func specialFilesOutsideCatalogs(_ path: BytePath, _ reader: any RevisionReader) throws -> Int {
        guard try reader.contents([path.appending(CatalogEntry.markerName)]).isEmpty else { return 0 }
        let count = try reader.fingerprint(path).special.entries
        if count == 0 { return 0 }
        var outermost: [BytePath] = []
        for marker in try reader.files(named: CatalogEntry.markerName, below: path) {
            guard let root = marker.parent, !outermost.contains(where: root.starts(with:)) else { continue }
            outermost.append(root)
        }
        return try outermost.reduce(count) { try $0 - reader.fingerprint($1).special.entries }
    }
}

extension ServerPublisher {
    /// The version of the program. Throws ``ConversionError`` where it cannot be used.
    package func checkServer() async throws -> String {
        let inspection = try await inspect()
        guard inspection.state != nil else {
            throw ConversionError("cvmfs_server does not list \(fqrn): does it run on this machine, as this user?")
        }
        return inspection.version
    }
}
