import Foundation
import Plumbing
import State
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite struct ClaimTests {
    let folder: TemporaryFolder
    let database: StateDatabase
    let desiderata: Desiderata

    init() async throws {
        folder = try TemporaryFolder()
        database = try await StateDatabase.make(in: folder)
        desiderata = try await database.addSample()
    }

    /// A claim as another process would have left it.
    private func plant(_ owner: ProcessIdentity, subject: ClaimSubject = .desiderata(1), renewed: Date = Date()) throws
    {
        let kind =
            switch subject {
            case .desiderata(let id): "'desiderata', \(id)"
            case .loop: "'loop', NULL"
            }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss.SSS"
        let time = formatter.string(from: renewed)
        try RawDatabase.run(
            folder.database,
            """
            INSERT INTO claim VALUES ('planted', \(kind), \(owner.pid), \(owner.startTicks), '\(owner.host)',
                                      '\(owner.bootID)', '\(owner.pidNamespace)', '\(time)', '\(time)')
            """
        )
    }

    private func identity(
        pid: Int32 = ProcessIdentity.current.pid,
        startTicks: Int64 = ProcessIdentity.current.startTicks,
        host: String = ProcessIdentity.current.host,
        bootID: String = ProcessIdentity.current.bootID,
        pidNamespace: String = ProcessIdentity.current.pidNamespace
    ) -> ProcessIdentity {
        ProcessIdentity(pid: pid, startTicks: startTicks, host: host, bootID: bootID, pidNamespace: pidNamespace)
    }

    @Test func oneAtATimeAlsoWithinAProcess() async throws {
        let (database, id) = (database, desiderata.id)
        let other = try await StateDatabase.open(in: folder)
        try await database.claims.withClaim(on: .desiderata(id)) {
            let owner = try #require(try await database.claims.owner(of: .desiderata(id), at: Date()))
            #expect(owner.owner == .current)
            for second in [database, other] {
                await #expect(throws: StateError.claimed(.desiderata(id), owner)) {
                    try await second.claims.withClaim(on: .desiderata(id)) { Issue.record("two at once") }
                }
            }
            await #expect(throws: StateError.claimed(.desiderata(id), owner)) {
                try await other.wishes.removeDesiderata(id, at: Date())
            }
            // The loop is another thing.
            try await other.claims.withClaim(on: .loop) {
                let loop = try await database.claims.loopOwner(at: Date())
                #expect(loop?.owner == .current)
            }
        }
        #expect(try await database.claims.owner(of: .desiderata(id), at: Date()) == nil)
        #expect(try await other.claims.withClaim(on: .desiderata(id)) { 5 } == 5)
        #expect(try await database.claims.loopOwner(at: Date()) == nil)
    }

    @Test func theErrorNamesTheOwner() async throws {
        try plant(identity(pid: 1, startTicks: 5, host: "build01"))
        let error = await #expect(throws: StateError.self) {
            try await database.claims.withClaim(on: .desiderata(1)) {}
        }
        #expect(
            error?.description.contains(
                #/^desiderata 1 is in the hands of process 1 on host build01 \(since 20[-0-9]{8}T[:0-9]{8}Z\)/#
            ) == true
        )
    }

    @Test func itEndsWithItsBody() async throws {
        struct Oops: Error {}
        let database = database
        await #expect(throws: Oops.self) { try await database.claims.withClaim(on: .loop) { throw Oops() } }
        #expect(try await database.claims.loopOwner(at: Date()) == nil)
        let task = Task {
            try await database.claims.withClaim(on: .loop) { try await Task.sleep(for: .seconds(600)) }
        }
        while try await database.claims.loopOwner(at: Date()) == nil { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await database.claims.loopOwner(at: Date()) == nil)
    }

    @Test func aDesiderataThatIsNotThere() async throws {
        await #expect(throws: StateError.unknownDesiderata(99)) {
            try await database.claims.withClaim(on: .desiderata(99)) {}
        }
    }

    @Test(.timeLimit(.minutes(5)), arguments: ["claim", "loop"])
    func aKilledProcessLosesItsClaim(role: String) async throws {
        let database = database
        let subject: ClaimSubject = role == "loop" ? .loop : .desiderata(1)
        try await ChildProcess.run(role, folder) { child in
            try await child.waitForMark()
            let claim = try #require(try await database.claims.owner(of: subject, at: Date()))
            #expect(claim.owner.pid == child.processID)
            await #expect(throws: StateError.claimed(subject, claim)) {
                try await database.claims.withClaim(on: subject) { Issue.record("two at once") }
            }
            child.kill()
        }
        #expect(try RawDatabase(folder.database).rows("SELECT count(*) FROM claim") == [["1"]])
        #expect(try await database.claims.owner(of: subject, at: Date()) == nil)
        #expect(try await database.claims.withClaim(on: subject) { 5 } == 5)
        #expect(try RawDatabase(folder.database).rows("SELECT count(*) FROM claim") == [["0"]])
    }

    @Test func aZombieIsDead() async throws {
        var child: pid_t = 0
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
        defer { free(arguments[0]) }
        try #require(posix_spawn(&child, "/bin/true", nil, nil, &arguments, nil) == 0)
        defer { waitpid(child, nil, 0) }
        var stat = ""
        repeat {
            stat = try String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
        } while !stat.contains(") Z ")
        let ticks = try #require(Int64(stat.split(separator: " ")[21]))
        #expect(identity(pid: child, startTicks: ticks).lives() == false)
    }

    @Test func whoLives() throws {
        #expect(identity().lives() == true)
        #expect(identity(startTicks: 1).lives() == false, "the number went to another process")
        #expect(identity(bootID: "before").lives() == false, "the machine was started again")
        #expect(identity(host: "elsewhere").lives() == nil)
        #expect(identity(host: "elsewhere", bootID: "before").lives() == nil)
        #expect(identity(pidNamespace: "pid:[1]").lives() == nil, "a container has its own numbers")
        #expect(identity(pid: 4_194_305).lives() == false, "no process can have this number")
        #expect(ProcessIdentity.current.startTicks > 0)
    }

    @Test func whatAProcessStartedMayOutliveIt() async throws {
        let session = try await OrphanSession()
        defer { session.end() }
        let leader = identity(pid: session.leader, startTicks: 1)
        #expect(leader.lives() == false && leader.sessionLives() == true)
        #expect(identity().sessionLives() == true)
        #expect(identity(startTicks: 1).sessionLives() == false, "the number went to another process")
        #expect(identity(pid: session.leader, bootID: "before").sessionLives() == false)
        #expect(identity(pid: session.leader, host: "elsewhere").sessionLives() == nil)
        session.end()
        while leader.sessionLives() == true { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func timeIsThatOfTheClock() async throws {
        let clock = SetClock()
        let database = try await StateDatabase.open(
            at: folder.database,
            vaultKey: nil,
            now: clock.now,
            logger: Samples.logger
        )
        try await database.claims.withClaim(on: .loop, renewedEvery: .milliseconds(1)) {
            #expect(try await database.claims.loopOwner(at: Samples.now)?.since == Samples.now)
            clock.set(7)
            var renewed = Samples.now
            while renewed == Samples.now {
                renewed = try #require(try await database.claims.loopOwner(at: Samples.now)).renewedAt
            }
            #expect(renewed == Samples.now.addingTimeInterval(7))
        }
        try plant(identity(host: "elsewhere"), renewed: Samples.now)
        clock.set(299)
        await #expect(throws: StateError.self) { try await database.claims.withClaim(on: .desiderata(1)) {} }
        clock.set(301)
        try await database.claims.withClaim(on: .desiderata(1)) {}
    }

    @Test func whoCannotBeLookedAtCountsAsGoneAfterASilence() async throws {
        let elsewhere = identity(host: "elsewhere")
        try plant(elsewhere, renewed: Date(timeIntervalSinceNow: -200))
        await #expect(throws: StateError.self) { try await database.claims.withClaim(on: .desiderata(1)) {} }
        try RawDatabase.run(folder.database, "DELETE FROM claim")
        try plant(elsewhere, renewed: Date(timeIntervalSinceNow: -400))
        #expect(try await database.claims.owner(of: .desiderata(1), at: Date()) == nil)
        try await database.claims.withClaim(on: .desiderata(1)) {}
    }

    @Test func aClaimThatThisProcessForgotIsTakenOver() async throws {
        // As after a release that failed, on a full disk.
        try plant(identity(), subject: .loop)
        #expect(try await database.claims.loopOwner(at: Date()) == nil)
        try await database.claims.withClaim(on: .loop) {}
    }

    @Test func aLostClaimEndsTheWork() async throws {
        let (database, path) = (database, folder.database)
        await #expect(throws: StateError.claimLost(.loop)) {
            try await database.claims.withClaim(on: .loop, renewedEvery: .milliseconds(20)) {
                try RawDatabase.run(path, "DELETE FROM claim")
                try await Task.sleep(for: .seconds(600))
            }
        }
    }

    @Test func theHeartbeatRenews() async throws {
        let (database, path) = (database, folder.database)
        try await database.claims.withClaim(on: .loop, renewedEvery: .milliseconds(20)) {
            let first = try #require(try await database.claims.loopOwner(at: Date()))
            var last = first
            while last.renewedAt == first.renewedAt {
                last = try #require(try await database.claims.loopOwner(at: Date()))
            }
            #expect(last.since == first.since)
            #expect(try RawDatabase(path).rows("SELECT count(*) FROM claim") == [["1"]])
        }
    }
}

/// A clock that stands where a test put it.
private final class SetClock: Sendable {
    private let time = Mutex(Samples.now)

    @Sendable func now() -> Date { time.withLock { $0 } }

    /// Seconds after the time of the samples.
    func set(_ seconds: TimeInterval) { time.withLock { $0 = Samples.now.addingTimeInterval(seconds) } }
}
