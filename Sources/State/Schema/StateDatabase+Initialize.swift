package import Foundation
import GRDB
package import Logging
import Plumbing
package import SystemPackage

extension StateDatabase {
    /// Creates a database, upgrades an older one, or takes over one of the original program. A current one is left alone.
    ///
    /// All or nothing: after an error the file is what it was.
    ///
    /// - Parameters:
    ///   - path: The database's file.
    ///   - vaultKey: The key file for the passwords of an original database; made if there is none.
    ///   - rules: How to read registries and references in an original database.
    ///   - seconds: How long to wait for processes that use the database.
    ///   - logger: For warnings.
    /// - Returns: What was done, and what the operator has to know of it.
    /// - Throws: `StateError` for databases that cannot be upgraded (of a newer version, of the original's later version,
    ///   of another program), and while another process uses one that has to be.
    package static func initialize(
        at path: FilePath,
        vaultKey: FilePath?,
        rules: ReferenceRules,
        waitingUpTo seconds: TimeInterval = 60,
        logger: Logger
    ) async throws -> InitializationReport {
        try await onDedicatedThread("wafer.state") {
            let upgrade = SchemaUpgrade(
                database: try DatabaseFile.lookOrCreate(path),
                vault: vaultKey.map(CredentialVault.init),
                rules: rules,
                timeout: seconds,
                logger: logger
            )
            return try StateError.naming(path, upgrade.run)
        }
    }

    /// Rows of the original program's database that could not be taken over.
    package func setAsideRows() async throws -> [SetAsideRow] {
        try await connection.read { db in
            try Row.fetchAll(db, sql: "SELECT source, content, reason FROM set_aside ORDER BY id").map { row in
                SetAsideRow(
                    table: try row.value("source"),
                    content: try row.value("content"),
                    reason: try row.value("reason")
                )
            }
        }
    }
}
