package import Foundation
import GRDB

/// The recipes of a database and their desideratas. All methods throw `StateError`.
package struct RecipeStore: Sendable {
    /// A desiderata and whose it is.
    package struct Member: Sendable, Hashable {
        /// The desiderata.
        package let desiderata: Desiderata
        /// The recipe that it belongs to; nil where somebody added it by hand.
        package let recipe: Int64?
        /// Since when its tag is gone from the registry or from the recipe's selection; nil while it is wanted.
        package let goneSince: Date?
    }

    let connection: DatabaseConnection
    let naming: NamingRules

    /// All recipes, in the order in which they were applied first.
    package func recipes() async throws -> [AppliedRecipe] {
        try await connection.read { db in try Self.recipes("ORDER BY recipe.id", [], db) }
    }

    /// The recipe of this source; nil where it was not applied.
    package func recipe(from source: String) async throws -> AppliedRecipe? {
        try await connection.read { db in try Self.recipe(from: source, db) }
    }

    /// The recipes that desideratas belong to, by their numbers; those that somebody added by hand are left out.
    package func owners() async throws -> [Int64: Int64] {
        try await connection.read { db in
            var owners: [Int64: Int64] = [:]
            let rows = try Row.fetchCursor(db, sql: "SELECT desiderata, recipe FROM recipe_desiderata")
            while let row = try rows.next() { owners[row[0]] = row[1] }
            return owners
        }
    }

    /// The recipe that a desiderata belongs to; nil where somebody added it by hand.
    package func owner(of desiderata: Int64) async throws -> AppliedRecipe? {
        try await connection.read { db in
            try Self.recipes(
                "WHERE id = (SELECT recipe FROM recipe_desiderata WHERE desiderata = ?)",
                [desiderata],
                db
            ).first
        }
    }

    /// The desideratas of a CVMFS repository, in the order in which they were added, and whose they are.
    package func members(of repository: String) async throws -> [Member] {
        try await connection.read { db in
            let owners = try Row.fetchAll(
                db,
                sql: """
                    SELECT recipe_desiderata.* FROM recipe_desiderata JOIN desiderata ON desiderata.id = desiderata
                    WHERE cvmfs_repository = ?
                    """,
                arguments: [repository]
            )
            var found: [Int64: (recipe: Int64, gone: Date?)] = [:]
            for row in owners {
                found[try row.value("desiderata")] = (try row.value("recipe"), try row.optional("gone_since"))
            }
            return try WishStore.desideratas(
                "WHERE desiderata.cvmfs_repository = ? ORDER BY desiderata.id",
                [repository],
                db
            ).map { Member(desiderata: $0, recipe: found[$0.id]?.recipe, goneSince: found[$0.id]?.gone) }
        }
    }

    /// Notes that a recipe's source was read, and what went wrong with it.
    package func noteReading(of recipe: Int64, trouble: String?, at now: Date) async throws {
        let trouble = trouble.flatMap { $0.isEmpty ? nil : $0 }
        try await connection.write { db in
            try db.execute(
                sql: "UPDATE recipe SET read_at = ?, trouble = ? WHERE id = ?",
                arguments: [now, trouble, recipe]
            )
        }
    }

    /// Removes a recipe with its desideratas and their history; those that other recipes name, too, pass to these. Returns
    /// which recipes that are. With `isRehearsal`, nothing is done.
    ///
    /// Throws `unknownRecipe`, and `claimed` while a process works on one of them: then nothing is removed.
    package func remove(_ source: String, isRehearsal: Bool = false, at now: Date) async throws -> [Int64: String] {
        try await connection.write { db in
            var heirs: [Int64: String] = [:]
            try db.inSavepoint {
                guard let recipe = try Self.recipe(from: source, db) else { throw StateError.unknownRecipe(source) }
                let ids = try Int64.fetchAll(
                    db,
                    sql: "SELECT desiderata FROM recipe_desiderata WHERE recipe = ? ORDER BY desiderata",
                    arguments: [recipe.id]
                )
                for id in ids {
                    try WishStore.refuseClaimed(id, at: now, db)
                    heirs[id] = try Self.pass(id, from: recipe.id, at: now, db)
                    if heirs[id] == nil {
                        try db.execute(sql: "DELETE FROM desiderata WHERE id = ?", arguments: [id])
                    }
                }
                try db.execute(sql: "DELETE FROM recipe WHERE id = ?", arguments: [recipe.id])
                return isRehearsal ? .rollback : .commit
            }
            return heirs
        }
    }

    /// Gives a desiderata that a recipe does not want any more to another one that names it, with its history. Returns the name
    /// of that one; nil where there is none.
    static func pass(_ id: Int64, from recipe: Int64, at now: Date, _ db: Database) throws -> String? {
        guard
            let heir = try Row.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT recipe.id, recipe.source FROM recipe_left JOIN recipe ON recipe.id = recipe_left.recipe
                        WHERE recipe_left.desiderata = ? AND recipe.id <> ? ORDER BY recipe.id LIMIT 1
                        """
                ),
                arguments: [id, recipe]
            )
        else { return nil }
        let number: Int64 = try heir.value("id")
        for (sql, arguments) in [
            ("UPDATE recipe_desiderata SET recipe = ?, gone_since = NULL WHERE desiderata = ?", [number, id]),
            ("DELETE FROM recipe_left WHERE recipe = ? AND desiderata = ?", [number, id]),
            ("UPDATE recipe SET inherits = 1 WHERE id = ?", [number]),
        ] { try db.execute(sql: sql, arguments: StatementArguments(arguments)) }
        try wake(id, at: now, db)
        return try heir.value("source")
    }

    /// Lets a loop look at one that is wanted again: what failed while it was gone does not count.
    static func wake(_ id: Int64, at now: Date, _ db: Database) throws {
        try db.execute(sql: "UPDATE desiderata SET next_look = ? WHERE id = ?", arguments: [now, id])
        try ConversionHistory.clearBackOff(of: id, db)
    }

    static func recipe(from source: String, _ db: Database) throws -> AppliedRecipe? {
        try recipes("WHERE source = ?", [source], db).first
    }

    private static func recipes(
        _ clause: String,
        _ arguments: StatementArguments,
        _ db: Database
    ) throws -> [AppliedRecipe] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT *,
                    (SELECT count(*) FROM recipe_desiderata WHERE recipe = recipe.id) AS count,
                    (SELECT count(gone_since) FROM recipe_desiderata WHERE recipe = recipe.id) AS gone_count
                FROM recipe \(clause)
                """,
            arguments: arguments
        ).map { row in
            var recipe = AppliedRecipe(
                id: try row.value("id"),
                origin: try RecipeOrigin(row: row),
                appliedAt: try row.value("applied_at"),
                count: try row.value("count"),
                goneCount: try row.value("gone_count"),
                inherits: try row.value("inherits")
            )
            recipe.readAt = try row.optional("read_at")
            recipe.trouble = try row.optional("trouble")
            return recipe
        }
    }
}

extension RecipeOrigin {
    init(row: Row) throws {
        self.init(
            source: try row.value("source"),
            form: try row.value("form"),
            repository: try row.value("cvmfs_repository"),
            keepsGoing: try row.value("keeps_going"),
            textDigest: try row.value("text_digest")
        )
        let platforms: String? = try row.optional("platforms")
        formats = (try row.optional("formats") as String?).map(OutputFormats.init(names:))
        self.platforms = platforms?.split(separator: ",").map(String.init)
        allowsPrivate = try row.value("allow_private")
        limits = RecipeLimits(images: try row.optional("max_images"), bytes: try row.optional("max_bytes"))
    }
}
