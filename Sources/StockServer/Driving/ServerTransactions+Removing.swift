import CVMFS
package import Plumbing

extension ServerTransactions {
    /// Removes paths that are in the repository, in one transaction where that is possible; `done` hears of each.
    ///
    /// `cvmfs_server` itself removes them, by the catalogs and its read-only mount: nothing is deleted below the mount
    /// that is edited, so no link can lead a deletion elsewhere, and nobody needs rights on the files. It pastes the paths
    /// into a line for a shell, with colons between them: only plain ones are given to it.
    package func remove(_ paths: [BytePath], purpose: String, done: () -> Void = {}) async throws {
        for path in paths { try checkPlain(path) }
        // A gateway leases one path.
        for group in repository.isBehindGateway ? paths.map({ [$0] }) : [paths] {
            try await ingest(
                group.flatMap { ["-d", String(decoding: $0.bytes, as: UTF8.self)] },
                from: nil,
                purpose: purpose
            )
            done()
        }
    }

    private func checkPlain(_ path: BytePath) throws {
        let isPlain = path.bytes.allSatisfy { byte in
            let scalar = Unicode.Scalar(byte)
            return scalar.isASCII
                && (scalar.properties.isAlphabetic || "0123456789._/@+-".unicodeScalars.contains(scalar))
        }
        // What begins with a dash would be an option.
        guard isPlain, path.bytes.first != UInt8(ascii: "-") else {
            throw StockServerError(
                "\(path) cannot be removed through cvmfs_server, which takes letters, digits and ._/@+- in a path only: "
                    + "`cvmfs_server transaction \(repository.fqrn)`, remove it below \(repository.mount), and "
                    + "`cvmfs_server publish \(repository.fqrn)`"
            )
        }
    }
}
