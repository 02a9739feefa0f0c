package import Foundation
import GRDB

/// When desideratas are looked at: what a loop does next.
extension WishStore {
    /// Those that are due, in the order they were added; what nobody has looked at always is, and what is gone never. By a policy that looks each time,
    /// all are, but those that wait after failures.
    package func dueDesideratas(at now: Date, _ policy: LookPolicy = .standard) async throws -> [Desiderata] {
        try await connection.read { db in
            if policy.longest == 0 {
                return try WishStore.desideratas(
                    """
                    WHERE desiderata.id NOT IN (SELECT desiderata FROM back_off WHERE next_attempt > ?)
                      AND \(DesiderataFilter.notGone)
                    ORDER BY desiderata.id
                    """,
                    [now],
                    db
                )
            }
            return try WishStore.desideratas(
                """
                WHERE (desiderata.next_look IS NULL OR desiderata.next_look <= ?
                    OR desiderata.next_look > ? AND desiderata.next_look < ?
                        AND desiderata.id NOT IN (SELECT desiderata FROM back_off))
                    AND \(DesiderataFilter.notGone)
                ORDER BY desiderata.id
                """,
                // Whoever lowered the longest time, or set the clock back, need not wait for what was written before.
                [now, now.addingTimeInterval(policy.longest), NextLook.end],
                db
            )
        }
    }

    /// How many looks at desideratas of a repository are due since before a time, and since when the first of them.
    package func overdueLooks(of repository: String, before limit: Date) async throws -> (count: Int, since: Date?) {
        try await connection.read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*) AS count, min(ifnull(next_look, added_at)) AS since FROM desiderata
                    WHERE cvmfs_repository = ? AND ifnull(next_look, ifnull(added_at, '')) <= ?
                    """,
                arguments: [repository, limit]
            )
            return (try row?.value("count") ?? 0, try row?.optional("since"))
        }
    }

    /// The repositories that desideratas are wanted in.
    package func repositories() async throws -> Set<String> {
        try await connection.read { db in
            try Set(String.fetchAll(db, sql: "SELECT DISTINCT cvmfs_repository FROM desiderata"))
        }
    }

    /// Records that these were found to be as they are wanted: when they are looked at again, by the policy. One that
    /// somebody wants to be looked at since it was read stays due.
    package func recordLooks(at desideratas: [Desiderata], at now: Date, _ policy: LookPolicy) async throws {
        try await connection.write(.untilNextDurableWrite) { db in
            let update = try db.cachedStatement(
                sql: "UPDATE desiderata SET next_look = ? WHERE id = ? AND next_look IS ? AND changed_at IS NULL"
            )
            for desiderata in desideratas {
                var next: any DatabaseValueConvertible = NextLook.end
                if desiderata.input.reference.digest == nil || policy.longest == 0 {
                    let published = try db.firstRow(
                        """
                        SELECT published_at FROM conversion WHERE desiderata = ? AND revision IS NOT NULL
                        ORDER BY id DESC LIMIT 1
                        """,
                        [desiderata.id]
                    )
                    let since: Date? = try published?.optional("published_at")
                    let age = max(0, now.timeIntervalSince(since ?? now))
                    next = now.addingTimeInterval(policy.delay(age: age, spread: .random(in: 0...1)))
                }
                try update.execute(arguments: [next, desiderata.id, desiderata.nextLook])
            }
        }
    }

    /// Lets a loop look at all of a repository in its next pass: what they are there may have changed.
    package func wake(repository fqrn: String, at now: Date) async throws {
        try await connection.write { db in try WishStore.wake(repository: fqrn, at: now, db) }
    }

    static func wake(repository fqrn: String, at now: Date, _ db: Database) throws {
        try db.execute(sql: "UPDATE desiderata SET next_look = ? WHERE cvmfs_repository = ?", arguments: [now, fqrn])
    }
}
