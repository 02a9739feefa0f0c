import Foundation
import Plumbing
import State
import TestSupport
import Testing

@Suite struct ConversionTests {
    let folder: TemporaryFolder
    let database: StateDatabase
    let desiderata: Int64

    init() async throws {
        folder = try TemporaryFolder()
        database = try await StateDatabase.make(in: folder)
        desiderata = try await database.addSample().id
    }

    private func time(_ seconds: Double) -> Date { Samples.now.addingTimeInterval(seconds) }

    @Test func theWholeWay() async throws {
        let id = try await database.history.startConversion(of: desiderata, at: time(0))
        #expect(try await database.history.lastConversion(of: desiderata)?.outcome == .running)
        try await database.history.recordInput(Samples.input, conversion: id)
        let traffic = Traffic(bytesNew: 10_000_000_000, bytesKnown: 2, layersNew: 3, layersKnown: 4)
        try await database.history.recordTraffic(traffic, conversion: id)
        try await database.history.recordPublished(revision: 12, conversion: id, at: time(1))
        let published = try #require(try await database.history.lastPublished(of: desiderata))
        #expect(published.published == Publication(revision: 12, at: time(1)))
        #expect(published.pushed == nil && published.outcome == .running)
        try await database.history.recordPushed(thinDigest: Samples.digest("e"), conversion: id, at: time(2))
        try await database.history.finishConversion(id, at: time(3))

        let row = try #require(try await database.history.lastConversion(of: desiderata))
        #expect(row.id == id && row.desiderata == desiderata && row.outcome == .succeeded)
        #expect(row.startedAt == time(0) && row.finishedAt == time(3))
        #expect(row.referenceDigest == Samples.digest("a") && row.manifestDigest == Samples.digest("b"))
        #expect(row.platform == "linux/amd64" && row.configDigest == Samples.digest("c"))
        #expect(row.pushed == Push(thinDigest: Samples.digest("e"), at: time(2)))
        #expect(row.traffic == traffic && row.error == nil)
        #expect(try await database.history.lastFailed(of: desiderata) == nil)
    }

    @Test func aFailedPushIsRepeatedWithoutANewRevision() async throws {
        let first = try await database.history.startConversion(of: desiderata, at: time(0))
        try await database.history.recordInput(Samples.input, conversion: first)
        try await database.history.recordPublished(revision: 12, conversion: first, at: time(1))
        try await database.history.finishConversion(first, error: "push refused: 403", at: time(2))

        let failed = try #require(try await database.history.lastPublished(of: desiderata))
        #expect(failed.outcome == .failed && failed.pushed == nil && failed.published?.revision == 12)
        #expect(try await database.history.lastFailed(of: desiderata)?.error == "push refused: 403")

        let second = try await database.history.startConversion(of: desiderata, at: time(3))
        try await database.history.recordInput(Samples.input, conversion: second)
        try await database.history.recordPublished(revision: 12, conversion: second, at: time(3))
        try await database.history.recordPushed(thinDigest: Samples.digest("e"), conversion: second, at: time(4))
        try await database.history.finishConversion(second, at: time(5))
        #expect(try await database.history.conversions(of: desiderata).map(\.outcome) == [.succeeded, .failed])
        #expect(try await database.history.conversions(of: desiderata, limit: 1).map(\.id) == [second])
        #expect(try await database.history.lastPublished(of: desiderata)?.id == second)
    }

    @Test func whatDidNotHappenCannotBeRecorded() async throws {
        let id = try await database.history.startConversion(of: desiderata, at: time(0))
        await #expect(throws: StateError.self, "no input yet") {
            try await database.history.recordPublished(revision: 1, conversion: id, at: time(1))
        }
        try await database.history.recordInput(Samples.input, conversion: id)
        await #expect(throws: StateError.self, "pushed before published") {
            try await database.history.recordPushed(thinDigest: Samples.digest("e"), conversion: id, at: time(1))
        }
        try await database.history.recordPublished(revision: 1, conversion: id, at: time(1))
        await #expect(throws: StateError.self, "success without a push") {
            try await database.history.finishConversion(id, at: time(2))
        }
        try await database.history.finishConversion(id, error: "", at: time(2))
        #expect(try await database.history.lastConversion(of: desiderata)?.error == "no reason was given")
        let ended = StateError.conversionNotRunning(id)
        await #expect(throws: ended) { try await database.history.finishConversion(id, error: "again", at: time(3)) }
        await #expect(throws: ended) { try await database.history.recordTraffic(Traffic(), conversion: id) }
        await #expect(throws: StateError.conversionNotRunning(99)) {
            try await database.history.recordInput(Samples.input, conversion: 99)
        }
        await #expect(throws: StateError.unknownDesiderata(99)) {
            try await database.history.startConversion(of: 99, at: time(0))
        }
    }

    @Test func withoutAThinImageThePublicationIsTheEnd() async throws {
        let wanted = try await database.wishes.addDesiderata(
            input: Samples.reference(),
            output: nil,
            cvmfsRepository: "cd.cern.ch",
            at: Samples.now
        ).id
        let first = try await database.history.startConversion(of: wanted, at: time(0))
        try await database.history.recordInput(Samples.input, conversion: first)
        await #expect(throws: StateError.self, "success without a publication") {
            try await database.history.finishConversion(first, at: time(1))
        }
        try await database.history.recordPublished(revision: 3, conversion: first, at: time(1))
        try await database.history.finishConversion(first, at: time(2))
        #expect(try await database.history.lastConversion(of: wanted)?.outcome == .succeeded)
        // What failed since is over once it is found up to date.
        let second = try await database.history.startConversion(of: wanted, at: time(3))
        try await database.history.finishConversion(second, error: "not reachable", at: time(4))
        try await database.history.recordUpToDate(of: database.wishes.desiderata(wanted), at: time(5))
        let history = try await database.history.conversions(of: wanted)
        #expect(history.map(\.outcome) == [.succeeded, .failed, .succeeded])
        #expect(history.first?.published?.revision == 3 && history.first?.pushed == nil)
    }

    @Test func aConversionWhoseProcessDied() async throws {
        let first = try await database.history.startConversion(of: desiderata, at: time(0))
        try await database.history.recordInput(Samples.input, conversion: first)
        try await database.history.recordPublished(revision: 3, conversion: first, at: time(1))
        let second = try await database.history.startConversion(of: desiderata, at: time(9))
        let history = try await database.history.conversions(of: desiderata)
        #expect(history.map(\.id) == [second, first])
        #expect(history.map(\.outcome) == [.running, .interrupted])
        #expect(history.last?.error == "its process ended before the conversion did")
        // What it had published counts.
        #expect(try await database.history.lastPublished(of: desiderata)?.id == first)
    }

    @Test func backOff() async throws {
        let policy = BackOffPolicy(first: 60, limit: 1_000)
        #expect(try await database.history.backOff(of: desiderata) == nil)
        for (count, delay) in [(1, 60.0), (2, 120), (3, 240), (4, 480), (5, 960), (6, 1_000), (7, 1_000)] {
            let backOff = try await database.history.recordFailure(of: desiderata, at: time(5), policy: policy)
            #expect(backOff == BackOff(failures: count, nextAttempt: time(5 + delay)))
            #expect(try await database.history.backOff(of: desiderata) == backOff)
        }
        #expect(policy.delay(after: .max) == 1_000)
        #expect(BackOffPolicy.standard.delay(after: 1) == 60)
        try await database.history.clearWaiting(of: database.wishes.desiderata(desiderata))
        #expect(try await database.history.backOff(of: desiderata) == nil)
        await #expect(throws: StateError.unknownDesiderata(99)) {
            try await database.history.recordFailure(of: 99, at: time(0))
        }
    }

    @Test func status() async throws {
        let quiet = try await database.addSample("other.cern.ch")
        let id = try await database.history.startConversion(of: desiderata, at: time(0))
        try await database.history.finishConversion(id, error: "not reachable", at: time(1))
        let backOff = try await database.history.recordFailure(of: desiderata, at: time(1))
        let (database, desiderata) = (database, desiderata)
        try await database.claims.withClaim(on: .desiderata(desiderata)) {
            let all = try await database.history.status(at: Date())
            #expect(all.map(\.desiderata.id) == [desiderata, quiet.id])
            #expect(all.first?.last?.id == id && all.first?.lastFailed?.error == "not reachable")
            #expect(all.first?.lastPublished == nil)
            #expect(all.first?.backOff == backOff)
            #expect(all.first?.claim?.owner == .current)
            #expect(all.last?.last == nil && all.last?.backOff == nil && all.last?.claim == nil)
            #expect(try await database.history.status(of: quiet.id, at: Date()).count == 1)
        }
        await #expect(throws: StateError.unknownDesiderata(99)) {
            try await database.history.status(of: 99, at: time(0))
        }
    }

    /// The schema itself refuses what the code would never write, each row by the rule that is named.
    @Test(
        arguments: [
            (
                "INSERT INTO image VALUES (NULL, 'x', NULL, 'https', 'h', 'h', 'r', 3.10, NULL, 2)",
                "CHECK constraint failed: is_thin IN (0, 1)"
            ),
            (
                "INSERT INTO image VALUES (NULL, 'x', NULL, 'https', 'h', 'h', 'r', NULL, NULL, 0)",
                "CHECK constraint failed: tag IS NOT NULL OR digest IS NOT NULL"
            ),
            (
                "INSERT INTO image VALUES (NULL, 'x', NULL, 'https', 'h', 'h', 'r', '', NULL, 0)",
                "CHECK constraint failed: tag <> ''"
            ),
            (
                """
                INSERT INTO image (text, scheme, registry, canonical_registry, repository, tag, is_thin)
                SELECT text, scheme, registry, canonical_registry, repository, tag, is_thin FROM image WHERE id = 1
                """,
                "UNIQUE constraint failed: index 'image_identity'"
            ),
            (
                "INSERT INTO desiderata (input_image, output_image, cvmfs_repository) VALUES (1, 99, 'a.org')",
                "FOREIGN KEY constraint failed"
            ),
            (
                "INSERT INTO desiderata (input_image, output_image, cvmfs_repository) VALUES (1, 2, '')",
                "CHECK constraint failed: cvmfs_repository <> ''"
            ),
            (
                """
                INSERT INTO desiderata (input_image, output_image, cvmfs_repository, added_at)
                VALUES (1, 2, 'b.org', 'yesterday')
                """,
                "CHECK constraint failed: added_at GLOB '????-??-?? ??:??:??.???'"
            ),
            (
                "INSERT INTO desiderata (input_image, output_image, cvmfs_repository) VALUES (1, 2, 'cd.cern.ch')",
                "UNIQUE constraint failed: index 'desiderata_identity'"
            ),
            (
                "INSERT INTO desiderata (input_image, cvmfs_repository) VALUES (1, 'a.org'), (1, 'a.org')",
                "UNIQUE constraint failed: index 'desiderata_identity'"
            ),
            (
                "INSERT INTO desiderata (input_image, cvmfs_repository, formats) VALUES (1, 'a.org', '')",
                "CHECK constraint failed: formats <> ''"
            ),
            (
                "INSERT INTO desiderata (input_image, cvmfs_repository, platforms) VALUES (1, 'a.org', 'linux')",
                "CHECK constraint failed: platforms = 'all' OR platforms GLOB '?*/?*'"
            ),
            (
                "INSERT INTO conversion (desiderata, outcome) VALUES (1, 'running')",
                "CHECK constraint failed: outcome = 'imported' OR started_at IS NOT NULL"
            ),
            (
                "INSERT INTO conversion (desiderata, outcome, started_at) VALUES (1, 'odd', '2024-01-01 00:00:00.000')",
                "CHECK constraint failed: outcome IN ('running', 'succeeded', 'failed', 'interrupted', 'imported')"
            ),
            ("INSERT INTO back_off VALUES (1, 0, '2024-01-01 00:00:00.000')", "CHECK constraint failed: failures > 0"),
            ("DELETE FROM image", "FOREIGN KEY constraint failed"),
            (
                """
                INSERT INTO credential (user, registry, canonical_registry, sealed, key_id)
                VALUES ('u', 'r', 'r', 'text', 'k')
                """,
                "cannot store TEXT value in BLOB column credential.sealed"
            ),
        ]
    )
    func theSchemaRefuses(sql: String, rule: String) throws {
        let raw = try RawDatabase(folder.database)
        try raw.execute("PRAGMA foreign_keys = ON")
        let failure = #expect(throws: RawDatabase.Failure.self) { try raw.execute(sql) }
        #expect(failure?.description == rule)
    }
}
