/// The statements of the eighth migration. Frozen, as all of them are.
enum SchemaEight {
    static let sql = repository + conversion + desiderata

    /// How images become root file systems there; NULL for the default.
    private static let repository = """
        ALTER TABLE repository ADD COLUMN tree_names TEXT CHECK (tree_names <> '');
        ALTER TABLE repository ADD COLUMN tree_modes TEXT CHECK (tree_modes <> '');
        ALTER TABLE repository ADD COLUMN mount_points TEXT CHECK (mount_points <> '');
        ALTER TABLE repository ADD COLUMN keeps_setuid INTEGER CHECK (keeps_setuid IN (0, 1));

        """

    /// A desiderata may get another output image: what was pushed as the former one is not pushed as the new one.
    private static let conversion = """
        ALTER TABLE conversion ADD COLUMN pushed_image INTEGER REFERENCES image (id);
        UPDATE conversion SET pushed_image = (SELECT output_image FROM desiderata WHERE id = conversion.desiderata)
            WHERE thin_digest IS NOT NULL;

        """

    /// The platform `all` is none of the form OS/ARCHITECTURE, and SQLite takes no CHECK away from a column.
    private static let desiderata = """
        CREATE TABLE desiderata_8 (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            input_image INTEGER NOT NULL REFERENCES image (id),
            output_image INTEGER REFERENCES image (id),
            cvmfs_repository TEXT NOT NULL CHECK (cvmfs_repository <> ''),
            added_at TEXT CHECK (added_at GLOB '????-??-?? ??:??:??.???'),
            formats TEXT NOT NULL DEFAULT 'layers,thin' CHECK (formats <> ''),
            platforms TEXT NOT NULL DEFAULT 'linux/amd64' CHECK (platforms = 'all' OR platforms GLOB '?*/?*')
        ) STRICT;
        INSERT INTO desiderata_8 (id, input_image, output_image, cvmfs_repository, added_at, formats, platforms)
            SELECT id, input_image, output_image, cvmfs_repository, added_at, formats, platforms FROM desiderata;
        DELETE FROM sqlite_sequence WHERE name = 'desiderata_8';
        INSERT INTO sqlite_sequence SELECT 'desiderata_8', seq FROM sqlite_sequence WHERE name = 'desiderata';
        DROP TABLE desiderata;
        ALTER TABLE desiderata_8 RENAME TO desiderata;
        CREATE INDEX desiderata_output ON desiderata (output_image);
        CREATE UNIQUE INDEX desiderata_identity ON desiderata (input_image, ifnull(output_image, 0), cvmfs_repository);
        """
}
