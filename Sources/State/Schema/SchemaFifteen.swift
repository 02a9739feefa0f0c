/// The statements of the fifteenth migration. Frozen, as all of them are.
enum SchemaFifteen {
    /// What the last plan of a recipe left to other recipes, though it names it, too; and whether something of that passed to
    /// it since it was applied.
    static let sql = """
        CREATE TABLE recipe_left (
            desiderata INTEGER NOT NULL REFERENCES desiderata (id) ON DELETE CASCADE,
            recipe INTEGER NOT NULL REFERENCES recipe (id) ON DELETE CASCADE,
            PRIMARY KEY (desiderata, recipe)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX recipe_left_by ON recipe_left (recipe);
        ALTER TABLE recipe ADD COLUMN inherits INTEGER NOT NULL DEFAULT 0 CHECK (inherits IN (0, 1));
        """
}
