import GRDB
import Logging
import SystemPackage

/// An open database, shared by all that read and write it.
struct DatabaseConnection: Sendable {
    /// The database's file, for errors.
    let path: FilePath
    let pool: DatabasePool
    let logger: Logger

    /// Reads at one moment: `body` sees no change of others. Throws `StateError`.
    func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        do {
            return try await pool.read(body)
        } catch let error as DatabaseError {
            throw StateError.from(error, file: path)
        }
    }

    /// Asks a single query. One sees one moment by itself, without the transaction that ``read(_:)`` pays for. Throws
    /// `StateError`.
    func ask<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        do {
            return try await pool.unsafeRead(body)
        } catch let error as DatabaseError {
            throw StateError.from(error, file: path)
        }
    }

    /// Writes all or nothing. Throws `StateError`.
    ///
    /// In a task of its own, which is not cancelled with the caller's: what was done is recorded even when the work
    /// around it is being abandoned.
    func write<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws -> T {
        let pool = pool
        do {
            return try await Task { try await pool.write(body) }.value
        } catch let error as DatabaseError {
            throw StateError.from(error, file: path)
        }
    }
}
