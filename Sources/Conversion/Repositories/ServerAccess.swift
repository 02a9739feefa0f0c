import CVMFS
import Foundation
import Glibc
package import Logging
package import StockServer
package import SystemPackage

/// How this user reaches `cvmfs_server` for a repository.
package struct ServerAccess: Sendable {
    /// What the environment says of it.
    package struct Environment: Sendable {
        /// The words that lead to the program: `CVMFS_SERVER`, or its name.
        package var words: [String]
        /// The user's own folder; nil where the environment names none.
        package var home: FilePath?

        /// Takes the parts.
        package init(words: [String] = ["cvmfs_server"], home: FilePath?) {
            self.words = words
            self.home = home
        }
    }

    /// What runs.
    package let command: ServerCommand
    /// Where layers and the note about an open transaction lie: in the spool folder, if this user may write there.
    package let workspace: FilePath

    /// The user to become; nil where this is the owner, or root.
    package var user: String? { command.user }

    /// Takes the parts.
    package init(command: ServerCommand, workspace: FilePath) {
        self.command = command
        self.workspace = workspace
    }

    /// Throws ``ConversionError`` where the environment names no place for another user's files, and ``CVMFSError`` where
    /// the repository's owner is no user here. Blocks.
    package init(
        _ repository: ServerRepository,
        _ environment: Environment,
        work: ServerWork,
        logger: Logger
    ) throws {
        let owner = try repository.ownerIDs().uid
        guard geteuid() != 0, geteuid() != owner else {
            self.init(
                command: ServerCommand(words: environment.words, work: work, logger: logger),
                workspace: repository.spool.workspace
            )
            return
        }
        guard let home = environment.home else {
            throw ConversionError("HOME is not set: there is no place for the layers of \(repository.fqrn)")
        }
        let folder = home.appending(".local/state/wafer")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        self.init(
            command: ServerCommand(
                words: environment.words,
                user: repository.owner,
                work: work,
                logger: logger
            ),
            workspace: folder.appending(repository.fqrn)
        )
    }
}
