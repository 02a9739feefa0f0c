import Foundation
import Plumbing
import State
import SystemPackage
import TestSupport
import Testing

@Suite struct InitializationTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func createsOnceAndOpens() async throws {
        let report = try await StateDatabase.initialize(in: folder)
        #expect(report.before == .nothing)
        #expect(report.migrations.count == 15)
        #expect(report.warnings.isEmpty && report.setAside.isEmpty && report.newKeyFile == nil)
        #expect(try Stat(folder.database).permissions == .ownerReadWrite)
        #expect(folder.files == [folder.database])

        let again = try await StateDatabase.initialize(in: folder)
        #expect(again.before == .current && again.migrations.isEmpty)
        #expect(try RawDatabase(folder.database).rows("PRAGMA journal_mode") == [["wal"]])

        let database = try await StateDatabase.open(in: folder)
        #expect(try await database.wishes.desideratas().isEmpty)
        for file in folder.files {
            #expect(try Stat(file).permissions == .ownerReadWrite, "\(file)")
        }
        try await database.close()
        #expect(folder.files == [folder.database])
    }

    @Test func anEmptyFileIsNoDatabase() async throws {
        _ = FileManager.default.createFile(atPath: folder.database.string, contents: nil)
        await #expect(throws: StateError.noDatabase(folder.database)) { try await StateDatabase.open(in: folder) }
        #expect(try await StateDatabase.initialize(in: folder).before == .nothing)
    }

    @Test func aMissingFileNamesTheRemedy() async throws {
        let error = await #expect(throws: StateError.self) { try await StateDatabase.open(in: folder) }
        #expect(error?.description == "no database here (\(folder.database)): run `wafer init`")
        #expect(folder.files.isEmpty)
    }

    @Test(arguments: [
        ("CREATE TABLE t (x)", "\\ is a database, but neither one of Wafer"),
        (OriginalDatabase.schema, "\\ was made by the original program: run `wafer init`"),
        (OriginalDatabase.schema + "CREATE TABLE wish (id INTEGER)", "\\ was made by a later version of the original"),
    ])
    func refusesOtherDatabases(sql: String, message: String) async throws {
        try RawDatabase.run(folder.database, sql)
        let error = await #expect(throws: StateError.self) { try await StateDatabase.open(in: folder) }
        let expected = message.replacing("\\", with: folder.database.string)
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
    }

    @Test(arguments: ["CREATE TABLE t (x)", OriginalDatabase.schema + "CREATE TABLE wish (id INTEGER)"])
    func doesNotUpgradeThem(sql: String) async throws {
        try RawDatabase.run(folder.database, sql)
        let before = try Data(contentsOf: URL(filePath: folder.database.string))
        await #expect(throws: StateError.self) { try await StateDatabase.initialize(in: folder) }
        #expect(try Data(contentsOf: URL(filePath: folder.database.string)) == before)
        #expect(folder.files == [folder.database])
    }

    @Test func refusesNewerAndUpgradesOlder() async throws {
        _ = try await StateDatabase.initialize(in: folder)
        try RawDatabase.run(folder.database, "INSERT INTO grdb_migrations VALUES ('from the future')")
        let newer = StateError.newerDatabase(folder.database, migrations: ["from the future"])
        await #expect(throws: newer) { try await StateDatabase.open(in: folder) }
        await #expect(throws: newer) { try await StateDatabase.initialize(in: folder) }
        #expect(newer.description.contains("from the future"))

        // An "older" one: of our own, with none of its migrations.
        let older = try TemporaryFolder()
        try RawDatabase.run(older.database, "PRAGMA application_id = 1463895634; PRAGMA user_version = 1")
        await #expect(throws: StateError.olderDatabase(older.database)) { try await StateDatabase.open(in: older) }
        let report = try await StateDatabase.initialize(in: older)
        #expect(report.before == .older && report.migrations.count == 15)
        #expect(try await StateDatabase.open(in: older).wishes.images().isEmpty)
    }

    @Test func aFileThatIsNoDatabase() async throws {
        try "not a database, but long enough to be looked at as one".write(
            toFile: folder.database.string,
            atomically: false,
            encoding: .utf8
        )
        await #expect(throws: StateError.notADatabase(folder.database)) { try await StateDatabase.open(in: folder) }
        await #expect(throws: StateError.notADatabase(folder.database)) {
            try await StateDatabase.initialize(in: folder)
        }
    }

    @Test func aDamagedDatabase() async throws {
        let database = try await StateDatabase.make(in: folder)
        for number in 0..<200 { _ = try await database.wishes.addImage(Samples.reference("library/image\(number)")) }
        try await database.close()
        let file = try FileDescriptor.open(folder.database, .readWrite)
        let size = try file.seek(offset: 0, from: .end)
        for offset in stride(from: Int64(4096), to: size, by: 4096) {
            _ = try file.writeAll(toAbsoluteOffset: offset, [UInt8](repeating: 0xEE, count: 4096))
        }
        try file.close()
        let error = await #expect(throws: StateError.self) { try await StateDatabase.open(in: folder).wishes.images() }
        guard case .damaged(folder.database, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func anUnreadableValueIsAnErrorAndNoCrash() async throws {
        let database = try await StateDatabase.make(in: folder)
        let desiderata = try await database.addSample()
        try RawDatabase.run(folder.database, "UPDATE desiderata SET added_at = 'abcd-ef-gh ij:kl:mn.opq'")
        let error = await #expect(throws: StateError.self) { try await database.wishes.desiderata(desiderata.id) }
        #expect(error?.description.contains("added_at") == true)
    }

    @Test(arguments: ["file/state.sqlite", "missing/state.sqlite", "folder"])
    func aPlaceThatCannotBe(name: String) async throws {
        _ = FileManager.default.createFile(atPath: folder.path.appending("file").string, contents: nil)
        try FileManager.default.createDirectory(
            atPath: folder.path.appending("folder").string,
            withIntermediateDirectories: false
        )
        let path = folder.path.appending(name)
        let error = await #expect(throws: StateError.self) {
            try await StateDatabase.initialize(
                at: path,
                vaultKey: nil,
                rules: Samples.rules,
                logger: Samples.logger
            )
        }
        #expect(error?.description.contains(path.string) == true)
    }

    @Test(.enabled(if: geteuid() != 0, "root may write anywhere"))
    func aFolderThatCannotBeWritten() async throws {
        chmod(folder.path.string, 0o555)
        defer { chmod(folder.path.string, 0o755) }
        let error = await #expect(throws: StateError.self) { try await StateDatabase.initialize(in: folder) }
        #expect(error?.description.contains("cannot create it: Permission denied") == true)
    }

    @Test func tidiesUpAfterAPassageThatWasKilledAtItsEnd() async throws {
        _ = try await StateDatabase.initialize(in: folder)
        try RawDatabase.run(folder.database, "PRAGMA journal_mode = DELETE")
        // A journal that was not begun in earnest: SQLite leaves it alone until the next write.
        let journal = folder.database.string + "-journal"
        _ = FileManager.default.createFile(atPath: journal, contents: Data(count: 4_616))
        #expect(try await StateDatabase.initialize(in: folder).before == .current)
        #expect(folder.files == [folder.database])
        #expect(try RawDatabase(folder.database).rows("PRAGMA journal_mode") == [["wal"]])
    }

    @Test func namesWithASpecialMeaningToSQLite() async throws {
        let path = folder.path.appending("file:state.sqlite?mode=memory")
        _ = try await StateDatabase.initialize(at: path, vaultKey: nil, rules: Samples.rules, logger: Samples.logger)
        #expect(folder.files == [path])
    }

    @Test func takesPermissionsOfOthersAway() async throws {
        _ = try await StateDatabase.initialize(in: folder)
        chmod(folder.database.string, 0o644)
        _ = try await StateDatabase.open(in: folder)
        #expect(try Stat(folder.database).permissions == .ownerReadWrite)
    }
}
