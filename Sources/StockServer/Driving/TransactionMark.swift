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
    /// it. It leads a session of its own.
    package var isAtWork: Bool { child?.sessionLives() == true }

    /// Where it lies in a workspace.
    package static func path(in workspace: FilePath) -> FilePath { workspace.appending("transaction.json") }

    /// The mark of a workspace, nil where there is none.
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

    /// Writes it durably, in place of the one that is there.
    package func write(in workspace: FilePath) throws {
        let path = Self.path(in: workspace)
        let temporary = FilePath("\(path).new")
        do {
            let file = try FileDescriptor.open(
                temporary,
                .writeOnly,
                options: [.create, .truncate, .closeOnExec],
                permissions: .ownerReadWrite
            )
            try file.closeAfter {
                _ = try file.writeAll(try JSONEncoder().encode(self))
                guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
        } catch let error as Errno {
            throw StockServerError("cannot write \(path): \(error)")
        }
    }

    /// Takes it away: nothing of ours is open any more.
    package static func remove(in workspace: FilePath) throws {
        let path = path(in: workspace)
        guard unlink(path.string) == 0 || errno == ENOENT else {
            throw StockServerError("cannot remove \(path): \(Errno(rawValue: errno))")
        }
    }
}
