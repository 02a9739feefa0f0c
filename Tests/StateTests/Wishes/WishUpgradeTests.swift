import State
import TestSupport
import Testing

/// Desideratas and conversions of the fifth schema, which knew one output and no platforms.
@Suite struct WishUpgradeTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The two tables as the fifth schema had them, and no sixth migration.
    private static let fifth = """
        DROP TABLE recipe_desiderata; DROP TABLE recipe; DROP TABLE unwanted_image; DROP TABLE leftover;
        DROP TABLE conversion; DROP TABLE desiderata;
        DELETE FROM grdb_migrations WHERE identifier LIKE '6 %' OR identifier LIKE '8 %'
            OR identifier LIKE '9 %' OR identifier LIKE '1_ %';
        ALTER TABLE repository DROP COLUMN tree_names; ALTER TABLE repository DROP COLUMN tree_modes;
        ALTER TABLE repository DROP COLUMN mount_points; ALTER TABLE repository DROP COLUMN keeps_setuid;
        CREATE TABLE desiderata (
            id INTEGER PRIMARY KEY AUTOINCREMENT, input_image INTEGER NOT NULL REFERENCES image (id),
            output_image INTEGER NOT NULL REFERENCES image (id), cvmfs_repository TEXT NOT NULL, added_at TEXT,
            UNIQUE (input_image, output_image, cvmfs_repository)
        ) STRICT;
        CREATE INDEX desiderata_output ON desiderata (output_image);
        CREATE TABLE conversion (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            desiderata INTEGER NOT NULL REFERENCES desiderata (id) ON DELETE CASCADE, outcome TEXT NOT NULL,
            started_at TEXT, finished_at TEXT, reference_digest TEXT, manifest_digest TEXT, platform TEXT,
            config_digest TEXT, revision INTEGER, published_at TEXT, thin_digest TEXT, pushed_at TEXT, error TEXT,
            bytes_new INTEGER NOT NULL DEFAULT 0, bytes_known INTEGER NOT NULL DEFAULT 0,
            layers_new INTEGER NOT NULL DEFAULT 0, layers_known INTEGER NOT NULL DEFAULT 0, transactions INTEGER,
            losses TEXT, CHECK (outcome <> 'succeeded' OR thin_digest IS NOT NULL)
        ) STRICT;
        CREATE INDEX conversion_history ON conversion (desiderata, id);
        CREATE UNIQUE INDEX conversion_running ON conversion (desiderata) WHERE outcome = 'running';
        """

    private func upgrade(_ rows: String) async throws -> StateDatabase {
        let database = try await StateDatabase.make(in: folder)
        let images = try await [
            database.wishes.addImage(Samples.reference()),
            database.wishes.addImage(Samples.reference("thin/redis"), isThin: true),
        ]
        #expect(images.map(\.id) == [1, 2])
        try await database.close()
        try RawDatabase.run(folder.database, FormerSchema.twelfth + Self.fifth + rows)
        await #expect(throws: StateError.olderDatabase(folder.database)) { try await StateDatabase.open(in: folder) }
        let report = try await StateDatabase.initialize(in: folder)
        #expect(
            report.before == .older
                && report.migrations.map { $0.prefix(2) } == ["6 ", "8 ", "9 ", "10", "11", "12", "13", "14", "15"]
        )
        return try await StateDatabase.open(in: folder)
    }

    @Test func rowsKeepWhatTheyMeant() async throws {
        let digest = Samples.digest("a")
        let database = try await upgrade(
            """
            INSERT INTO desiderata VALUES (3, 1, 2, 'a.org', '2024-01-01 00:00:00.000'), (4, 1, 2, 'b.org', NULL),
                (5, 1, 2, 'c.org', NULL), (6, 1, 2, 'd.org', NULL), (9, 1, 2, 'gone.org', NULL);
            DELETE FROM desiderata WHERE id = 9;
            INSERT INTO conversion (id, desiderata, outcome, started_at, platform, error, finished_at) VALUES
                (1, 3, 'failed', '2024-01-01 00:00:00.000', 'linux/amd64', 'x', '2024-01-01 00:00:00.000'),
                (2, 3, 'failed', '2024-01-01 00:00:00.000', 'linux/arm/v7', 'x', '2024-01-01 00:00:00.000'),
                (3, 3, 'failed', '2024-01-01 00:00:00.000', NULL, 'x', '2024-01-01 00:00:00.000'),
                (4, 5, 'failed', '2024-01-01 00:00:00.000', 'odd one/a,b', 'x', '2024-01-01 00:00:00.000');
            INSERT INTO conversion (id, desiderata, outcome, started_at, finished_at, reference_digest, manifest_digest,
                platform, config_digest, revision, published_at, thin_digest, pushed_at, transactions, losses)
            VALUES (8, 6, 'succeeded', '2024-01-01 00:00:00.000', '2024-01-01 00:00:00.000', '\(digest)', '\(digest)',
                'linux/arm64', '\(digest)', 5, '2024-01-01 00:00:00.000', '\(digest)', '2024-01-01 00:00:00.000', 2,
                'some');
            INSERT INTO back_off VALUES (3, 4, '2024-01-01 00:00:00.000');
            """
        )
        let found = try await database.wishes.desideratas()
        #expect(found.map(\.id) == [3, 4, 5, 6])
        #expect(found.map(\.platforms) == [["linux/arm/v7"], ["linux/amd64"], ["linux/amd64"], ["linux/arm64"]])
        #expect(found.allSatisfy { $0.formats == [.layers, .thin] && $0.output?.id == 2 })
        #expect(found.map(\.cvmfsRepository) == ["a.org", "b.org", "c.org", "d.org"])
        #expect(found[0].addedAt != nil && found[1].addedAt == nil)
        // Histories and failures stay, numbers are given only once.
        #expect(try await database.history.conversions(of: 3).map(\.id) == [3, 2, 1])
        let last = try await database.history.lastPublished(of: 6)
        #expect(last?.id == 8 && last?.pushed?.thinDigest == digest)
        #expect(last?.published?.transactions == 2 && last?.published?.losses == "some")
        #expect(try await database.history.backOff(of: 3)?.failures == 4)
        #expect(try await database.addSample("new.org").id == 10)
        #expect(try await database.history.startConversion(of: 4, at: Samples.now) == 9)
        try await database.wishes.removeDesiderata(3, at: Samples.now)
        #expect(try await database.history.conversions(of: 3).isEmpty)
        #expect(try await database.history.backOff(of: 3) == nil)
    }

    @Test func anEmptyDatabase() async throws {
        let database = try await upgrade("")
        #expect(try await database.addSample().id == 1)
    }
}
