import Foundation
import State
import SystemPackage
import TestSupport
import Testing

/// When desideratas are looked at again.
@Suite struct LookTests {
    let folder: TemporaryFolder
    let database: StateDatabase

    init() async throws {
        folder = try TemporaryFolder()
        database = try await StateDatabase.make(in: folder)
    }

    private func time(_ seconds: Double) -> Date { Samples.now.addingTimeInterval(seconds) }

    private func add(_ tag: String?, digest: String? = nil, registry: String = Samples.hub) async throws -> Desiderata {
        try await database.wishes.addDesiderata(
            input: Samples.reference(tag: tag, digest: digest, registry: registry),
            output: nil,
            cvmfsRepository: "cd.cern.ch",
            at: Samples.now
        )
    }

    private func publish(_ desiderata: Desiderata, at date: Date) async throws {
        let id = try await database.history.startConversion(of: desiderata.id, at: date)
        try await database.history.recordInput(Samples.input, conversion: id)
        try await database.history.recordPublished(revision: 2, conversion: id, at: date)
        try await database.history.finishConversion(id, at: date)
    }

    private func due(_ seconds: Double) async throws -> [Int64] {
        try await database.wishes.dueDesideratas(at: time(seconds)).map(\.id)
    }

    private func next(_ id: Int64) async throws -> NextLook {
        try await database.wishes.desiderata(id).nextLook(at: Samples.now)
    }

    @Test func tagsByTheirAgeAndDigestsNever() async throws {
        let tag = try await add("4")
        let digest = try await add(nil, digest: Samples.digest("a"))
        #expect(try await due(0) == [tag.id, digest.id])
        #expect(try await next(tag.id) == .now)
        for wanted in [tag, digest] { try await publish(wanted, at: time(-80_000)) }
        try await database.wishes.recordLooks(at: [tag, digest], at: Samples.now, .standard)
        #expect(try await next(digest.id) == .never)
        // An eighth of the time for which it has been what it is, or up to a quarter less.
        #expect(try await due(7_499).isEmpty)
        #expect(try await due(10_001) == [tag.id])
        #expect(try await due(1e9) == [tag.id])
        #expect(try await database.history.status(of: digest.id, at: Samples.now).map(\.nextLook) == [.never])
        // Who asks for that looks at all in each pass, whatever was recorded before.
        let always = LookPolicy(shortest: 0, longest: 0)
        #expect(try await database.wishes.dueDesideratas(at: Samples.now, always).map(\.id) == [tag.id, digest.id])
        let both = try await database.wishes.desideratas()
        try await database.wishes.recordLooks(at: both, at: time(5), always)
        #expect(try await due(5) == [tag.id, digest.id])
    }

    @Test(arguments: [(0.0, 120.0), (900, 120), (9_600, 1_200), (86_400, 10_800), (1e8, 86_400)])
    func theLongerItStandsTheLongerItWaits(age: Double, delay: Double) {
        #expect(LookPolicy.standard.delay(age: age, spread: 0) == delay)
        #expect(LookPolicy.standard.delay(age: age, spread: 1) == delay * 0.75)
    }

    @Test func whatChangesIsDue() async throws {
        let wanted = try await add(nil, digest: Samples.digest("a"))
        func look() async throws {
            let read = try await database.wishes.desiderata(wanted.id)
            try await database.history.clearWaiting(of: read)
            try await database.wishes.recordLooks(
                at: [try await database.wishes.desiderata(wanted.id)],
                at: Samples.now,
                .standard
            )
            #expect(try await due(0).isEmpty)
        }
        try await look()
        _ = try await database.wishes.setDesiderata(wanted.id, formats: [.layers], at: Samples.now)
        #expect(try await due(0) == [wanted.id])
        try await look()
        var registration = RepositoryRegistration(
            fqrn: "cd.cern.ch",
            location: "/srv",
            keys: "/keys",
            url: nil,
            publisher: "native",
            compression: "balanced"
        )
        try await database.registrations.addRepository(registration)
        try await database.registrations.replaceRepository(registration)
        #expect(try await database.wishes.dueDesideratas(at: Date()).isEmpty)
        registration.autoTag = "x"
        try await database.registrations.replaceRepository(registration)
        #expect(try await database.wishes.dueDesideratas(at: Date()).map(\.id) == [wanted.id])
        try await look()
        try await database.wishes.wake(repository: "other.org", at: Samples.now)
        #expect(try await due(0).isEmpty)
        try await database.wishes.wake(repository: "cd.cern.ch", at: Samples.now)
        #expect(try await due(0) == [wanted.id])
    }

    @Test func aChangeDuringTheLookIsNotLost() async throws {
        let wanted = try await add("4")
        try await database.wishes.wake(repository: "cd.cern.ch", at: Samples.now)
        try await database.wishes.recordLooks(at: [wanted], at: Samples.now, .standard)
        #expect(try await due(0) == [wanted.id])
        let read = try await database.wishes.desiderata(wanted.id)
        _ = try await database.wishes.setDesiderata(wanted.id, formats: [.layers], at: time(1))
        try await database.wishes.recordLooks(at: [read], at: time(2), .standard)
        #expect(try await due(2) == [wanted.id])
    }

    @Test func afterAFailureItWaitsAsLongAsThat() async throws {
        let wanted = try await add("4")
        let backOff = try await database.history.recordFailure(of: wanted.id, at: Samples.now)
        #expect(try await next(wanted.id) == .at(backOff.nextAttempt))
        #expect(try await due(59).isEmpty)
        #expect(try await due(60) == [wanted.id])
        let always = LookPolicy(shortest: 0, longest: 0)
        #expect(try await database.wishes.dueDesideratas(at: time(59), always).isEmpty)
        #expect(try await database.wishes.dueDesideratas(at: time(60), always).map(\.id) == [wanted.id])
    }

    @Test func theVersionBeforeKeepsWaitingForItsFailures() async throws {
        let wanted = [try await add("4"), try await add("5")]
        _ = try await database.history.recordFailure(of: wanted[1].id, at: Samples.now)
        try await database.close()
        try RawDatabase.run(
            folder.database,
            """
            DROP INDEX desiderata_next_look; DROP INDEX conversion_failures; DROP INDEX conversion_publications;
            ALTER TABLE desiderata DROP COLUMN next_look;
            DELETE FROM grdb_migrations WHERE identifier LIKE '11 %';
            """
        )
        let report = try await StateDatabase.initialize(in: folder)
        #expect(report.migrations.map { $0.prefix(3) } == ["11 "])
        let upgraded = try await StateDatabase.open(in: folder)
        #expect(try await upgraded.wishes.dueDesideratas(at: Samples.now) == [upgraded.wishes.desiderata(wanted[0].id)])
        #expect(try await upgraded.wishes.dueDesideratas(at: time(60)).map(\.id) == wanted.map(\.id))
    }

    @Test func listsAreFilteredAndPaged() async throws {
        for number in 1...6 {
            let wanted = try await add("\(number)", registry: number.isMultiple(of: 2) ? "ghcr.io" : Samples.hub)
            if number > 2 { try await publish(wanted, at: Samples.now) }
        }
        let wishes = database.wishes
        let even = DesiderataFilter(registry: "ghcr.io")
        #expect(try await wishes.desideratas(even).map(\.id) == [2, 4, 6])
        #expect(try await wishes.desideratas(even, page: ListPage(offset: 1, limit: 1)).map(\.id) == [4])
        #expect(try await wishes.desideratas(DesiderataFilter(repository: "other.org")).isEmpty)
        func ids(_ page: ListPage, _ isPublished: Bool?) async throws -> [Int64] {
            let isWanted = isPublished.map { wanted in
                { @Sendable (status: DesiderataStatus) in (status.lastPublished != nil) == wanted }
            }
            return try await database.history.status(even, page: page, at: Samples.now, where: isWanted)
                .map(\.desiderata.id)
        }
        #expect(try await ids(.all, nil) == [2, 4, 6])
        #expect(try await ids(ListPage(offset: 1), nil) == [4, 6])
        #expect(try await ids(.all, true) == [4, 6])
        #expect(try await ids(ListPage(offset: 1, limit: 5), true) == [6])
        #expect(try await ids(ListPage(limit: 1), true) == [4])
        #expect(try await ids(.all, false) == [2])
    }
}
