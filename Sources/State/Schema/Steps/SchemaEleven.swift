/// The statements of the eleventh migration. Frozen, as all of them are.
enum SchemaEleven {
    /// NULL is what nobody has looked at since there is this column: it is due. What waits after failures goes on waiting.
    static let sql = """
        ALTER TABLE desiderata ADD COLUMN next_look TEXT CHECK (next_look GLOB '????-??-?? ??:??:??.???');
        UPDATE desiderata SET next_look = (SELECT next_attempt FROM back_off WHERE back_off.desiderata = desiderata.id);
        CREATE INDEX desiderata_next_look ON desiderata (next_look);
        -- The newest failure of a desiderata is found without going through those conversions that did not fail.
        CREATE INDEX conversion_failures ON conversion (desiderata, id) WHERE error IS NOT NULL;
        CREATE INDEX conversion_publications ON conversion (desiderata, id) WHERE revision IS NOT NULL;
        """
}
