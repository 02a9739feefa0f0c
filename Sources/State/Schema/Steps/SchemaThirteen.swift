/// The statements of the thirteenth migration. Frozen, as all of them are.
enum SchemaThirteen {
    static let sql = privacy + recipes + layers + space

    /// Nobody was asked whether private images are meant to be published: those that are there stay as they are, and what
    /// becomes of newer ones is asked. A recipe of version 2 may have said so already: it is applied again.
    private static let privacy = """
        ALTER TABLE desiderata ADD COLUMN allow_private INTEGER NOT NULL DEFAULT 0 CHECK (allow_private IN (0, 1));
        UPDATE recipe SET text_digest = 'none:none' WHERE form = 'version 2';

        """

    /// What a recipe may have, what its command said of all its images, and how it was when it was read last.
    private static let recipes = """
        ALTER TABLE recipe ADD COLUMN max_images INTEGER CHECK (max_images > 0);
        ALTER TABLE recipe ADD COLUMN max_bytes INTEGER CHECK (max_bytes > 0);
        ALTER TABLE recipe ADD COLUMN formats TEXT CHECK (formats <> '');
        ALTER TABLE recipe ADD COLUMN platforms TEXT CHECK (platforms <> '');
        ALTER TABLE recipe ADD COLUMN allow_private INTEGER NOT NULL DEFAULT 0 CHECK (allow_private IN (0, 1));
        ALTER TABLE recipe ADD COLUMN read_at TEXT CHECK (read_at GLOB '????-??-?? ??:??:??.???');
        ALTER TABLE recipe ADD COLUMN trouble TEXT CHECK (trouble <> '');

        """

    /// The layers of what was converted last of each desiderata, with their compressed bytes.
    private static let layers = """
        CREATE TABLE layer (
            id INTEGER PRIMARY KEY,
            digest TEXT NOT NULL UNIQUE CHECK (digest GLOB '?*:?*'),
            size INTEGER NOT NULL CHECK (size >= 0)
        ) STRICT;
        CREATE TABLE desiderata_layer (
            desiderata INTEGER NOT NULL REFERENCES desiderata (id) ON DELETE CASCADE,
            layer INTEGER NOT NULL REFERENCES layer (id),
            PRIMARY KEY (desiderata, layer)
        ) STRICT, WITHOUT ROWID;

        """

    /// How much a repository may take, what conversions added to it, and what was done to make room.
    private static let space = """
        ALTER TABLE repository ADD COLUMN quota INTEGER CHECK (quota > 0);
        ALTER TABLE conversion ADD COLUMN bytes_stored INTEGER NOT NULL DEFAULT 0 CHECK (bytes_stored >= 0);
        CREATE TABLE housekeeping (
            cvmfs_repository TEXT NOT NULL CHECK (cvmfs_repository <> ''),
            work TEXT NOT NULL CHECK (work <> ''),
            done_at TEXT NOT NULL CHECK (done_at GLOB '????-??-?? ??:??:??.???'),
            trouble TEXT CHECK (trouble <> ''),
            PRIMARY KEY (cvmfs_repository, work)
        ) STRICT, WITHOUT ROWID;
        """
}
