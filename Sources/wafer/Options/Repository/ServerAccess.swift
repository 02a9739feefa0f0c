import CVMFS
import Conversion
import Foundation
import Glibc
import Logging
import StockServer
import SystemPackage

/// How this user reaches `cvmfs_server` for a repository.
struct ServerAccess {
    private let repository: ServerRepository
    /// The owner, where this is somebody else but root.
    let user: String?
    /// Where layers and the note about an open transaction lie: in the spool folder, if this user may write there.
    let workspace: FilePath

    /// Throws where the environment names no place for another user's files.
    init(_ repository: ServerRepository) throws {
        self.repository = repository
        let owner = try repository.ownerIDs().uid
        guard geteuid() != 0, geteuid() != owner else {
            user = nil
            workspace = repository.spool.workspace
            return
        }
        user = repository.owner
        guard let home = Environment.value("HOME") else {
            throw ConversionError("HOME is not set: there is no place for the layers of \(repository.fqrn)")
        }
        let folder = FilePath(home).appending(".local/state/wafer")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        workspace = folder.appending(repository.fqrn)
    }

    /// The words of `CVMFS_SERVER`, or the program by its name.
    static var words: [String] {
        let words = Environment.value("CVMFS_SERVER")?.split(separator: " ").map(String.init) ?? []
        return words.isEmpty ? ["cvmfs_server"] : words
    }

    /// The command.
    func command(logger: Logger) -> ServerCommand {
        ServerCommand(words: Self.words, user: user, logger: logger)
    }
}
