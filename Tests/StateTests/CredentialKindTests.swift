import Foundation
import State
import SystemPackage
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
        _ = try await database.addUser(Samples.user(), credential: stored)
        #expect(try await database.credential(of: "foo", canonicalRegistry: "docker.foo.bar.com") == stored)
        // Another kind takes its place.
        _ = try await database.addUser(Samples.user(), password: Password("other"))
        let other = StoredCredential(Password("other"))
        #expect(try await database.credential(of: "foo", canonicalRegistry: "docker.foo.bar.com") == other)
        #expect(try folder.filesHolding("hush-hush") == [])
    }

    @Test(arguments: ["kind = 'password'", "plain_http = 0", "kind = 'password', plain_http = 0"])
    func isBoundToTheCiphertext(change: String) async throws {
        let database = try await StateDatabase.make(in: folder)
        let stored = StoredCredential(Password("hush-hush"), kind: .token, allowsPlainHTTP: true)
        _ = try await database.addUser(Samples.user(), credential: stored)
        try RawDatabase.run(folder.database, "UPDATE credential SET \(change)")
        await #expect(throws: StateError.credentialChanged(Samples.user())) {
            try await database.credential(of: "foo", canonicalRegistry: "docker.foo.bar.com")
        }
    }

    @Test func passwordsOfTheThirdSchemaStillOpen() async throws {
        let database = try await StateDatabase.make(in: folder)
        _ = try await database.addUser(Samples.user(), password: Password("old"))
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
        let found = try await upgraded.credential(of: "foo", canonicalRegistry: "docker.foo.bar.com")
        #expect(found == StoredCredential(Password("old")))
    }
}
