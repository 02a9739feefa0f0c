/// The statements of the twelfth migration. Frozen, as all of them are.
enum SchemaTwelve {
    /// Images of repositories that no desiderata wants any more, whoever removed it, and since when; and what else of a
    /// repository was found to be of no use.
    static let sql = """
        CREATE TABLE unwanted_image (
            cvmfs_repository TEXT NOT NULL CHECK (cvmfs_repository <> ''),
            image INTEGER NOT NULL REFERENCES image (id),
            since TEXT NOT NULL CHECK (since GLOB '????-??-?? ??:??:??.???'),
            PRIMARY KEY (cvmfs_repository, image)
        ) WITHOUT ROWID;
        CREATE TABLE leftover (
            cvmfs_repository TEXT NOT NULL CHECK (cvmfs_repository <> ''),
            path TEXT NOT NULL CHECK (path <> ''),
            since TEXT NOT NULL CHECK (since GLOB '????-??-?? ??:??:??.???'),
            PRIMARY KEY (cvmfs_repository, path)
        ) WITHOUT ROWID;
        CREATE TRIGGER desiderata_removed AFTER DELETE ON desiderata
        WHEN NOT EXISTS (SELECT 1 FROM desiderata
            WHERE input_image = OLD.input_image AND cvmfs_repository = OLD.cvmfs_repository)
        BEGIN
            INSERT OR REPLACE INTO unwanted_image
            VALUES (OLD.cvmfs_repository, OLD.input_image, strftime('%Y-%m-%d %H:%M:%f', 'now'));
        END;
        CREATE TRIGGER desiderata_added AFTER INSERT ON desiderata
        BEGIN
            DELETE FROM unwanted_image WHERE image = NEW.input_image AND cvmfs_repository = NEW.cvmfs_repository;
        END;
        """
}
