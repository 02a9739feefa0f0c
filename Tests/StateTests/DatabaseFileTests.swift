import Foundation
import State
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What is named as the database is looked at before anything is done with it.
@Suite(.timeLimit(.minutes(2))) struct DatabaseFileTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var notes: FilePath { folder.path.appending("notes.txt") }

    /// All that may not change.
    private func traces(_ path: FilePath) throws -> [String] {
        var status = stat()
        try #require(lstat(path.string, &status) == 0)
        let content = try Data(contentsOf: URL(filePath: path.string))
        return [
            "\(status.st_mode) \(status.st_uid) \(status.st_mtim) \(status.st_ctim)", content.base64EncodedString(),
        ]
    }

    /// The errors of both ways to a database.
    private func refusals(_ path: FilePath) async -> [String] {
        let opened = await #expect(throws: StateError.self) {
            try await StateDatabase.open(at: path, vaultKey: nil, waitingUpTo: 1, logger: Samples.logger)
        }
        let initialized = await #expect(throws: StateError.self) {
            try await StateDatabase.initialize(
                at: path,
                vaultKey: nil,
                rules: Samples.rules,
                waitingUpTo: 1,
                logger: Samples.logger
            )
        }
        return [opened, initialized].map { $0?.description ?? "" }
    }

    @Test(arguments: [5, 3_000], ["notes.txt", "link"])
    func whatIsNoDatabaseStaysAsItIs(length: Int, name: String) async throws {
        try Data(repeating: 97, count: length).write(to: URL(filePath: notes.string))
        #expect(chmod(notes.string, 0o644) == 0)
        #expect(symlink("notes.txt", folder.path.appending("link").string) == 0)
        let before = try traces(notes)
        for error in await refusals(folder.path.appending(name)) {
            #expect(error.contains("is not a Wafer database"), "\(error)")
        }
        #expect(try traces(notes) == before)
        #expect(folder.files.count == 2)
    }

    @Test func aDatabaseOfAnotherProgramKeepsItsMode() async throws {
        try RawDatabase.run(notes, "CREATE TABLE t (x)")
        #expect(chmod(notes.string, 0o664) == 0)
        let before = try traces(notes)
        for error in await refusals(notes) { #expect(error.contains("neither one of Wafer"), "\(error)") }
        #expect(try traces(notes) == before)
    }

    @Test func ownLinksAreFollowed() async throws {
        try await StateDatabase.make(in: folder).close()
        let link = folder.path.appending("link")
        #expect(mkdir(folder.path.appending("d").string, 0o700) == 0)
        #expect(symlink("../state.sqlite", folder.path.appending("d/second").string) == 0)
        #expect(symlink("d/second", link.string) == 0)
        #expect(chmod(folder.database.string, 0o644) == 0)
        let database = try await StateDatabase.open(at: link, vaultKey: nil, logger: Samples.logger)
        #expect(try await database.wishes.images().isEmpty)
        try await database.close()
        #expect(try Stat(folder.database).permissions == .ownerReadWrite)
    }

    @Test func aLinkThatLeadsNowhere() async throws {
        #expect(symlink("none", folder.database.string) == 0)
        let errors = await refusals(folder.database)
        #expect(errors[0].contains("run `wafer init`") && errors[1].contains("leads nowhere"), "\(errors)")
        #expect(access(folder.path.appending("none").string, F_OK) != 0)
    }

    @Test(.enabled(if: geteuid() == 0, "only root gives files away")) func linksOfOthersAreNot() async throws {
        try await StateDatabase.make(in: folder).close()
        #expect(chmod(folder.database.string, 0o644) == 0)
        let link = folder.path.appending("link")
        #expect(symlink(folder.database.string, link.string) == 0)
        #expect(lchown(link.string, 1234, 1234) == 0)
        let before = try traces(folder.database)
        for error in await refusals(link) { #expect(error.contains("a link of the user 1234"), "\(error)") }
        #expect(try traces(folder.database) == before)
    }

    @Test(.enabled(if: geteuid() == 0, "only root gives files away")) func filesOfOthers() async throws {
        try await StateDatabase.make(in: folder).close()
        #expect(chown(folder.database.string, 1234, 1234) == 0)
        for error in await refusals(folder.database) { #expect(error.contains("belongs to the user 1234"), "\(error)") }
        // Root works for the owner of a folder.
        #expect(chown(folder.path.string, 1234, 1234) == 0)
        #expect(try await StateDatabase.open(in: folder).wishes.images().isEmpty)
    }

    /// Makes a device like /dev/null: only root can, and not everywhere.
    private static func makeDevice(_ path: FilePath) -> Bool {
        mknod(path.string, S_IFCHR | 0o644, dev_t(1 << 8 | 3)) == 0
    }

    @Sendable private static func canMakeDevices() throws -> Bool {
        let folder = try TemporaryFolder()
        return withExtendedLifetime(folder) { makeDevice(folder.database) }
    }

    @Test(.enabled("devices cannot be made here", DatabaseFileTests.canMakeDevices)) func aDevice() async throws {
        #expect(Self.makeDevice(folder.database))
        try await expectRefused("device")
    }

    @Test(arguments: ["FIFO", "folder", "socket"]) func whatIsNoFile(kind: String) async throws {
        let path = folder.database
        let isMade =
            switch kind {
            case "FIFO": mkfifo(path.string, 0o644) == 0
            case "folder": mkdir(path.string, 0o755) == 0
            default: mknod(path.string, S_IFSOCK | 0o644, 0) == 0
            }
        #expect(isMade)
        try await expectRefused(kind)
    }

    private func expectRefused(_ kind: String) async throws {
        let path = folder.database
        let mode = try Stat(path).permissions
        let refusals = await refusals(path)
        #expect(!refusals.isEmpty)
        for error in refusals { #expect(error.contains("it is a \(kind), not a file"), "\(error)") }
        #expect(try Stat(path).permissions == mode)
    }

    @Test(arguments: ["-wal", "-shm", "-journal"]) func whatLiesBeside(suffix: String) async throws {
        try await StateDatabase.make(in: folder).close()
        try Data("precious".utf8).write(to: URL(filePath: notes.string))
        #expect(chmod(notes.string, 0o644) == 0)
        #expect(chmod(folder.database.string, 0o644) == 0)
        let before = try (traces(notes), traces(folder.database))
        let beside = folder.database.string + suffix
        #expect(symlink("notes.txt", beside) == 0)
        let words = "\(suffix) beside it is no"
        for error in await refusals(folder.database) { #expect(error.contains(words), "\(error)") }
        #expect(unlink(beside) == 0 && mkfifo(beside, 0o644) == 0)
        for error in await refusals(folder.database) { #expect(error.contains(words), "\(error)") }
        #expect(try (traces(notes), traces(folder.database)) == before)
    }

    @Test func theLogBesideBecomesPrivateToo() async throws {
        let database = try await StateDatabase.make(in: folder)
        _ = try await database.wishes.addImage(Samples.reference())
        let log = FilePath(folder.database.string + "-wal")
        for file in [folder.database, log] { #expect(chmod(file.string, 0o644) == 0) }
        let second = try await StateDatabase.open(in: folder)
        for file in [folder.database, log] { #expect(try Stat(file).permissions == .ownerReadWrite, "\(file)") }
        try await second.close()
        try await database.close()
    }

    /// Closing a descriptor of a file ends the locks that the process has on it: another writer could come in between.
    @Test func locksOutliveALook() async throws {
        try await StateDatabase.make(in: folder).close()
        let raw = try RawDatabase(folder.database)
        try raw.execute("BEGIN IMMEDIATE; UPDATE desiderata SET id = id")
        #expect(try await isLockedForOthers())
        await #expect(throws: StateError.busy(folder.database)) {
            try await StateDatabase.open(in: folder, waitingUpTo: 0.3)
        }
        #expect(try await isLockedForOthers())
        try raw.execute("COMMIT")
        #expect(try await !isLockedForOthers())
    }

    private func isLockedForOthers() async throws -> Bool {
        let script = """
            import sqlite3, sys
            try:
                sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None).execute('BEGIN IMMEDIATE')
            except sqlite3.OperationalError as error:
                print(error)
            """
        let result = try await Subprocess.run(
            .name("python3"),
            arguments: ["-c", script, folder.database.string],
            output: .string(limit: 1 << 10),
            error: .string(limit: 1 << 10)
        )
        #expect(result.standardError == "")
        return result.standardOutput.contains("database is locked")
    }
}
