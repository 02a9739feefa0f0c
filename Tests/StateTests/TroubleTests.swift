import Foundation
import State
import TestSupport
import Testing

/// What is found up to date after failures is no longer called failed.
@Suite struct TroubleTests {
    let folder: TemporaryFolder
    let database: StateDatabase
    let desiderata: Int64

    init() async throws {
        folder = try TemporaryFolder()
        database = try await StateDatabase.make(in: folder)
        desiderata = try await database.addSample().id
        let id = try await begin()
        try await database.history.recordInput(Samples.input, conversion: id)
        try await database.history.recordPublished(revision: 12, conversion: id, at: time(1))
        try await database.history.recordPushed(thinDigest: Samples.digest("e"), conversion: id, at: time(2))
        try await database.history.finishConversion(id, at: time(3))
    }

    private func time(_ seconds: Double) -> Date { Samples.now.addingTimeInterval(seconds) }
    private func begin() async throws -> Int64 {
        try await database.history.startConversion(of: desiderata, at: time(0))
    }
    private func outcomes() async throws -> [ConversionOutcome] {
        try await database.history.conversions(of: desiderata).map(\.outcome)
    }

    @Test func afterAFailure() async throws {
        #expect(try await !database.history.standing(of: desiderata).isTroubled)
        try await database.history.finishConversion(try await begin(), error: "no route to host", at: time(5))
        _ = try await database.history.recordFailure(of: desiderata, at: time(5))
        #expect(try await database.history.standing(of: desiderata).isTroubled)
        try await database.history.recordUpToDate(of: database.wishes.desiderata(desiderata), at: time(6))
        #expect(try await outcomes() == [.succeeded, .failed, .succeeded])
        let status = try #require(try await database.history.status(of: desiderata, at: time(7)).first)
        #expect(status.last?.published?.revision == 12 && status.last?.finishedAt == time(3))
        #expect(status.last == status.lastPublished && status.backOff == nil)
        // The history still knows.
        #expect(status.lastFailed?.error == "no route to host")
        // Once more changes nothing.
        #expect(try await !database.history.standing(of: desiderata).isTroubled)
        try await database.history.recordUpToDate(of: database.wishes.desiderata(desiderata), at: time(8))
        #expect(try await outcomes().count == 3)
    }

    @Test func afterAProcessDied() async throws {
        let id = try await begin()
        #expect(try await database.history.standing(of: desiderata).isTroubled)
        try await database.history.recordUpToDate(of: database.wishes.desiderata(desiderata), at: time(6))
        #expect(try await outcomes() == [.succeeded, .interrupted, .succeeded])
        #expect(try await database.history.lastConversion(of: desiderata)?.id != id)
    }

    @Test func notWhileSomebodyIsAtWork() async throws {
        try await database.claims.withClaim(on: .desiderata(desiderata)) {
            _ = try await begin()
            try await database.history.recordUpToDate(of: database.wishes.desiderata(desiderata), at: Date())
            #expect(try await outcomes() == [.running, .succeeded])
            try await database.history.recordUpToDate(
                of: database.wishes.desiderata(desiderata),
                at: Date(),
                underClaim: true
            )
            #expect(try await outcomes() == [.succeeded, .interrupted, .succeeded])
        }
    }

    @Test func nothingIsMadeUpForWhatWasNeverConverted() async throws {
        let other = try await database.addSample("other").id
        _ = try await database.history.startConversion(of: other, at: time(0))
        try await database.history.recordUpToDate(of: database.wishes.desiderata(other), at: time(1))
        #expect(try await database.history.conversions(of: other).map(\.outcome) == [.interrupted])
    }
}
