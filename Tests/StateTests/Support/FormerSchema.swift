/// What takes a database back to an earlier schema.
enum FormerSchema {
    /// Undoes the thirteenth migration and those after it.
    static let twelfth = """
        DROP TABLE recipe_left; DROP INDEX recipe_gone;
        ALTER TABLE recipe DROP COLUMN inherits;
        ALTER TABLE repository DROP COLUMN adopted_at; ALTER TABLE repository DROP COLUMN adopted_revision;
        DELETE FROM grdb_migrations WHERE identifier LIKE '14 %' OR identifier LIKE '15 %';
        DROP TABLE desiderata_layer; DROP TABLE layer; DROP TABLE housekeeping;
        ALTER TABLE desiderata DROP COLUMN allow_private;
        ALTER TABLE conversion DROP COLUMN bytes_stored;
        ALTER TABLE repository DROP COLUMN quota;
        ALTER TABLE recipe DROP COLUMN max_images; ALTER TABLE recipe DROP COLUMN max_bytes;
        ALTER TABLE recipe DROP COLUMN formats; ALTER TABLE recipe DROP COLUMN platforms;
        ALTER TABLE recipe DROP COLUMN allow_private;
        ALTER TABLE recipe DROP COLUMN read_at; ALTER TABLE recipe DROP COLUMN trouble;
        DELETE FROM grdb_migrations WHERE identifier LIKE '13 %';

        """
}
