import Foundation
import Subprocess
package import SystemPackage

/// A repository that the stand-in for `cvmfs_server` keeps, `Tests/tools/standin_cvmfs_server.py`. It is a tree of files
/// with transactions, not a repository of CVMFS.
package struct StandInServer: Sendable {
    /// The repository's name.
    package let fqrn: String
    /// Where all of it lies.
    package let folder: FilePath

    /// An upstream in a bucket.
    package static let objectStore = "S3,/tmp,standin@/etc/cvmfs/s3.conf"
    /// An upstream behind a gateway, at a port where nobody listens.
    package static let gateway = "gw,/srv/cvmfs/x/data/txn,http://127.0.0.1:9/api/v1"

    /// A repository without content, revision 1, whose `server.conf` has some more lines.
    package init(
        in parent: FilePath,
        fqrn: String,
        upstream: String = Self.objectStore,
        owner: String = NSUserName(),
        more: String = ""
    ) async throws {
        self.fqrn = fqrn
        folder = parent.appending(fqrn)
        let configuration = folder.appending("etc").appending(fqrn)
        try FileManager.default.createDirectory(atPath: configuration.string, withIntermediateDirectories: true)
        let root = ProjectFolder.root
        let script = root.appending("Tests/tools/standin_cvmfs_server.py")
        try write("cvmfs_server", "#!/bin/sh\nexec /usr/bin/python3 '\(script)' '\(folder)' \"$@\"\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.string)
        // Nobody serves it: on port 80 a web server of this machine may listen, on the discard port none does.
        try write(
            "etc/\(fqrn)/server.conf",
            """
            CVMFS_CREATOR_VERSION=143
            CVMFS_REPOSITORY_NAME=\(fqrn)
            CVMFS_REPOSITORY_TYPE=stratum0
            CVMFS_USER=\(owner)
            CVMFS_UNION_DIR=\(folder)/union
            CVMFS_SPOOL_DIR=\(folder)/spool
            CVMFS_STRATUM0=http://127.0.0.1:9/cvmfs/\(fqrn)
            CVMFS_UPSTREAM_STORAGE=\(upstream)
            \(more)

            """
        )
        if upstream.hasPrefix("gw,") { try write("gateway", "") }
        let result = try await Subprocess.run(.path(program), arguments: ["standin-init"], output: .discarded)
        guard case .exited(0) = result.terminationStatus else { throw CocoaError(.executableLoad) }
        try FileManager.default.removeItem(atPath: folder.appending("calls").string)
    }

    /// The stand-in as a command without further words.
    package var program: FilePath { folder.appending("cvmfs_server") }
    /// The folder with `FQRN/server.conf`.
    package var configurations: FilePath { folder.appending("etc") }
    /// Its `server.conf`.
    package var configuration: FilePath { configurations.appending(fqrn).appending("server.conf") }
    /// What is published.
    package var published: FilePath { folder.appending("spool/rdonly") }
    /// There while a transaction is open.
    package var flag: FilePath { folder.appending("spool/in_transaction.lock") }
    /// Where Wafer keeps what is its own.
    package var workspace: FilePath { folder.appending("spool/wafer") }
    /// Wafer's note about a transaction of its own.
    package var mark: FilePath { workspace.appending("transaction.json") }

    /// Whether a transaction is open, anybody's.
    package var isInTransaction: Bool { FileManager.default.fileExists(atPath: flag.string) }

    /// Lets something go wrong once, in the words of the script.
    package func breakOnce(_ faults: String...) throws {
        try write("faults", faults.map { $0 + "\n" }.joined())
    }

    /// Lets go on whatever is held, now and later.
    package func proceed() throws {
        try write("proceed", "")
    }

    /// Opens a transaction as somebody else.
    package func openTransaction() throws {
        try write("spool/in_transaction.lock", "")
    }

    /// What it was called for, one word each, since its making; its version and list are left out.
    package func calls() throws -> [String] {
        try lines().compactMap { $0.dropFirst().first }.filter { $0 != "list" }
    }

    /// The same with all their words, but the process.
    package func commands() throws -> [String] {
        try lines().map { $0.dropFirst().joined(separator: " ") }
    }

    /// The processes that it was, in that order.
    package func processes() throws -> [Int32] { try lines().compactMap { $0.first.flatMap { Int32($0) } } }

    /// Writes a file in its folder.
    package func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: folder.appending(name).string))
    }

    private func lines() throws -> [[String]] {
        let path = folder.appending("calls").string
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { line in
            line.split(separator: " ").map(String.init)
        }
    }
}
