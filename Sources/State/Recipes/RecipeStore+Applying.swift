package import Foundation
import GRDB

extension RecipeStore {
    /// Applies a recipe: notes where it comes from, and does to its desideratas what `change` says, in one transaction.
    ///
    /// Where something is refused, nothing is done unless the recipe keeps going, and where its images' layers have more bytes
    /// than they may, nothing in any case. With `isRehearsal`, nothing is done in any
    /// case: the outcome tells what would be refused.
    package func apply(
        _ change: RecipeChange,
        of origin: RecipeOrigin,
        isRehearsal: Bool,
        at now: Date
    ) async throws -> RecipeOutcome {
        try await connection.write { db in
            var outcome = RecipeOutcome()
            try db.inSavepoint {
                let recipe = try Self.note(origin, at: now, db)
                var application = RecipeWriting(recipe: recipe, fqrn: origin.repository, now: now)
                try application.run(change, naming, db)
                outcome = application.outcome
                outcome.excess = try Self.excess(of: recipe, db)
                outcome.isApplied =
                    !isRehearsal && outcome.excess == nil && (outcome.refusals.isEmpty || origin.keepsGoing)
                if !outcome.isApplied { outcome.refusals = application.refusalsOfNothing }
                return outcome.isApplied ? .commit : .rollback
            }
            return outcome
        }
    }

    private static func note(_ origin: RecipeOrigin, at now: Date, _ db: Database) throws -> Int64 {
        let former = try recipe(from: origin.source, db)
        try db.execute(
            sql: """
                INSERT INTO recipe (source, form, cvmfs_repository, keeps_going, text_digest, applied_at,
                    max_images, max_bytes, read_at, formats, platforms, allow_private)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (source) DO UPDATE SET form = excluded.form, cvmfs_repository = excluded.cvmfs_repository,
                    keeps_going = excluded.keeps_going, text_digest = excluded.text_digest,
                    applied_at = excluded.applied_at, max_images = excluded.max_images, max_bytes = excluded.max_bytes,
                    inherits = 0, read_at = excluded.read_at, trouble = NULL,
                    formats = excluded.formats, platforms = excluded.platforms, allow_private = excluded.allow_private
                """,
            arguments: [
                origin.source, origin.form, origin.repository, origin.keepsGoing, origin.textDigest, now,
                origin.limits.images, origin.limits.bytes, now,
                origin.formats?.names, origin.platforms?.joined(separator: ","), origin.allowsPrivate,
            ]
        )
        if let former, former.origin.limits != origin.limits { try wakeMembers(of: former.id, at: now, db) }
        guard let recipe = try recipe(from: origin.source, db) else { throw StateError.unknownRecipe(origin.source) }
        return recipe.id
    }
}

/// The part of a transaction that changes the desideratas of a recipe.
private struct RecipeWriting {
    let recipe: Int64
    let fqrn: String
    let now: Date
    var outcome = RecipeOutcome()
    private var added: Set<Int64> = []

    init(recipe: Int64, fqrn: String, now: Date) {
        self.recipe = recipe
        self.fqrn = fqrn
        self.now = now
    }

    /// First what gives names free, then what takes them.
    mutating func run(_ change: RecipeChange, _ naming: NamingRules, _ db: Database) throws {
        for id in change.adopted {
            // One that meanwhile became another recipe's stays that.
            try db.execute(
                sql: """
                    INSERT INTO recipe_desiderata (desiderata, recipe)
                    SELECT id, ? FROM desiderata WHERE id = ? AND cvmfs_repository = ?
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [recipe, id, fqrn]
            )
        }
        let own = Set(
            try Int64.fetchAll(
                db,
                sql: "SELECT desiderata FROM recipe_desiderata WHERE recipe = ?",
                arguments: [recipe]
            )
        )
        for id in change.removed where own.contains(id) {
            guard try isFree(id, db), try !passes(id, db) else { continue }
            try db.execute(sql: "DELETE FROM desiderata WHERE id = ?", arguments: [id])
        }
        for (ids, since) in [(change.gone, now as Date?), (change.returned, nil)] {
            for id in ids where own.contains(id) {
                if since != nil, try passes(id, db) { continue }
                if since == nil { try RecipeStore.wake(id, at: now, db) }
                try db.execute(
                    sql: "UPDATE recipe_desiderata SET gone_since = ? WHERE desiderata = ?",
                    arguments: [since, id]
                )
            }
        }
        try leave(change, db)
        guard !change.added.isEmpty || !change.changed.isEmpty else { return }
        var names = try WishStore.takenNames(of: fqrn, naming, db) { change.changed[$0] == nil }
        for (id, wish) in change.changed.sorted(by: { $0.key < $1.key }) where own.contains(id) {
            guard try isFree(id, db) else {
                names.insert(DesiderataContent(try WishStore.desiderata(id, db)))
                continue
            }
            let refusal = try Self.attempt(db) { try update(id, wish, &names, db) }
            note(refusal, of: wish)
        }
        for wish in change.added {
            let refusal = try Self.attempt(db) { try add(wish, &names, db) }
            note(refusal, of: wish)
        }
    }

    /// Whether another recipe wants what this one gives up.
    private mutating func passes(_ id: Int64, _ db: Database) throws -> Bool {
        outcome.passed[id] = try RecipeStore.pass(id, from: recipe, at: now, db)
        return outcome.passed[id] != nil
    }

    /// Notes what is left to other recipes.
    private func leave(_ change: RecipeChange, _ db: Database) throws {
        if change.isLeftWhole {
            try db.execute(sql: "DELETE FROM recipe_left WHERE recipe = ?", arguments: [recipe])
        }
        for id in change.left {
            try db.cachedStatement(
                sql: """
                    INSERT INTO recipe_left (desiderata, recipe)
                    SELECT desiderata, ? FROM recipe_desiderata WHERE desiderata = ? AND recipe <> ?
                    ON CONFLICT DO NOTHING
                    """
            ).execute(arguments: [recipe, id, recipe])
        }
    }

    /// What is refused, where nothing is done: those that would have been added have no numbers then.
    var refusalsOfNothing: [RecipeOutcome.Refusal] {
        outcome.refusals.map { refusal in
            guard case .nameTaken(let name) = refusal.error, let owner = name.owner, added.contains(owner) else {
                return refusal
            }
            return RecipeOutcome.Refusal(input: refusal.input, error: .nameTaken(name.ofAnAddedOne))
        }
    }

    private mutating func note(_ refusal: StateError?, of wish: RecipeWish) {
        guard let refusal else { return }
        outcome.refusals.append(RecipeOutcome.Refusal(input: wish.input, error: refusal))
    }

    /// Whether no process works on it; otherwise it is noted.
    private mutating func isFree(_ id: Int64, _ db: Database) throws -> Bool {
        do {
            try WishStore.refuseClaimed(id, at: now, db)
            return true
        } catch StateError.claimed {
            outcome.busy.append(id)
            return false
        }
    }

    /// Does one thing, or none of it and returns why.
    private static func attempt(_ db: Database, _ body: () throws -> Void) throws -> StateError? {
        do {
            try db.inSavepoint {
                try body()
                return .commit
            }
            return nil
        } catch let error as StateError {
            return error
        }
    }

    private mutating func add(_ wish: RecipeWish, _ names: inout TakenNames, _ db: Database) throws {
        let input = try WishStore.addImage(wish.input, isThin: false, db)
        let output = try wish.output.map { try WishStore.addImage($0, isThin: true, db) }
        if let twin = try WishStore.desiderataNumber(input.id, output?.id, fqrn, db) {
            // Another process may have applied the same recipe since the plan was made.
            if try isOwn(twin, db) { return }
            throw try WishStore.desiderata(twin, db).taken(formats: wish.formats, platforms: wish.platforms)
        }
        let content = try content(nil, input, wish)
        try WishStore.refuseOtherPlatform(of: content, in: fqrn, db)
        try names.refuse(content, for: .added)
        try db.cachedStatement(
            sql: """
                INSERT INTO desiderata
                    (input_image, output_image, cvmfs_repository, added_at, formats, platforms, allow_private)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(
            arguments: [
                input.id, output?.id, fqrn, now, wish.formats.names, content.platforms.joined(separator: ","),
                wish.allowsPrivate,
            ]
        )
        let id = db.lastInsertedRowID
        try db.cachedStatement(sql: "INSERT INTO recipe_desiderata (desiderata, recipe) VALUES (?, ?)").execute(
            arguments: [id, recipe]
        )
        added.insert(id)
        names.insert(try self.content(id, input, wish))
    }

    private func update(_ id: Int64, _ wish: RecipeWish, _ names: inout TakenNames, _ db: Database) throws {
        let input = try WishStore.desiderata(id, db).input
        let output = try wish.output.map { try WishStore.addImage($0, isThin: true, db) }
        if let twin = try WishStore.desiderataNumber(input.id, output?.id, fqrn, db), twin != id {
            throw try WishStore.desiderata(twin, db).taken(formats: wish.formats, platforms: wish.platforms)
        }
        let content = try content(id, input, wish)
        try WishStore.refuseOtherPlatform(of: content, in: fqrn, db)
        try names.refuse(content, for: .desiderata(id))
        try db.execute(
            sql: """
                UPDATE desiderata
                SET output_image = ?, formats = ?, platforms = ?, allow_private = ?, changed_at = ?, next_look = ?
                WHERE id = ?
                """,
            arguments: [
                output?.id, wish.formats.names, content.platforms.joined(separator: ","), wish.allowsPrivate, now, now,
                id,
            ]
        )
        try ConversionHistory.clearBackOff(of: id, db)
        names.insert(content)
    }

    private func isOwn(_ id: Int64, _ db: Database) throws -> Bool {
        try Int64.fetchOne(
            db,
            sql: "SELECT recipe FROM recipe_desiderata WHERE desiderata = ?",
            arguments: [id]
        ) == recipe
    }

    private func content(_ id: Int64?, _ input: Image, _ wish: RecipeWish) throws -> DesiderataContent {
        if let fault = wish.formats.fault(hasOutputImage: wish.output != nil) { throw StateError.invalidValue(fault) }
        return DesiderataContent(
            id: id,
            input: input,
            formats: wish.formats,
            platforms: try WishStore.checked(wish.platforms)
        )
    }
}
