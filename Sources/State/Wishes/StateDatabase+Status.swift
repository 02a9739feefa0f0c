package import Foundation
import GRDB

extension StateDatabase {
    /// What `status` shows, read at one moment: all desideratas, or one. Throws `unknownDesiderata` for that.
    package func status(of desiderata: Int64? = nil, at now: Date) async throws -> [DesiderataStatus] {
        try await read { db in
            let wanted =
                if let desiderata {
                    [try StateDatabase.desiderata(desiderata, db)]
                } else {
                    try StateDatabase.desideratas("ORDER BY desiderata.id", [], db)
                }
            return try wanted.map { desiderata in
                let id = desiderata.id
                let claim = try StateDatabase.claim(on: .desiderata(id), db)
                return DesiderataStatus(
                    desiderata: desiderata,
                    last: try StateDatabase.lastConversion(of: id, where: "1", db),
                    lastPublished: try StateDatabase.lastConversion(of: id, where: "revision IS NOT NULL", db),
                    lastFailed: try StateDatabase.lastConversion(of: id, where: "error IS NOT NULL", db),
                    backOff: try StateDatabase.backOff(of: id, db),
                    claim: claim.flatMap { $0.isLive(at: now) ? $0 : nil }
                )
            }
        }
    }
}

extension StateDatabase {
    /// Whether the newest conversion did not succeed, or a failure is remembered: ``recordUpToDate(of:at:underClaim:)``
    /// would change something.
    package func isTroubled(_ desiderata: Int64) async throws -> Bool {
        try await read { db in
            if try StateDatabase.backOff(of: desiderata, db) != nil { return true }
            let last = try StateDatabase.lastConversion(of: desiderata, where: "1", db)
            return last.map { [.failed, .interrupted, .running].contains($0.outcome) } ?? false
        }
    }

    /// Records that a desiderata was found up to date: its failures are forgotten, and where the newest conversion did
    /// not succeed, the last one that was done stands behind it once more, so that the history ends as things are.
    ///
    /// Without a claim of the caller's own nothing changes while somebody else is at work.
    package func recordUpToDate(of desiderata: Int64, at now: Date, underClaim: Bool = false) async throws {
        try await write { db in
            if !underClaim, try StateDatabase.claim(on: .desiderata(desiderata), db)?.isLive(at: now) == true { return }
            try StateDatabase.clearBackOff(of: desiderata, db)
            try StateDatabase.interruptRunning(of: desiderata, db)
            guard let last = try StateDatabase.lastConversion(of: desiderata, where: "1", db),
                [.failed, .interrupted].contains(last.outcome)
            else { return }
            let kept = try db.columns(in: "conversion").map(\.name)
                .filter { !["id", "outcome", "error", "finished_at"].contains($0) }.joined(separator: ", ")
            let isDone = try StateDatabase.lastStep(of: desiderata, db)
            // A process may have ended between its last step and the last note of it.
            try db.execute(
                sql: """
                    INSERT INTO conversion (\(kept), outcome, finished_at)
                    SELECT \(kept), 'succeeded', coalesce(finished_at, pushed_at, published_at) FROM conversion
                    WHERE desiderata = ? AND \(isDone) IS NOT NULL ORDER BY id DESC LIMIT 1
                    """,
                arguments: [desiderata]
            )
        }
    }
}
