package import Foundation
import GRDB
package import Logging
import Plumbing
package import SystemPackage

/// Wafer's memory: users, images, desideratas, repositories, the history of conversions, and who is at work.
///
/// An SQLite file. Several processes may use it at once: they wait for each other, a write is one transaction, and
/// none of them sees a locked database. All methods throw `StateError`.
package struct StateDatabase: Sendable {
    /// What is wanted: desideratas and their images.
    package let wishes: WishStore
    /// Recipes, which make and remove many of them.
    package let recipes: RecipeStore
    /// What was done for them, and what failed.
    package let history: ConversionHistory
    /// Who logs in where.
    package let users: UserAccounts
    /// The CVMFS repositories that may be published to.
    package let registrations: RegistrationStore
    /// Who is at work on what.
    package let claims: ClaimStore
    /// What nobody wants any more.
    package let removals: RemovalStore
    /// When what makes room in repositories was done last.
    package let housekeeping: HousekeepingStore
    let connection: DatabaseConnection

    /// The database's file.
    package var path: FilePath { connection.path }

    private init(
        _ connection: DatabaseConnection,
        vault: CredentialVault?,
        naming: NamingRules,
        now: @escaping @Sendable () -> Date
    ) {
        self.connection = connection
        wishes = WishStore(connection: connection, naming: naming)
        recipes = RecipeStore(connection: connection, naming: naming)
        history = ConversionHistory(connection: connection)
        users = UserAccounts(connection: connection, vault: vault)
        registrations = RegistrationStore(connection: connection, naming: naming)
        claims = ClaimStore(connection: connection, now: now)
        removals = RemovalStore(connection: connection)
        housekeeping = HousekeepingStore(connection: connection)
    }

    /// Opens a database that `initialize` made.
    ///
    /// - Parameters:
    ///   - path: The database's file.
    ///   - vaultKey: The key file of the passwords (see `CredentialVault.defaultKeyFile`). It need not exist.
    ///   - naming: What images are called in repositories.
    ///   - seconds: How long to wait for other programs that keep the file locked, at opening and at each write.
    ///   - now: The clock of claims.
    ///   - logger: For warnings.
    /// - Returns: The open database.
    /// - Throws: `StateError`, saying what to do, where there is none, where it is of another version or of the original
    ///   program.
    package static func open(
        at path: FilePath,
        vaultKey: FilePath?,
        naming: NamingRules = .ofRegistries,
        waitingUpTo seconds: TimeInterval = 60,
        now: @escaping @Sendable () -> Date = { Date() },
        logger: Logger
    ) async throws -> StateDatabase {
        let configuration = Configuration.wafer(waitingUpTo: seconds)
        let pool = try await onDedicatedThread("wafer.state") {
            guard let file = try DatabaseFile.look(path) else { throw StateError.noDatabase(path) }
            return try StateError.naming(path) {
                try BusyTimeout.wait(upTo: seconds, for: path) { try openPool(file, configuration, logger) }
            }
        }
        let connection = DatabaseConnection(path: path, pool: pool, logger: logger)
        return StateDatabase(connection, vault: vaultKey.map(CredentialVault.init), naming: naming, now: now)
    }

    /// Opens a database, runs `body` with it and closes it again, whatever happened.
    ///
    /// - Parameters:
    ///   - path: The database's file.
    ///   - vaultKey: The key file of the passwords.
    ///   - logger: For warnings.
    ///   - body: The work.
    /// - Returns: What `body` returns.
    /// - Throws: What `open` and `body` throw.
    package static func using<T: Sendable>(
        at path: FilePath,
        vaultKey: FilePath?,
        logger: Logger,
        _ body: (StateDatabase) async throws -> T
    ) async throws -> T {
        let database = try await open(at: path, vaultKey: vaultKey, logger: logger)
        do {
            let result = try await body(database)
            try await database.close()
            return result
        } catch {
            // The first error is the one to tell; the system closes what is left open.
            try? await database.close()
            throw error
        }
    }

    /// Closes the file. Afterwards every method throws. The last process to close it leaves one file: the write-ahead
    /// log is gone, so that who copies the database copies all of it.
    package func close() async throws {
        let (path, pool) = (path, connection.pool)
        try await onDedicatedThread("wafer.state") {
            // Closes the readers. A reader that is the last to close cannot write, and would leave the log.
            pool.releaseMemory()
            try StateError.naming(path) { try pool.close() }
        }
    }

    private static func openPool(
        _ file: DatabaseFile,
        _ configuration: Configuration,
        _ logger: Logger
    ) throws -> DatabasePool {
        let path = file.path
        // Looked at first by a connection that changes nothing: the file may be of another program.
        let queue = try DatabaseQueue(path: path.forSQLite, configuration: configuration)
        let kind = try queue.read(DatabaseKind.init)
        try queue.close()
        if let error = kind.openError(path) { throw error }
        try file.makePrivate(logger, .warning)
        let pool = try DatabasePool(path: path.forSQLite, configuration: configuration)
        // What an operator typed must be there after a power cut too; these writes are few and small.
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        return pool
    }
}

extension Configuration {
    /// The settings of every connection.
    ///
    /// A transaction takes milliseconds: who waits for long waits for a program that was stopped half way.
    static func wafer(waitingUpTo seconds: TimeInterval) -> Configuration {
        var configuration = Configuration()
        configuration.label = "wafer.state"
        configuration.busyMode = .timeout(seconds)
        configuration.prepareDatabase { db in
            // What is deleted is overwritten.
            try db.execute(sql: "PRAGMA secure_delete = ON")
        }
        return configuration
    }
}

extension FilePath {
    /// The path as SQLite takes it literally: `:memory:` and `file:` mean something else to it.
    var forSQLite: String {
        isAbsolute ? string : "./\(string)"
    }
}
