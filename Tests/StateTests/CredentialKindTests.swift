import Foundation
import State
import SystemPackage
import TestSupport
import Testing

/// Passwords, tokens, and what may go without TLS.
@Suite struct CredentialKindTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: SecretKind.allCases, [false, true])
    func comesBackAsItWas(kind: SecretKind, allowsPlainHTTP: Bool) async throws {
        let database = try await StateDatabase.make(in: folder)
        let stored = StoredCredential(Password("hush-hush"), kind: kind, allowsPlainHTTP: allowsPlainHTTP)
        _ = try await database.users.add(Samples.user(), credential: stored)
        #expect(try await database.users.credential(of: "foo", canonicalRegistry: "docker.foo.bar.com") == stored)
        // Another kind takes its place.
        _ = try await database.users.add(Samples.user(), password: Password("other"))
        let other = StoredCredential(Password("other"))
        #expect(try await database.users.credential(of: "foo", canonicalRegistry: "docker.foo.bar.com") == other)
        #expect(try folder.filesHolding("hush-hush") == [])
    }

    @Test(arguments: ["kind = 'password'", "plain_http = 0", "kind = 'password', plain_http = 0"])
    func isBoundToTheCiphertext(change: String) async throws {
        let database = try await StateDatabase.make(in: folder)
        let stored = StoredCredential(Password("hush-hush"), kind: .token, allowsPlainHTTP: true)
        _ = try await database.users.add(Samples.user(), credential: stored)
        try RawDatabase.run(folder.database, "UPDATE credential SET \(change)")
        await #expect(throws: StateError.credentialChanged(Samples.user())) {
            try await database.users.credential(of: "foo", canonicalRegistry: "docker.foo.bar.com")
        }
    }

    @Test func aTokenIsReplacedWhereItIsStillStored() async throws {
        let database = try await StateDatabase.make(in: folder)
        let (user, host) = (Samples.user(), "docker.foo.bar.com")
        func replace(_ old: String, _ new: String) async throws -> Bool {
            try await database.users.replaceToken(Password(old), by: Password(new), of: "foo", canonicalRegistry: host)
        }
        func stored() async throws -> StoredCredential {
            try await database.users.credential(of: "foo", canonicalRegistry: host)
        }
        let first = StoredCredential(Password("hush-1"), kind: .token, allowsPlainHTTP: true)
        _ = try await database.users.add(user, credential: first)
        #expect(try await replace("hush-1", "hush-2"))
        #expect(try await stored() == StoredCredential(Password("hush-2"), kind: .token, allowsPlainHTTP: true))
        // Somebody else was faster; nothing; a password that somebody stored meanwhile.
        #expect(try await !replace("hush-1", "hush-3"))
        #expect(try await !replace("hush-2", ""))
        #expect(try await stored().secret == Password("hush-2"))
        _ = try await database.users.add(user, password: Password("hush-2"))
        #expect(try await !replace("hush-2", "hush-4"))
        #expect(try await stored() == StoredCredential(Password("hush-2")))
        await #expect(throws: StateError.unknownUser("foo", registry: "r.org")) {
            try await database.users.replaceToken(
                Password("x"),
                by: Password("y"),
                of: "foo",
                canonicalRegistry: "r.org"
            )
        }
        #expect(try folder.filesHolding("hush") == [])
    }

    @Test func entriesTellTheKindAndNeedNoKey() async throws {
        let database = try await StateDatabase.make(in: folder)
        let token = StoredCredential(Password("hush"), kind: .token, allowsPlainHTTP: true)
        _ = try await database.users.add(Samples.user("bar"), credential: token)
        _ = try await database.users.add(Samples.user("foo"), password: Password("hush"))
        try FileManager.default.removeItem(atPath: folder.key.string)
        #expect(
            try await database.users.entries() == [
                UserEntry(user: Samples.user("bar"), kind: .token, allowsPlainHTTP: true),
                UserEntry(user: Samples.user("foo"), kind: .password, allowsPlainHTTP: false),
            ]
        )
        #expect(try await database.users.names(at: "docker.foo.bar.com") == ["bar", "foo"])
        #expect(try await database.users.names(at: "foo.bar.com") == [])
    }

    @Test func passwordsOfTheThirdSchemaStillOpen() async throws {
        let database = try await StateDatabase.make(in: folder)
        _ = try await database.users.add(Samples.user(), password: Password("old"))
        try await database.close()
        // What the earlier version wrote: no such columns, and no such migration.
        try RawDatabase.run(
            folder.database,
            """
            ALTER TABLE credential DROP COLUMN kind;
            ALTER TABLE credential DROP COLUMN plain_http;
            DELETE FROM grdb_migrations WHERE identifier LIKE '4 %';
            """
        )
        await #expect(throws: StateError.olderDatabase(folder.database)) { try await StateDatabase.open(in: folder) }
        let report = try await StateDatabase.initialize(in: folder)
        #expect(report.before == .older && report.migrations == ["4 kinds of credentials"])
        let upgraded = try await StateDatabase.open(in: folder)
        let found = try await upgraded.users.credential(of: "foo", canonicalRegistry: "docker.foo.bar.com")
        #expect(found == StoredCredential(Password("old")))
    }

    /// Rows and key file as an earlier version wrote them, which encrypted with another library.
    @Test func passwordsOfTheEarlierLibraryStillOpen() async throws {
        let database = try await StateDatabase.make(in: folder)
        _ = try await database.users.add(Samples.user("any"), password: Password("makes the key file"))
        let key = try FileDescriptor.open(folder.key, .writeOnly, options: .truncate)
        try key.writeAll("wafer-credentials-key-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n".utf8)
        try key.close()
        try RawDatabase.run(
            folder.database,
            """
            INSERT INTO credential VALUES ('foo', 'docker.foo.bar.com', 'docker.foo.bar.com',
                x'CEC91A00797ABFBF4337F79E3A7E005BD3749C2184D8B06CF7C88DC8B287F162FBCB295E580B1D', '0e730c2020b2c71d',
                'password', 0);
            INSERT INTO credential VALUES ('bar', 'plain.org', 'plain.org',
                x'EE2DB40FBE0CDF8DCC8A4044D6909E22D4C2D2FEBF3C086916DDA022FE7F0D5E', '0e730c2020b2c71d', 'password', 1);
            """
        )
        let foo = try await database.users.credential(of: "foo", canonicalRegistry: "docker.foo.bar.com")
        #expect(foo == StoredCredential(Password("geheim ä 1")))
        let bar = try await database.users.credential(of: "bar", canonicalRegistry: "plain.org")
        #expect(bar == StoredCredential(Password("hush"), allowsPlainHTTP: true))
    }
}
