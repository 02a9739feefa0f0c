/// The statements of the tenth migration. Frozen, as all of them are.
enum SchemaTen {
    /// A desiderata without a row in `recipe_desiderata` is one that somebody added by hand.
    static let sql = """
        CREATE TABLE recipe (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            source TEXT NOT NULL UNIQUE CHECK (source <> ''),
            form TEXT NOT NULL CHECK (form <> ''),
            cvmfs_repository TEXT NOT NULL CHECK (cvmfs_repository <> ''),
            keeps_going INTEGER NOT NULL CHECK (keeps_going IN (0, 1)),
            text_digest TEXT NOT NULL CHECK (text_digest GLOB '?*:?*'),
            applied_at TEXT NOT NULL CHECK (applied_at GLOB '????-??-?? ??:??:??.???')
        ) STRICT;
        CREATE TABLE recipe_desiderata (
            desiderata INTEGER PRIMARY KEY REFERENCES desiderata (id) ON DELETE CASCADE,
            recipe INTEGER NOT NULL REFERENCES recipe (id),
            gone_since TEXT CHECK (gone_since GLOB '????-??-?? ??:??:??.???')
        ) STRICT;
        CREATE INDEX recipe_desideratas ON recipe_desiderata (recipe);
        """
}
