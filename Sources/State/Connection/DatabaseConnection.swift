import GRDB
import Logging
import SystemPackage

/// An open database, shared by all that read and write it.
struct DatabaseConnection: Sendable {
    /// The database's file, for errors.
    let path: FilePath
    let pool: DatabasePool
    let logger: Logger
    private let writes: WriteQueue

    init(path: FilePath, pool: DatabasePool, logger: Logger) {
        self.path = path
        self.pool = pool
        self.logger = logger
        writes = WriteQueue(pool)
    }

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
    /// It is not cancelled with the caller: what was done is recorded even when the work around it is being abandoned.
    func write<T: Sendable>(
        _ durability: WriteDurability = .againstPowerFailure,
        _ body: @escaping @Sendable (Database) throws -> T
    ) async throws -> T {
        do {
            return try await writes.write(durability, body)
        } catch let error as DatabaseError {
            throw StateError.from(error, file: path)
        }
    }
}
