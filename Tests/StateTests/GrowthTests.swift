import Foundation
import State
import TestSupport
import Testing

/// What conversions added to a repository, and when it was last tidied up.
@Suite struct GrowthTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func whatConversionsStored() async throws {
        let database = try await StateDatabase.make(in: folder)
        let wish = try await database.addSample()
        func convert(_ stored: Int64, transactions: Int64? = nil, at now: Date) async throws {
            let conversion = try await database.history.startConversion(of: wish.id, at: now)
            try await database.history.recordInput(Samples.input, conversion: conversion)
            var traffic = Traffic(bytesNew: 7, layersNew: 1)
            traffic.bytesStored = stored
            try await database.history.recordTraffic(traffic, conversion: conversion)
            let publication = Publication(revision: 3, at: now, transactions: transactions)
            try await database.history.recordPublished(publication, conversion: conversion)
            try await database.history.recordPushed(
                thinDigest: Samples.digest("e"),
                conversion: conversion,
                at: now
            )
            try await database.history.finishConversion(conversion, at: now)
        }
        let day: TimeInterval = 86_400
        try await convert(1_000, at: Samples.now - 9 * day)
        try await convert(100, at: Samples.now - 3 * day)
        try await convert(0, transactions: 2, at: Samples.now)
        // A failure that is over puts the last one into the history again.
        _ = try await database.history.recordFailure(of: wish.id, at: Samples.now)
        let failed = try await database.history.startConversion(of: wish.id, at: Samples.now)
        try await database.history.finishConversion(failed, error: "x", at: Samples.now)
        try await database.history.recordUpToDate(of: wish, at: Samples.now)
        #expect(try await database.history.conversions(of: wish.id).count == 5)
        let history = database.history
        let week = try await history.growth(of: wish.cvmfsRepository, since: Samples.now - 7 * day)
        #expect(week.bytes == 107 && week.conversions == 2)
        #expect(try await history.growth(of: wish.cvmfsRepository, since: Samples.now - day).bytes == 7)
        #expect(try await history.growth(of: "other.org", since: .distantPast).conversions == 0)
    }

    @Test func whatWasDoneToMakeRoom() async throws {
        let database = try await StateDatabase.make(in: folder)
        #expect(try await database.housekeeping.records(of: "a.org").isEmpty)
        try await database.housekeeping.record(.pruning, of: "a.org", trouble: "x", at: Samples.now)
        try await database.housekeeping.record(.collection, of: "a.org", at: Samples.now)
        #expect(try await database.housekeeping.records(of: "a.org")[.pruning]?.trouble == "x")
        try await database.housekeeping.record(.pruning, of: "a.org", at: Samples.now + 5)
        let records = try await database.housekeeping.records(of: "a.org")
        #expect(records[.pruning]?.at == Samples.now + 5 && records[.pruning]?.trouble == nil)
        #expect(records[.collection]?.at == Samples.now)
        #expect(try await database.housekeeping.records(of: "b.org").isEmpty)
    }
}
