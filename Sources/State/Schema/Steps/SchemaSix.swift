/// The statements of the sixth migration. Frozen, as all of them are.
///
/// SQLite takes no NOT NULL and no CHECK away from a column, so both tables are made anew. Their numbers go on where they
/// were: one that was on an operator's screen never means something else.
enum SchemaSix {
    static let sql = desiderata + conversion

    /// What there was before was converted into layers and a thin image, for the platform that the command line said:
    /// for the last one that is known. Configurations of images may name platforms that no command line takes.
    private static let desiderata = """
        CREATE TABLE desiderata_6 (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            input_image INTEGER NOT NULL REFERENCES image (id),
            output_image INTEGER REFERENCES image (id),
            cvmfs_repository TEXT NOT NULL CHECK (cvmfs_repository <> ''),
            added_at TEXT CHECK (added_at GLOB '????-??-?? ??:??:??.???'),
            formats TEXT NOT NULL DEFAULT 'layers,thin' CHECK (formats <> ''),
            platforms TEXT NOT NULL DEFAULT 'linux/amd64' CHECK (platforms GLOB '?*/?*')
        ) STRICT;
        INSERT INTO desiderata_6 (id, input_image, output_image, cvmfs_repository, added_at, platforms)
            SELECT id, input_image, output_image, cvmfs_repository, added_at, ifnull((
                SELECT platform FROM conversion
                WHERE conversion.desiderata = desiderata.id AND platform NOT GLOB '*[^a-zA-Z0-9_./-]*'
                  AND platform NOT GLOB '*//*' AND platform NOT GLOB '*/' AND platform NOT GLOB '*/*/*/*'
                ORDER BY id DESC LIMIT 1
            ), 'linux/amd64') FROM desiderata;
        DELETE FROM sqlite_sequence WHERE name = 'desiderata_6';
        INSERT INTO sqlite_sequence SELECT 'desiderata_6', seq FROM sqlite_sequence WHERE name = 'desiderata';
        DROP TABLE desiderata;
        ALTER TABLE desiderata_6 RENAME TO desiderata;
        CREATE INDEX desiderata_output ON desiderata (output_image);
        -- NULLs are distinct in a plain UNIQUE constraint; no image has the number 0.
        CREATE UNIQUE INDEX desiderata_identity ON desiderata (input_image, ifnull(output_image, 0), cvmfs_repository);

        """

    /// A conversion succeeds without a push where no thin image is wanted: whether that is so its desiderata says.
    private static let conversion = """
        CREATE TABLE conversion_6 (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            desiderata INTEGER NOT NULL REFERENCES desiderata (id) ON DELETE CASCADE,
            outcome TEXT NOT NULL CHECK (outcome IN ('running', 'succeeded', 'failed', 'interrupted', 'imported')),
            started_at TEXT CHECK (started_at GLOB '????-??-?? ??:??:??.???'),
            finished_at TEXT CHECK (finished_at GLOB '????-??-?? ??:??:??.???'),
            reference_digest TEXT CHECK (reference_digest GLOB '?*:?*'),
            manifest_digest TEXT CHECK (manifest_digest GLOB '?*:?*'),
            platform TEXT CHECK (platform GLOB '?*/?*'),
            config_digest TEXT CHECK (config_digest GLOB '?*:?*'),
            revision INTEGER CHECK (revision >= 0),
            published_at TEXT CHECK (published_at GLOB '????-??-?? ??:??:??.???'),
            thin_digest TEXT CHECK (thin_digest GLOB '?*:?*'),
            pushed_at TEXT CHECK (pushed_at GLOB '????-??-?? ??:??:??.???'),
            error TEXT CHECK (error <> ''),
            bytes_new INTEGER NOT NULL DEFAULT 0 CHECK (bytes_new >= 0),
            bytes_known INTEGER NOT NULL DEFAULT 0 CHECK (bytes_known >= 0),
            layers_new INTEGER NOT NULL DEFAULT 0 CHECK (layers_new >= 0),
            layers_known INTEGER NOT NULL DEFAULT 0 CHECK (layers_known >= 0),
            transactions INTEGER CHECK (transactions >= 0),
            losses TEXT CHECK (losses <> ''),
            CHECK ((revision IS NULL) = (published_at IS NULL)),
            CHECK ((thin_digest IS NULL) = (pushed_at IS NULL)),
            -- The repository comes first, then the thin image.
            CHECK (thin_digest IS NULL OR revision IS NOT NULL),
            CHECK (outcome <> 'succeeded' OR revision IS NOT NULL),
            CHECK ((outcome IN ('succeeded', 'failed')) = (finished_at IS NOT NULL)),
            CHECK ((outcome IN ('failed', 'interrupted')) = (error IS NOT NULL)),
            CHECK (outcome = 'imported' OR started_at IS NOT NULL),
            CHECK (outcome <> 'imported' OR config_digest IS NOT NULL),
            CHECK (revision IS NULL OR (reference_digest IS NOT NULL AND manifest_digest IS NOT NULL
                                        AND platform IS NOT NULL AND config_digest IS NOT NULL))
        ) STRICT;
        INSERT INTO conversion_6 SELECT * FROM conversion;
        DELETE FROM sqlite_sequence WHERE name = 'conversion_6';
        INSERT INTO sqlite_sequence SELECT 'conversion_6', seq FROM sqlite_sequence WHERE name = 'conversion';
        DROP TABLE conversion;
        ALTER TABLE conversion_6 RENAME TO conversion;
        CREATE INDEX conversion_history ON conversion (desiderata, id);
        CREATE UNIQUE INDEX conversion_running ON conversion (desiderata) WHERE outcome = 'running';
        """
}
