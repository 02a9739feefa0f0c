import State
import SystemPackage
import TestSupport
import Testing

/// Registrations of the sixth schema, which knew no forms of hard links and markers.
@Suite struct RegistrationUpgradeTests {
    @Test func keepWhatTheyHad() async throws {
        let folder = try TemporaryFolder()
        let database = try await StateDatabase.make(in: folder)
        let old = RepositoryRegistration(fqrn: "a.org", location: "/srv", keys: "/keys", compression: "zlib")
            .with { $0.autoTag = "" }
        try await database.registrations.addRepository(old)
        try await database.close()
        try RawDatabase.run(
            folder.database,
            """
            ALTER TABLE repository DROP COLUMN hard_links;
            ALTER TABLE repository DROP COLUMN markers;
            DELETE FROM grdb_migrations WHERE identifier LIKE '7 %';
            """
        )
        await #expect(throws: StateError.olderDatabase(folder.database)) { try await StateDatabase.open(in: folder) }
        let report = try await StateDatabase.initialize(in: folder)
        #expect(report.before == .older && report.migrations == ["7 forms of repositories"])
        let upgraded = try await StateDatabase.open(in: folder)
        #expect(try await upgraded.registrations.repositories() == [old])
    }
}
