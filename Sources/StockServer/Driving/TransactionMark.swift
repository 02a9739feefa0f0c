import CVMFS
import Foundation
import Glibc
package import Plumbing
package import SystemPackage

/// The note on disk that Wafer opened a transaction, or is about to: only such a one is ever aborted
/// (docs/decisions/036-only-our-transactions.md).
package struct TransactionMark: Codable, Sendable, Equatable {
    /// The process that opened it.
    package var process: ProcessIdentity
    /// The `cvmfs_server` that was started for it.
    package var child: ProcessIdentity?
    /// What for.
    package var purpose: String
    /// When it was about to be opened, by the clock of ``ServerSpool/OpenTransaction/opened``.
    package var intended: Int64
    /// Which one it became; nil before that is certain.
    package var transaction: ServerSpool.OpenTransaction?

    /// Whether the `cvmfs_server` that was started for it is at work, or what that started: a transaction may still come of
    /// it. It leads a session of its own. Blocks.
    package var isAtWork: Bool { child?.sessionLives() == true }

    /// Where it lies in a workspace.
    package static func path(in workspace: FilePath) -> FilePath { workspace.appending("transaction.json") }

    /// The mark of a workspace, nil where there is none. Throws ``StockServerError``. Blocks.
    package static func read(in workspace: FilePath) throws -> TransactionMark? {
        let path = path(in: workspace)
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: path.string))
        } catch CocoaError.fileReadNoSuchFile {
            return nil
        }
        do {
            return try JSONDecoder().decode(TransactionMark.self, from: data)
        } catch {
            throw StockServerError("\(path) cannot be read (\(error)): remove it once no transaction is open")
        }
    }

    /// Writes it durably, in place of the one that is there. Throws ``StockServerError``. Blocks.
    ///
    /// Whoever writes has the ``WriterLock`` of the workspace.
    package func write(in workspace: FilePath) throws {
        let path = Self.path(in: workspace)
        let temporary = "\(path).new"
        // What a process left that ended while it wrote.
        unlink(temporary)
        do {
            try JSONEncoder().encode(self).withUnsafeBytes { bytes in
                try WholeFile.write(bytes, as: temporary, mode: 0o600) {
                    try WholeFile.rename(temporary, to: path.string)
                }
            }
            try WholeFile.synchronize(folder: workspace)
        } catch let fault as WholeFile.Fault {
            throw StockServerError(
                "the note of Wafer's transactions cannot be written (\(fault)): make room there, or let this user write there"
            )
        }
    }

    /// Takes it away: nothing of ours is open any more. Throws ``StockServerError``. Blocks.
    package static func remove(in workspace: FilePath) throws {
        let path = path(in: workspace)
        guard unlink(path.string) == 0 || errno == ENOENT else {
            throw StockServerError("cannot remove \(path): \(Errno(rawValue: errno))")
        }
    }
}
