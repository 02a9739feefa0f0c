import State
import SystemPackage
import TestSupport
import Testing

/// Databases of the seventh schema and before: registrations that knew no forms and no trees, desideratas that were for
/// named platforms, conversions whose output image could not change.
@Suite struct RegistrationUpgradeTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let old = RepositoryRegistration(fqrn: "a.org", location: "/srv", keys: "/keys", compression: "zlib")
        .with { $0.autoTag = "" }

    private func upgrade(_ database: StateDatabase, _ sql: String) async throws -> (StateDatabase, [String]) {
        try await database.registrations.addRepository(Self.old)
        try await database.close()
        try RawDatabase.run(folder.database, sql)
        await #expect(throws: StateError.olderDatabase(folder.database)) { try await StateDatabase.open(in: folder) }
        let report = try await StateDatabase.initialize(in: folder)
        #expect(report.before == .older)
        return (try await StateDatabase.open(in: folder), report.migrations)
    }

    @Test func keepWhatTheyHad() async throws {
        let (upgraded, migrations) = try await upgrade(
            StateDatabase.make(in: folder),
            """
            ALTER TABLE repository DROP COLUMN hard_links;
            ALTER TABLE repository DROP COLUMN markers;
            DELETE FROM grdb_migrations WHERE identifier LIKE '7 %';
            """
        )
        #expect(migrations == ["7 forms of repositories"])
        #expect(try await upgraded.registrations.repositories() == [Self.old])
    }

    /// The tables as the seventh schema had them, as far as the eighth changes them.
    private static let seventh = """
        ALTER TABLE repository DROP COLUMN tree_names;
        ALTER TABLE repository DROP COLUMN tree_modes;
        ALTER TABLE repository DROP COLUMN mount_points;
        ALTER TABLE repository DROP COLUMN keeps_setuid;
        ALTER TABLE conversion DROP COLUMN pushed_image;
        ALTER TABLE desiderata DROP COLUMN changed_at;
        DROP TABLE recipe_desiderata; DROP TABLE recipe; DROP TABLE unwanted_image; DROP TABLE leftover;
        DROP TRIGGER desiderata_removed; DROP TRIGGER desiderata_added;
        DROP INDEX desiderata_next_look; DROP INDEX conversion_failures; DROP INDEX conversion_publications;
        ALTER TABLE desiderata DROP COLUMN next_look;
        PRAGMA foreign_keys = OFF;
        CREATE TABLE former (
            id INTEGER PRIMARY KEY AUTOINCREMENT, input_image INTEGER NOT NULL REFERENCES image (id),
            output_image INTEGER REFERENCES image (id), cvmfs_repository TEXT NOT NULL, added_at TEXT,
            formats TEXT NOT NULL DEFAULT 'layers,thin' CHECK (formats <> ''),
            platforms TEXT NOT NULL DEFAULT 'linux/amd64' CHECK (platforms GLOB '?*/?*')
        ) STRICT;
        INSERT INTO former SELECT * FROM desiderata;
        INSERT INTO former SELECT 9, input_image, output_image, 'gone.org', NULL, 'layers', 'a/b' FROM former WHERE id = 1;
        DELETE FROM former WHERE id = 9;
        DROP TABLE desiderata;
        ALTER TABLE former RENAME TO desiderata;
        CREATE INDEX desiderata_output ON desiderata (output_image);
        CREATE UNIQUE INDEX desiderata_identity ON desiderata (input_image, ifnull(output_image, 0), cvmfs_repository);
        DELETE FROM grdb_migrations WHERE identifier LIKE '8 %' OR identifier LIKE '9 %' OR identifier LIKE '1_ %';
        """

    @Test func theSeventhSchema() async throws {
        let made = try await StateDatabase.make(in: folder)
        _ = try await made.addSample()
        let plain = try await made.wishes.addDesiderata(
            input: Samples.reference(),
            output: nil,
            cvmfsRepository: "b.org",
            formats: [.layers, .other("odd")],
            platforms: ["linux/arm64", "linux/amd64"],
            at: Samples.now
        )
        let conversion = try await made.history.startConversion(of: 1, at: Samples.now)
        try await made.history.recordInput(Samples.input, conversion: conversion)
        try await made.history.recordPublished(revision: 3, conversion: conversion, at: Samples.now)
        try await made.history.recordPushed(thinDigest: Samples.digest("e"), conversion: conversion, at: Samples.now)
        try await made.history.finishConversion(conversion, at: Samples.now)
        _ = try await made.history.recordFailure(of: 1, at: Samples.now)
        let before = try await made.wishes.desideratas()
        let history = try await made.history.conversions(of: 1)
        #expect(history.first?.pushed?.thinDigest == Samples.digest("e"))

        let (upgraded, migrations) = try await upgrade(made, FormerSchema.twelfth + Self.seventh)
        #expect(
            migrations == [
                "8 trees of repositories, all platforms, names of what was pushed",
                "9 desideratas that wait for a change", "10 recipes", "11 next looks at desideratas",
                "12 images and paths of repositories that nobody wants any more",
                "13 private images, limits of recipes, space of repositories",
                "14 when repositories of other programs were adopted", "15 what recipes leave to each other",
            ]
        )
        #expect(try await upgraded.registrations.repositories() == [Self.old])
        #expect(try await upgraded.wishes.desideratas() == before)
        #expect(try await upgraded.history.conversions(of: 1) == history)
        #expect(try await upgraded.history.backOff(of: 1)?.failures == 1)
        // The new rules, the old numbers, and histories that go with their desideratas.
        let changed = try await upgraded.wishes.setDesiderata(plain.id, platforms: ["all"], at: Samples.now)
        #expect(changed.platforms == ["all"])
        #expect(try await upgraded.addSample("new.org").id == 10)
        try await upgraded.wishes.removeDesiderata(1, at: Samples.now)
        #expect(try await upgraded.history.conversions(of: 1).isEmpty)
    }
}
