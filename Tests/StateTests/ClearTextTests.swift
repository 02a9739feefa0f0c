import Foundation
import Plumbing
import State
import SystemPackage
import TestSupport
import Testing

/// No file holds a password in clear: neither today's nor what the original program left in deleted rows.
@Suite struct ClearTextTests {
    let folder: TemporaryFolder
    let secret = "clear-text-of-user"

    init() throws {
        folder = try TemporaryFolder()
    }

    private func makeOriginal(pragmas: String) throws {
        let rows = (0..<500).map { "('user\($0)', 'registry.example', '\(secret)-\($0)')" }
        try OriginalDatabase.make(
            folder.database,
            pragmas: pragmas + "; PRAGMA secure_delete = OFF",
            """
            INSERT INTO credential VALUES \(rows.joined(separator: ", "));
            DELETE FROM credential WHERE rowid % 3 = 0;
            """
        )
    }

    @Test(arguments: ["", "PRAGMA page_size = 1024", "PRAGMA page_size = 65536", "PRAGMA auto_vacuum = FULL"])
    func afterTakingOverAnOriginal(pragmas: String) async throws {
        try makeOriginal(pragmas: pragmas)
        #expect(try folder.filesHolding(secret) == ["state.sqlite"])
        #expect(try folder.filesHolding("\(secret)-2") == ["state.sqlite"], "a deleted row should still be there")
        let report = try await StateDatabase.initialize(in: folder)
        #expect(report.before == .original)
        #expect(try folder.filesHolding(secret) == [])
        let database = try await StateDatabase.open(in: folder)
        let password = try await database.users.password(of: "user4", canonicalRegistry: "registry.example")
        #expect(password.revealed == "\(secret)-4")
        #expect(try folder.filesHolding(secret) == [])
        #expect(folder.files.contains { $0.string.hasSuffix("-wal") })
        try await database.close()
        #expect(Set(folder.files) == [folder.database, folder.key])
    }

    @Test func anOriginalWithAWriteAheadLog() async throws {
        try makeOriginal(pragmas: "PRAGMA journal_mode = WAL")
        // A reader that stays keeps the log: the last connection to close would remove it.
        let copy = try TemporaryFolder()
        do {
            let raw = try RawDatabase(folder.database)
            try raw.execute("INSERT INTO credential VALUES ('late', 'registry.example', '\(secret)-late')")
            for suffix in ["", "-wal", "-shm"] {
                try FileManager.default.copyItem(
                    atPath: folder.database.string + suffix,
                    toPath: copy.database.string + suffix
                )
            }
        }
        #expect(try copy.filesHolding("\(secret)-late") == ["state.sqlite-wal"])
        _ = try await StateDatabase.initialize(in: copy)
        #expect(try copy.filesHolding(secret) == [])
        let database = try await StateDatabase.open(in: copy)
        #expect(try await database.users.contains("late", canonicalRegistry: "registry.example"))
    }

    @Test func whenAnotherProgramKeepsItOpenNothingChanges() async throws {
        try makeOriginal(pragmas: "")
        let before = try Data(contentsOf: URL(filePath: folder.database.string))
        let raw = try RawDatabase(folder.database)
        try raw.execute("BEGIN; SELECT count(*) FROM image")
        await #expect(throws: StateError.busy(folder.database)) {
            try await StateDatabase.initialize(in: folder, waitingUpTo: 0.2)
        }
        try raw.execute("COMMIT")
        #expect(try Data(contentsOf: URL(filePath: folder.database.string)) == before)
        #expect(try await StateDatabase.initialize(in: folder).before == .original)
    }

    @Test func whileUsersAreAddedReplacedAndRemoved() async throws {
        let database = try await StateDatabase.make(in: folder)
        for round in 0..<3 {
            _ = try await database.users.add(Samples.user(), password: Password("\(secret)-\(round)"))
            #expect(try folder.filesHolding(secret) == [])
        }
        try await database.users.remove("foo", canonicalRegistry: "docker.foo.bar.com")
        try await database.close()
        #expect(try folder.filesHolding(secret) == [])
    }

    /// The takeover ends at any moment: the file is an original or a finished one, never something between.
    @Test(.timeLimit(.minutes(5))) func killedOnTheWay() async throws {
        try makeOriginal(pragmas: "")
        // Each is killed 3 ms later in its way, or 12.
        let rounds = Thoroughness.rounds(short: 3, thorough: 12)
        var (round, finished) = (0, 0)
        // Until one was not over before it could be killed.
        while round < rounds || finished == round {
            defer { round += 1 }
            let attempt = try TemporaryFolder()
            try FileManager.default.copyItem(atPath: folder.database.string, toPath: attempt.database.string)
            try await ChildProcess.run("init", attempt) { child in
                try await child.waitForMark()
                try await Task.sleep(for: .milliseconds(round % rounds * 36 / rounds))
                child.kill()
            }
            // Whoever comes next rolls back what was half done.
            let report = try await StateDatabase.initialize(in: attempt)
            #expect(report.before == .original || report.before == .current)
            if report.before == .current { finished += 1 }
            let database = try await StateDatabase.open(in: attempt)
            #expect(try await database.users.all().count == 334)
            #expect(
                try await database.users.password(of: "user4", canonicalRegistry: "registry.example").revealed
                    == "\(secret)-4"
            )
            try await database.close()
            #expect(try attempt.filesHolding(secret) == [])
            #expect(!attempt.files.contains { $0.string.hasSuffix("-journal") })
        }
    }
}
