package import Foundation
import GRDB

/// What makes room in a repository. The raw values are those of the database.
package enum HousekeepingWork: String, Sendable, CaseIterable {
    /// Removing what nobody wants any more.
    case pruning = "prune"
    /// Removing the objects that nothing needs.
    case collection = "gc"
}

/// When what makes room in repositories was done last. All methods throw `StateError`.
package struct HousekeepingStore: Sendable {
    /// How one kind of work went the last time.
    package struct Record: Sendable, Hashable {
        /// When it ended.
        package let at: Date
        /// Why it failed; nil where it did not.
        package let trouble: String?
    }

    let connection: DatabaseConnection

    /// Notes how work on a repository went.
    package func record(
        _ work: HousekeepingWork,
        of repository: String,
        trouble: String? = nil,
        at now: Date
    ) async throws {
        let trouble = trouble.map { $0.isEmpty ? "no reason was given" : $0 }
        try await connection.write { db in
            try db.execute(
                sql:
                    "INSERT OR REPLACE INTO housekeeping (cvmfs_repository, work, done_at, trouble) VALUES (?, ?, ?, ?)",
                arguments: [repository, work.rawValue, now, trouble]
            )
        }
    }

    /// How each kind of work on a repository went the last time.
    package func records(of repository: String) async throws -> [HousekeepingWork: Record] {
        try await connection.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT * FROM housekeeping WHERE cvmfs_repository = ?",
                arguments: [repository]
            )
            var records: [HousekeepingWork: Record] = [:]
            for row in rows {
                guard let work = HousekeepingWork(rawValue: try row.value("work")) else { continue }
                records[work] = Record(at: try row.value("done_at"), trouble: try row.optional("trouble"))
            }
            return records
        }
    }
}
