import Foundation
import State
import SystemPackage
import TestSupport
import Testing

@Suite struct VaultTests {
    let folder: TemporaryFolder
    let database: StateDatabase

    init() async throws {
        folder = try TemporaryFolder()
        database = try await StateDatabase.make(in: folder)
        _ = try await database.users.add(Samples.user("foo", at: "one.org"), password: Password("first"))
        _ = try await database.users.add(Samples.user("bar", at: "two.org"), password: Password("second"))
    }

    private func foo() async throws -> String {
        try await database.users.password(of: "foo", canonicalRegistry: "one.org").revealed
    }

    @Test(arguments: [
        // Moves a password to another user, to another registry; swaps the rows' names; changes a bit; cuts; empties.
        "UPDATE credential SET sealed = (SELECT sealed FROM credential WHERE user = 'bar') WHERE user = 'foo'",
        """
        INSERT INTO credential SELECT 'foo', 'three.org', 'one.org', sealed, key_id, kind, plain_http
            FROM credential WHERE user = 'bar'
        ON CONFLICT DO UPDATE SET sealed = excluded.sealed
        """,
        """
        CREATE TABLE t AS SELECT * FROM credential; DELETE FROM credential;
        INSERT INTO credential SELECT iif(user = 'foo', 'bar', 'foo'),
            iif(user = 'foo', 'two.org', 'one.org'), iif(user = 'foo', 'two.org', 'one.org'), sealed, key_id, kind, plain_http FROM t
        """,
        "UPDATE credential SET sealed = CAST(substr(sealed, 1, 20) || x'00' || substr(sealed, 22) AS BLOB)",
        "UPDATE credential SET sealed = substr(sealed, 1, 20)",
        "UPDATE credential SET sealed = x'00'",
        "UPDATE credential SET canonical_registry = 'ONE.org' WHERE user = 'foo'",
        // Makes a token of the password, allows it to go without TLS.
        "UPDATE credential SET kind = 'token' WHERE user = 'foo'",
        "UPDATE credential SET plain_http = 1 WHERE user = 'foo'",
    ])
    func changedOrMovedRowsDoNotOpen(sql: String) async throws {
        #expect(try await foo() == "first")
        try RawDatabase.run(folder.database, sql)
        let registry = sql.contains("ONE.org") ? "ONE.org" : "one.org"
        let error = await #expect(throws: StateError.self) {
            try await database.users.password(of: "foo", canonicalRegistry: registry)
        }
        #expect(error?.description.contains("was changed or moved") == true, "\(String(describing: error))")
        #expect(error?.description.contains("wafer add-user") == true)
    }

    @Test func aLostKeyNamesTheFileAndTheUsers() async throws {
        try FileManager.default.removeItem(atPath: folder.key.string)
        let error = await #expect(throws: StateError.self) { try await foo() }
        let users = [Samples.user("foo", at: "one.org"), Samples.user("bar", at: "two.org")]
        #expect(error == .keyFileMissing(folder.key, users: users))
        let text = try #require(error?.description)
        for part in [folder.key.string, "foo at one.org, bar at two.org", "`wafer add-user`"] {
            #expect(text.contains(part))
        }
        // Commands that need no password work.
        #expect(try await database.users.all().count == 2)

        // Adding a user again makes a new key, and says for whom that is too late.
        let added = try await database.users.add(users[0], password: Password("third"))
        #expect(added == UserAddition(replaced: true, newKeyFile: folder.key, unreadable: [users[1]]))
        #expect(try await foo() == "third")
        let other = await #expect(throws: StateError.self) {
            try await database.users.password(of: "bar", canonicalRegistry: "two.org")
        }
        #expect(other == .otherKey(folder.key, user: users[1], users: [users[1]]))
        #expect(other?.description.contains("bar at two.org") == true)
    }

    @Test(arguments: [0o644, 0o640, 0o620, 0o666, 0o601] as [mode_t])
    func aKeyFileThatOthersCanReadIsRefused(mode: mode_t) async throws {
        chmod(folder.key.string, mode)
        let error = await #expect(throws: StateError.self) { try await foo() }
        guard case .keyFileExposed(folder.key, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        await #expect(throws: StateError.self) {
            try await database.users.add(Samples.user("new"), password: Password("x"))
        }
        chmod(folder.key.string, 0o400)
        #expect(try await foo() == "first")
    }

    @Test(arguments: ["", "junk", "wafer-credentials-key-1:", "wafer-credentials-key-1:AAAA", "\u{0}\u{0}\u{0}"])
    func aKeyFileThatIsNone(content: String) async throws {
        let file = try FileDescriptor.open(folder.key, .writeOnly, options: .truncate)
        try file.writeAll(content.utf8)
        try file.close()
        await #expect(throws: StateError.keyFileMalformed(folder.key)) { try await foo() }
    }

    @Test func whatIsNoFileIsNotWaitedFor() async throws {
        #expect(unlink(folder.key.string) == 0 && mkfifo(folder.key.string, 0o600) == 0)
        await #expect(throws: StateError.keyFileMalformed(folder.key)) { try await foo() }
    }

    @Test(.enabled(if: geteuid() == 0, "only root gives links away")) func aLinkOfSomebodyElse() async throws {
        let real = folder.path.appending("real")
        #expect(rename(folder.key.string, real.string) == 0 && symlink(real.string, folder.key.string) == 0)
        #expect(try await foo() == "first")
        #expect(lchown(folder.key.string, 1234, 1234) == 0)
        let refusal = StateError.keyFileExposed(folder.key, reason: "lies behind a link of the user 1234")
        await #expect(throws: refusal) { try await foo() }
    }

    @Test func theKeyFileIsItsOwnersAlone() throws {
        #expect(try Stat(folder.key).permissions == .ownerReadWrite)
        for name in ["config", "config/wafer"] {
            #expect(try Stat(folder.path.appending(name)).permissions == .ownerReadWriteExecute, "\(name)")
        }
        // Nothing of its making is left.
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path.appending("config/wafer").string)
        #expect(names == ["credentials.key"])
    }

    @Test func manyMakeOneKey() async throws {
        let other = try TemporaryFolder()
        let database = try await StateDatabase.make(in: other)
        let created = try await withThrowingTaskGroup(of: UserAddition.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await database.users.add(Samples.user("user\(number)"), password: Password("\(number)"))
                }
            }
            return try await group.reduce(into: 0) { $0 += $1.newKeyFile == nil ? 0 : 1 }
        }
        #expect(created == 1)
        for number in 0..<8 {
            let password = try await database.users.password(
                of: "user\(number)",
                canonicalRegistry: "docker.foo.bar.com"
            )
            #expect(password.revealed == "\(number)")
        }
    }

    @Test func withoutAPlaceForTheKey() async throws {
        let other = try await StateDatabase.open(at: folder.database, vaultKey: nil, logger: Samples.logger)
        #expect(try await other.users.all().count == 2)
        await #expect(throws: StateError.noKeyFileKnown) {
            try await other.users.password(of: "foo", canonicalRegistry: "one.org")
        }
    }

    @Test(arguments: [
        (["WAFER_KEY_FILE": "/k", "XDG_CONFIG_HOME": "/c", "HOME": "/h"], "/k"),
        (["WAFER_KEY_FILE": "", "XDG_CONFIG_HOME": "/c", "HOME": "/h"], "/c/wafer/credentials.key"),
        (["XDG_CONFIG_HOME": "relative", "HOME": "/h"], "/h/.config/wafer/credentials.key"),
        (["XDG_CONFIG_HOME": "", "HOME": "/h"], "/h/.config/wafer/credentials.key"),
        (["HOME": "/h/"], "/h/.config/wafer/credentials.key"),
        (["HOME": ""], nil),
        ([:], nil),
    ])
    func theDefaultPlace(environment: [String: String], file: String?) {
        #expect(CredentialVault.defaultKeyFile(environment: environment) == file.map { FilePath($0) })
    }
}
