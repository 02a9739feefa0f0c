package import Foundation
import GRDB

extension ConversionHistory {
    /// What has to be known of a desiderata to find out whether it has anything to do.
    package struct Standing: Sendable {
        /// The newest conversion whose layers are in the repository.
        package let lastPublished: ConversionRecord?
        /// Whether the newest conversion did not succeed, or a failure is remembered: ``recordUpToDate(of:at:underClaim:)``
        /// would change something.
        package let isTroubled: Bool
        /// Whether it is recorded which layers it has.
        package let knowsLayers: Bool
    }

    /// Where a desiderata stands. Not at one moment: what others write meanwhile may be in a part of it.
    package func standing(of desiderata: Int64) async throws -> Standing {
        try await connection.ask { db in try ConversionHistory.standing(of: desiderata, db) }
    }

    /// Where many desideratas stand, by their numbers, for the price of one visit to the database.
    package func standings(of desideratas: [Int64]) async throws -> [Int64: Standing] {
        try await connection.read { db in
            var standings: [Int64: Standing] = [:]
            for id in desideratas { standings[id] = try ConversionHistory.standing(of: id, db) }
            return standings
        }
    }

    private static func standing(of desiderata: Int64, _ db: Database) throws -> Standing {
        let last = try lastConversion(of: desiderata, where: "1", db)
        var published = last
        if last?.published == nil { published = try lastConversion(of: desiderata, where: "revision IS NOT NULL", db) }
        let endedBadly = last.map { [.failed, .interrupted, .running].contains($0.outcome) } ?? false
        let backOff = try backOff(of: desiderata, db)
        let layer = try db.firstRow("SELECT 1 FROM desiderata_layer WHERE desiderata = ? LIMIT 1", [desiderata])
        return Standing(
            lastPublished: published,
            isTroubled: endedBadly || backOff != nil,
            knowsLayers: layer != nil
        )
    }

    /// Records that a desiderata was found up to date: its failures are forgotten, and where the newest conversion did
    /// not succeed, the last one that was done stands behind it once more, so that the history ends as things are.
    ///
    /// Without a claim of the caller's own nothing changes while somebody else is at work.
    package func recordUpToDate(of wish: Desiderata, at now: Date, underClaim: Bool = false) async throws {
        let desiderata = wish.id
        try await connection.write(.untilNextDurableWrite) { db in
            if !underClaim, try ClaimStore.claim(on: .desiderata(desiderata), db)?.isLive(at: now) == true { return }
            try ConversionHistory.clearBackOff(of: desiderata, db)
            try ConversionHistory.clearChange(of: wish, db)
            try ConversionHistory.interruptRunning(of: desiderata, db)
            guard let last = try ConversionHistory.lastConversion(of: desiderata, where: "1", db),
                [.failed, .interrupted].contains(last.outcome)
            else { return }
            let kept = try db.columns(in: "conversion").map(\.name)
                .filter { !["id", "outcome", "error", "finished_at"].contains($0) }.joined(separator: ", ")
            let isDone = try ConversionHistory.lastStep(of: desiderata, db)
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
