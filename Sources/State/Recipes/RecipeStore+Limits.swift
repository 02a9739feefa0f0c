import Foundation
import GRDB

/// The layers of what recipes have, and how many they may have.
extension RecipeStore {
    /// Lets a desiderata have these layers from now on, where its recipe's limit takes them. Without a recipe that has one,
    /// nothing is done.
    ///
    /// Throws ``RecipeExcess``, having noted nothing, where the layers of the recipe's images would have more bytes.
    package func admit(_ layers: [ConvertedLayer], of desiderata: Int64) async throws {
        let isLimited = try await connection.ask { db in try Self.limited(desiderata, db) != nil }
        guard isLimited else { return }
        let excess: RecipeExcess? = try await connection.write { db in
            var excess: RecipeExcess?
            try db.inSavepoint {
                try Self.note(layers, of: desiderata, db)
                if let recipe = try Self.limited(desiderata, db) { excess = try Self.excess(of: recipe, db) }
                return excess == nil ? .commit : .rollback
            }
            return excess
        }
        if let excess { throw excess }
    }

    /// What is known of the layers of a recipe's images.
    package func use(of recipe: Int64) async throws -> RecipeUse {
        try await connection.read { db in
            let unknown = try Int64.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM recipe_desiderata WHERE recipe = ? AND NOT EXISTS
                        (SELECT 1 FROM desiderata_layer WHERE desiderata = recipe_desiderata.desiderata)
                    """,
                arguments: [recipe]
            )
            return RecipeUse(bytes: try Self.bytes(of: recipe, db), unknownImages: Int(clamping: unknown ?? 0))
        }
    }

    /// Notes the layers of what was converted of a desiderata, in place of those before.
    static func note(_ layers: [ConvertedLayer], of desiderata: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM desiderata_layer WHERE desiderata = ?").execute(arguments: [desiderata]
        )
        let layer = try db.cachedStatement(
            sql: "INSERT INTO layer (digest, size) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING"
        )
        let own = try db.cachedStatement(
            sql: "INSERT OR IGNORE INTO desiderata_layer SELECT ?, id FROM layer WHERE digest = ?"
        )
        for each in layers {
            try layer.execute(arguments: [each.digest, each.size])
            try own.execute(arguments: [desiderata, each.digest])
        }
    }

    /// The recipe of a desiderata where it has a limit of bytes.
    private static func limited(_ desiderata: Int64, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT recipe.id FROM recipe_desiderata JOIN recipe ON recipe.id = recipe
                WHERE desiderata = ? AND max_bytes IS NOT NULL
                """,
            arguments: [desiderata]
        )
    }

    /// What a recipe has too much; nil where it is within its limit, or has none.
    static func excess(of recipe: Int64, _ db: Database) throws -> RecipeExcess? {
        let row = try db.firstRow(
            "SELECT source, max_bytes FROM recipe WHERE id = ? AND max_bytes IS NOT NULL",
            [recipe]
        )
        guard let row else { return nil }
        let (bytes, limit) = (try bytes(of: recipe, db), try row.value("max_bytes") as Int64)
        return bytes > limit ? RecipeExcess(recipe: try row.value("source"), bytes: bytes, limit: limit) : nil
    }

    private static func bytes(of recipe: Int64, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT ifnull(sum(size), 0) FROM layer WHERE id IN
                    (SELECT layer FROM desiderata_layer WHERE desiderata IN
                        (SELECT desiderata FROM recipe_desiderata WHERE recipe = ?))
                """,
            arguments: [recipe]
        ) ?? 0
    }

    /// Lets a loop look at those again of whose layers nothing is known though they were published, and at those that failed:
    /// a limit that was changed may let them in.
    static func wakeMembers(of recipe: Int64, at now: Date, _ db: Database) throws {
        try db.execute(
            sql: """
                UPDATE desiderata SET next_look = ? WHERE id IN (SELECT desiderata FROM recipe_desiderata WHERE recipe = ?)
                    AND (id IN (SELECT desiderata FROM back_off)
                        OR NOT EXISTS (SELECT 1 FROM desiderata_layer WHERE desiderata = desiderata.id)
                        AND EXISTS (SELECT 1 FROM conversion WHERE desiderata = desiderata.id AND revision IS NOT NULL))
                """,
            arguments: [now, recipe]
        )
        try db.execute(
            sql: """
                DELETE FROM back_off WHERE desiderata IN (SELECT desiderata FROM recipe_desiderata WHERE recipe = ?)
                """,
            arguments: [recipe]
        )
    }
}
