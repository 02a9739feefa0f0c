import Foundation
import GRDB
import SystemPackage

/// The way of a database file from what it is to the current schema.
///
/// The new database is made in memory; then SQLite's backup writes it over the file in one transaction, page by page,
/// and cuts off what is left. So a passage of many steps is still all or nothing, and of an original database, which
/// held passwords in clear, not one old page stays: neither rows nor what deleted rows left behind. The file is in
/// rollback-journal mode and under an exclusive lock the while, as a write-ahead log would keep the old pages; the
/// journal is cut to nothing with the commit and then removed.
struct Passage: Sendable {
    let path: FilePath
    let vault: CredentialVault?
    let rules: ReferenceRules
    let configuration: Configuration
    /// Seconds to wait for the exclusive lock.
    let patience: TimeInterval

    func run() throws -> InitializationReport {
        let file = try DatabaseQueue(path: path.forSQLite, configuration: configuration)
        defer {
            // Only tells that the file is closed a moment earlier than at the end of the scope.
            try? file.close()
        }
        let kind = try file.read(DatabaseKind.init)
        if let refusal = kind.refusal(path) { throw refusal }
        // No lock then: `init` on a database that is in use and current does no harm.
        if kind == .current { return report(.current) }
        try file.writeWithoutTransaction(lock)
        return try upgrade(file)
    }

    /// Under the lock: another process may have been faster, so the file is looked at anew.
    private func upgrade(_ file: DatabaseQueue) throws -> InitializationReport {
        let kind = try file.read(DatabaseKind.init)
        if let refusal = kind.refusal(path) { throw refusal }
        let fresh = try DatabaseQueue(configuration: configuration)
        let migrator = Migrations.migrator
        var report: InitializationReport
        switch kind {
        case .older:
            try file.backup(to: fresh)
            let known = try fresh.read(migrator.appliedIdentifiers)
            try migrator.migrate(fresh)
            report = self.report(.older, migrations: migrator.migrations.filter { !known.contains($0) })
        case .original:
            let rows = try file.read(OriginalRows.init)
            try migrator.migrate(fresh, upTo: Migrations.first)
            let result = try fresh.write { db in
                try OriginalImport.run(rows, into: db, rules: rules, vault: vault)
            }
            try migrator.migrate(fresh)
            report = self.report(.original, migrations: migrator.migrations, imported: result)
        case .empty:
            try migrator.migrate(fresh)
            report = self.report(.nothing, migrations: migrator.migrations)
        case .current, .laterOriginal, .foreign, .newer:
            // The others were refused above.
            report = self.report(.current)
        }
        if report.before != .current { try fresh.backup(to: file) }
        try file.writeWithoutTransaction(release)
        return report
    }

    /// Takes the exclusive lock and keeps it over the following transactions.
    private func lock(_ db: Database) throws {
        let end = Date(timeIntervalSinceNow: patience)
        // SQLite does not wait here: the last other process may just be closing the write-ahead log.
        while true {
            do {
                if try String.fetchOne(db, sql: "PRAGMA journal_mode = TRUNCATE") == "truncate" { break }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                guard Date() < end else { throw StateError.busy(path) }
            }
            Thread.sleep(forTimeInterval: 0.05)
        }
        // In this order: in exclusive locking mode two processes that have both begun to read wait for each other.
        try db.execute(sql: "BEGIN EXCLUSIVE")
        try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
        try db.execute(sql: "COMMIT")
        guard try String.fetchOne(db, sql: "PRAGMA journal_mode") == "truncate" else { throw StateError.busy(path) }
    }

    /// Gives back the lock; from here on the database is used with a write-ahead log.
    private func release(_ db: Database) throws {
        try db.execute(sql: "PRAGMA locking_mode = NORMAL")
        // Removes the journal's file; going from TRUNCATE to WAL directly would leave it.
        try db.execute(sql: "PRAGMA journal_mode = DELETE")
        try db.execute(sql: "PRAGMA journal_mode = WAL")
    }

    private func report(
        _ before: InitializationReport.Before,
        migrations: [String] = [],
        imported: OriginalImport.Result? = nil
    ) -> InitializationReport {
        InitializationReport(
            before: before,
            migrations: migrations,
            warnings: imported?.warnings ?? [],
            setAside: imported?.setAside ?? [],
            newKeyFile: imported?.newKeyFile
        )
    }
}
