import Foundation
import GRDB
import Logging
import SystemPackage

/// Brings a database file from what it is to the current schema.
///
/// The new database is made in memory; then SQLite's backup writes it over the file in one transaction, page by page,
/// and cuts off what is left. So an upgrade of many steps is still all or nothing, and of an original database, which
/// held passwords in clear, not one old page stays: neither rows nor what deleted rows left behind. The file is in
/// rollback-journal mode and under an exclusive lock the while, as a write-ahead log would keep the old pages; the
/// journal is cut to nothing with the commit and then removed.
struct SchemaUpgrade: Sendable {
    let database: DatabaseFile
    let vault: CredentialVault?
    let rules: ReferenceRules
    /// Of the connections: SQLite itself waits for a moment only, as it cannot see what this does meanwhile.
    private let configuration = Configuration.wafer(waitingUpTo: 0.1)
    /// Seconds to wait for other processes.
    let timeout: TimeInterval
    let logger: Logger

    private var path: FilePath { database.path }

    func run() throws -> InitializationReport {
        var done: InitializationReport?
        do {
            return try BusyTimeout.wait(upTo: timeout, for: path) { try attempt(&done) ? done : nil }
        } catch StateError.busy(path) {
            // What is committed is done. That the write-ahead log could not be turned on yet is nothing: opening the
            // database does that too.
            guard let done else { throw StateError.busy(path) }
            return done
        }
    }

    /// Opens the file anew each time: while a connection is open no other can turn off the write-ahead log.
    ///
    /// Returns false, or throws SQLITE_BUSY, if it has to be tried again.
    private func attempt(_ done: inout InitializationReport?) throws -> Bool {
        let file = try DatabaseQueue(path: path.forSQLite, configuration: configuration)
        defer {
            // Nothing is lost with a connection that does not close: all that was to be done is committed by now.
            try? file.close()
        }
        let kind = try file.read(DatabaseKind.init)
        if let refusal = kind.refusal(path) { throw refusal }
        try database.makePrivate(logger, .notice)
        // No lock then: `init` on a database that is in use and current does no harm. One without a write-ahead log is
        // of an upgrade that was killed after its commit, and is tidied up below.
        if kind == .current, try file.read(journalMode) == "wal" {
            if done == nil { done = report(.current) }
            return true
        }
        guard try file.writeWithoutTransaction(lock) else { return false }
        let report = try upgrade(file)
        if done == nil { done = report }
        try file.writeWithoutTransaction(release)
        return true
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
            // The last three were refused above.
            report = self.report(.current)
        }
        if report.before != .current { try fresh.backup(to: file) }
        return report
    }

    /// Takes the exclusive lock and keeps it over the following transactions; false if another process is in the way.
    private func lock(_ db: Database) throws -> Bool {
        guard try String.fetchOne(db, sql: "PRAGMA journal_mode = TRUNCATE") == "truncate" else { return false }
        // In this order: in exclusive locking mode two processes that have both begun to read wait for each other.
        try db.execute(sql: "BEGIN EXCLUSIVE")
        guard try journalMode(db) == "truncate" else {
            // Another process finished an upgrade in between.
            try db.execute(sql: "ROLLBACK")
            return false
        }
        try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
        try db.execute(sql: "COMMIT")
        return true
    }

    private func journalMode(_ db: Database) throws -> String? {
        try String.fetchOne(db, sql: "PRAGMA journal_mode")
    }

    /// Gives back the lock; from here on the database is used with a write-ahead log.
    private func release(_ db: Database) throws {
        try db.execute(sql: "PRAGMA locking_mode = NORMAL")
        // Removes the journal's file, which TRUNCATE keeps, and one that a killed process left.
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
