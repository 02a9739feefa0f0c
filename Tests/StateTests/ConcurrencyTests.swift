import Foundation
import Plumbing
import State
import SystemPackage
import TestSupport
import Testing

/// Several processes at once never see a locked database.
@Suite struct ConcurrencyTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(.timeLimit(.minutes(5))) func processesHammer() async throws {
        let database = try await StateDatabase.make(in: folder)
        async let first: Void = ChildProcess.run("hammer", folder)
        async let second: Void = ChildProcess.run("hammer", folder)
        try await Hammer.strike(database, name: "parent")
        _ = try await (first, second)
        #expect(try await database.wishes.desideratas().count == 3 * Hammer.tasks * Hammer.rounds)
        #expect(try await database.history.status(at: Samples.now).allSatisfy { $0.last?.outcome == .failed })
        #expect(try RawDatabase(folder.database).rows("SELECT count(*) FROM claim") == [["0"]])
        #expect(try RawDatabase(folder.database).rows("PRAGMA integrity_check") == [["ok"]])
    }

    @Test func commandsComeAndGo() async throws {
        _ = try await StateDatabase.initialize(in: folder)
        let folder = folder
        // Opening and closing takes other locks than reading and writing: the last to close removes the log.
        try await withThrowingTaskGroup { group in
            for task in 0..<4 {
                group.addTask {
                    for round in 0..<20 {
                        let database = try await StateDatabase.open(in: folder)
                        _ = try await database.wishes.addImage(Samples.reference("image/\(task)-\(round)"))
                        try await database.close()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await StateDatabase.open(in: folder).wishes.images().count == 80)
    }

    @Test(.timeLimit(.minutes(5))) func twoProcessesInitialise() async throws {
        try OriginalDatabase.make(folder.database, OriginalDatabase.session)
        async let first: Void = ChildProcess.run("init", folder)
        async let second: Void = ChildProcess.run("init", folder)
        _ = try await (first, second)
        let folder = folder
        let reports = try await withThrowingTaskGroup(of: InitializationReport.self) { group in
            for _ in 0..<4 { group.addTask { try await StateDatabase.initialize(in: folder) } }
            return try await group.reduce(into: []) { $0.append($1.before) }
        }
        #expect(reports == [.current, .current, .current, .current])
        #expect(try await StateDatabase.open(in: folder).wishes.desideratas().map(\.id) == [7])
    }

    @Test(arguments: [InitializationReport.Before.nothing, .original])
    func onlyOneOfManyDoesIt(before: InitializationReport.Before) async throws {
        if before == .original {
            // Enough for a takeover to take its time.
            let users = (0..<2_000).map { "('user\($0)', 'host', 'password \($0)')" }.joined(separator: ", ")
            try OriginalDatabase.make(folder.database, "INSERT INTO credential VALUES \(users)")
        }
        let folder = folder
        let reports = try await withThrowingTaskGroup(of: InitializationReport.self) { group in
            for _ in 0..<6 { group.addTask { try await StateDatabase.initialize(in: folder) } }
            return try await group.reduce(into: []) { $0.append($1.before) }
        }
        #expect(reports.filter { $0 == before }.count == 1)
        #expect(reports.filter { $0 == .current }.count == 5)
    }

    @Test func manyTurnOnTheWriteAheadLog() async throws {
        _ = try await StateDatabase.initialize(in: folder)
        // As after a takeover that was killed at its very end.
        try RawDatabase.run(folder.database, "PRAGMA journal_mode = DELETE")
        let folder = folder
        try await withThrowingTaskGroup { group in
            for task in 0..<6 {
                group.addTask {
                    let database = try await StateDatabase.open(in: folder)
                    _ = try await database.wishes.addImage(Samples.reference("image/\(task)"))
                }
            }
            try await group.waitForAll()
        }
        #expect(try await StateDatabase.open(in: folder).wishes.images().count == 6)
    }

    @Test func initialisingADatabaseInUseDoesNoHarm() async throws {
        let database = try await StateDatabase.make(in: folder)
        _ = try await database.addSample()
        #expect(try await StateDatabase.initialize(in: folder).before == .current)
        #expect(try await database.wishes.desideratas().count == 1)
    }

    @Test func anOlderDatabaseInUseIsNotUpgraded() async throws {
        let raw = try RawDatabase(folder.database)
        try raw.execute("PRAGMA application_id = 1463895634; PRAGMA journal_mode = WAL; CREATE TABLE t (x)")
        await #expect(throws: StateError.busy(folder.database)) {
            try await StateDatabase.initialize(in: folder, waitingUpTo: 0.2)
        }
        #expect(try raw.rows("SELECT name FROM sqlite_master") == [["t"]])
    }

    @Test func aProgramThatNeverLetsGoIsNamed() async throws {
        _ = try await StateDatabase.initialize(in: folder)
        let database = try await StateDatabase.open(in: folder, waitingUpTo: 0.2)
        let raw = try RawDatabase(folder.database)
        try raw.execute("BEGIN IMMEDIATE")
        let error = await #expect(throws: StateError.busy(folder.database)) { try await database.addSample() }
        #expect(error?.description.contains("another program keeps the database") == true)
        // Readers go on.
        #expect(try await database.wishes.desideratas().isEmpty)
        try raw.execute("ROLLBACK")
        _ = try await database.addSample()
    }

    @Test func whatWasDoneIsRecordedThoughTheWorkIsCancelled() async throws {
        let database = try await StateDatabase.make(in: folder)
        let desiderata = try await database.addSample()
        let id = try await database.history.startConversion(of: desiderata.id, at: Samples.now)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await database.history.finishConversion(id, error: "was told to stop", at: Samples.now)
        }
        task.cancel()
        try await task.value
        #expect(try await database.history.lastConversion(of: desiderata.id)?.error == "was told to stop")
    }
}
