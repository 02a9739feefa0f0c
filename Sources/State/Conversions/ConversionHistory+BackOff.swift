package import Foundation
import GRDB

extension ConversionHistory {
    /// How a desiderata waits; nil if its last attempt did not fail.
    package func backOff(of desiderata: Int64) async throws -> BackOff? {
        try await connection.read { db in try ConversionHistory.backOff(of: desiderata, db) }
    }

    /// Counts a failure and sets the next attempt by the policy, from `now` on. Throws `unknownDesiderata`.
    package func recordFailure(
        of desiderata: Int64,
        at now: Date,
        policy: BackOffPolicy = .standard
    ) async throws -> BackOff {
        try await connection.write { db in
            try WishStore.require(desiderata, db)
            let failures = (try ConversionHistory.backOff(of: desiderata, db)?.failures ?? 0) + 1
            let backOff = BackOff(
                failures: failures,
                nextAttempt: now.addingTimeInterval(policy.delay(after: failures))
            )
            try db.execute(
                sql: "INSERT OR REPLACE INTO back_off (desiderata, failures, next_attempt) VALUES (?, ?, ?)",
                arguments: [desiderata, backOff.failures, backOff.nextAttempt]
            )
            try db.execute(
                sql: "UPDATE desiderata SET next_look = ? WHERE id = ?",
                arguments: [backOff.nextAttempt, desiderata]
            )
            return backOff
        }
    }

    /// Forgets what a desiderata waited for, once it is as it was read: failures, and a change.
    package func clearWaiting(of desiderata: Desiderata) async throws {
        try await connection.write(.untilNextDurableWrite) { db in
            try ConversionHistory.clearBackOff(of: desiderata.id, db)
            try ConversionHistory.clearChange(of: desiderata, db)
        }
    }

    /// Where it was changed again since it was read, that change stays.
    static func clearChange(of desiderata: Desiderata, _ db: Database) throws {
        guard let changed = desiderata.changedAt else { return }
        try db.execute(
            sql: "UPDATE desiderata SET changed_at = NULL WHERE id = ? AND changed_at = ?",
            arguments: [desiderata.id, changed]
        )
    }

    /// Forgets the failures of a desiderata: it succeeded, or the operator wants it tried now.
    static func clearBackOff(of desiderata: Int64, _ db: Database) throws {
        try db.run("DELETE FROM back_off WHERE desiderata = ?", [desiderata])
    }

    static func backOff(of desiderata: Int64, _ db: Database) throws -> BackOff? {
        try db.firstRow("SELECT * FROM back_off WHERE desiderata = ?", [desiderata]).map(BackOff.init(row:))
    }

    /// How the desideratas from one number to another wait.
    static func backOffs(_ range: StatementArguments, _ db: Database) throws -> [Int64: BackOff] {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT * FROM back_off WHERE desiderata BETWEEN ? AND ?",
            arguments: range
        )
        var backOffs: [Int64: BackOff] = [:]
        for row in rows { backOffs[try row.value("desiderata")] = try BackOff(row: row) }
        return backOffs
    }
}

extension BackOff {
    fileprivate init(row: Row) throws {
        self.init(failures: try row.value("failures"), nextAttempt: try row.value("next_attempt"))
    }
}
