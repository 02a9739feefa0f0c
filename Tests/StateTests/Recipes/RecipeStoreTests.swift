import Foundation
import State
import TestSupport
import Testing

@Suite struct RecipeStoreTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func origin(
        _ source: String = "/srv/images.yaml",
        _ repository: String = "cd.cern.ch",
        keepsGoing: Bool = false
    ) -> RecipeOrigin {
        RecipeOrigin(
            source: source,
            form: "version 2",
            repository: repository,
            keepsGoing: keepsGoing,
            textDigest: Samples.digest("a")
        )
    }

    private func wish(
        _ tag: String,
        formats: OutputFormats = [.layers, .flat],
        platforms: [String] = ["linux/amd64"],
        output: StoredReference? = nil
    ) -> RecipeWish {
        RecipeWish(input: Samples.reference(tag: tag), output: output, formats: formats, platforms: platforms)
    }

    private func change(
        added: [RecipeWish] = [],
        changed: [Int64: RecipeWish] = [:],
        removed: [Int64] = [],
        gone: [Int64] = [],
        returned: [Int64] = []
    ) -> RecipeChange {
        var change = RecipeChange()
        (change.added, change.changed, change.removed) = (added, changed, removed)
        (change.gone, change.returned) = (gone, returned)
        return change
    }

    private func tags(_ database: StateDatabase) async throws -> [String] {
        try await database.wishes.desideratas().compactMap(\.input.reference.tag)
    }

    @Test func aRecipeAndItsDesideratas() async throws {
        let database = try await StateDatabase.make(in: folder)
        let hand = try await database.addSample()
        let first = try await database.recipes.apply(
            change(added: [wish("1"), wish("2"), wish("3")]),
            of: origin(),
            isRehearsal: false,
            at: Samples.now
        )
        #expect(first.isApplied && first.refusals == [] && first.busy == [])
        var expected = AppliedRecipe(id: 1, origin: origin(), appliedAt: Samples.now, count: 3, goneCount: 0)
        expected.readAt = Samples.now
        #expect(try await database.recipes.recipes() == [expected])
        let later = Samples.now.addingTimeInterval(60)
        let second = try await database.recipes.apply(
            change(added: [wish("5")], changed: [2: wish("1", platforms: ["all"])], removed: [3], gone: [4]),
            of: origin(keepsGoing: true),
            isRehearsal: false,
            at: later
        )
        #expect(second.isApplied)
        let recipe = try #require(try await database.recipes.recipe(from: "/srv/images.yaml"))
        #expect(recipe.count == 3 && recipe.goneCount == 1 && recipe.appliedAt == later && recipe.id == 1)
        let members = try await database.recipes.members(of: "cd.cern.ch")
        #expect(members.map(\.desiderata.id) == [1, 2, 4, 5])
        #expect(members.map(\.recipe) == [nil, 1, 1, 1])
        #expect(members.map(\.goneSince) == [nil, nil, later, nil])
        #expect(members[1].desiderata.platforms == ["all"] && members[1].desiderata.changedAt != nil)
        let (policy, day) = (LookPolicy(shortest: 0, longest: 0), later.addingTimeInterval(86_400))
        for policy in [.standard, policy] {
            #expect(try await database.wishes.dueDesideratas(at: day, policy).map(\.id) == [1, 2, 5])
        }
        let status = try await database.history.status(of: 4, at: later)
        #expect(status.map(\.goneSince) == [later] && status.map(\.nextLook) == [.never])
        _ = try await database.history.recordFailure(of: 4, at: day)
        #expect(try await database.recipes.owner(of: 4)?.id == 1)
        #expect(try await database.recipes.owner(of: 1) == nil)
        _ = try await database.recipes.apply(change(returned: [4]), of: origin(), isRehearsal: false, at: later)
        #expect(try await database.recipes.recipes().map(\.goneCount) == [0])
        // What failed meanwhile does not count.
        #expect(try await database.wishes.dueDesideratas(at: later).map(\.id) == [1, 2, 4, 5])

        #expect(try await database.recipes.remove("/srv/images.yaml", isRehearsal: true, at: later) == [:])
        #expect(try await database.recipes.recipes().count == 1)
        #expect(try await database.recipes.remove("/srv/images.yaml", at: later) == [:])
        #expect(try await database.wishes.desideratas() == [hand])
        #expect(try await database.recipes.recipes() == [])
        await #expect(throws: StateError.unknownRecipe("/srv/images.yaml")) {
            _ = try await database.recipes.remove("/srv/images.yaml", at: later)
        }
    }

    /// A plan may be old when it is done: what is not the recipe's own is not touched.
    @Test func othersDesideratasAreNotTouched() async throws {
        let database = try await StateDatabase.make(in: folder)
        let hand = try await database.addSample()
        _ = try await database.recipes.apply(
            change(added: [wish("2")]),
            of: origin("/other"),
            isRehearsal: false,
            at: Samples.now
        )
        let outcome = try await database.recipes.apply(
            change(changed: [1: wish("4", platforms: ["all"])], removed: [1, 2], gone: [2]),
            of: origin(),
            isRehearsal: false,
            at: Samples.now
        )
        #expect(outcome.isApplied)
        #expect(try await database.wishes.desideratas().first == hand)
        #expect(try await tags(database) == ["4", "2"])
    }

    @Test(arguments: [false, true])
    func oneThatIsRefused(keepsGoing: Bool) async throws {
        let database = try await StateDatabase.make(in: folder)
        let hand = try await database.wishes.addDesiderata(
            input: Samples.reference(),
            output: nil,
            cvmfsRepository: "cd.cern.ch",
            at: Samples.now
        )
        // The same name by its digest; the same image for another platform; one that is already there.
        let added = [
            RecipeWish(
                input: Samples.reference(digest: Samples.digest("a")),
                output: nil,
                formats: [.layers, .flat],
                platforms: ["linux/amd64"]
            ),
            wish(
                "4",
                formats: [.layers, .thin],
                platforms: ["linux/arm64"],
                output: Samples.reference("thin/redis")
            ), wish("4"), wish("5"),
            wish("6", formats: [.layers, .thin]),
        ]
        let outcome = try await database.recipes.apply(
            change(added: added),
            of: origin(keepsGoing: keepsGoing),
            isRehearsal: false,
            at: Samples.now
        )
        #expect(outcome.isApplied == keepsGoing)
        let errors = outcome.refusals.map { "\($0.error)" }
        #expect(errors.count == 4, "\(errors)")
        #expect(errors[0].contains("has the name of this image in cd.cern.ch"))
        #expect(errors[1].contains("is for linux/amd64 alone, and this one would be for linux/arm64 alone"))
        #expect(errors[2].contains("already in the database, as number \(hand.id)"))
        #expect(errors[3].contains("a thin image needs a name"))
        #expect(try await tags(database) == (keepsGoing ? ["4", "5"] : ["4"]))
        #expect(try await database.wishes.images().count == (keepsGoing ? 2 : 1))
        #expect(try await database.recipes.recipes().count == (keepsGoing ? 1 : 0))
    }

    /// Two processes that apply a recipe at once have made the same plan.
    @Test func theSamePlanTwice() async throws {
        let database = try await StateDatabase.make(in: folder)
        for _ in 0..<2 {
            let outcome = try await database.recipes.apply(
                change(added: [wish("1"), wish("2")]),
                of: origin(),
                isRehearsal: false,
                at: Samples.now
            )
            #expect(outcome.isApplied && outcome.refusals == [])
        }
        #expect(try await tags(database) == ["1", "2"])
        let other = try await database.recipes.apply(
            change(added: [wish("1")]),
            of: origin("/other"),
            isRehearsal: false,
            at: Samples.now
        )
        #expect(!other.isApplied && other.refusals.count == 1)
    }

    /// What is removed and changed gives names free, and what is added takes them from each other.
    @Test func namesWithinOneChange() async throws {
        let database = try await StateDatabase.make(in: folder)
        let pinned = RecipeWish(
            input: Samples.reference(tag: "1", digest: Samples.digest("a")),
            output: nil,
            formats: [.layers, .flat],
            platforms: ["linux/amd64"]
        )
        func apply(_ change: RecipeChange) async throws -> Int {
            try await database.recipes.apply(change, of: origin(), isRehearsal: false, at: Samples.now).refusals.count
        }
        #expect(try await apply(change(added: [wish("1"), pinned])) == 1)
        #expect(try await apply(change(added: [wish("1"), wish("2")])) == 0)
        #expect(try await apply(change(added: [pinned], removed: [1])) == 0)
        #expect(try await apply(change(changed: [3: pinned])) == 0)
        #expect(try await database.wishes.desideratas().map(\.id) == [2, 3])
    }

    @Test func aRehearsalLeavesNothing() async throws {
        let database = try await StateDatabase.make(in: folder)
        let outcome = try await database.recipes.apply(
            change(added: [wish("1"), wish("2", formats: [.layers, .thin])]),
            of: origin(),
            isRehearsal: true,
            at: Samples.now
        )
        #expect(!outcome.isApplied && outcome.refusals.count == 1)
        #expect(try await database.wishes.images() == [])
        #expect(try await database.recipes.recipes() == [])
    }

    @Test func whatIsBeingConvertedStays() async throws {
        let database = try await StateDatabase.make(in: folder)
        _ = try await database.recipes.apply(
            change(added: [wish("1"), wish("2")]),
            of: origin(),
            isRehearsal: false,
            at: Samples.now
        )
        try await database.claims.withClaim(on: .desiderata(1)) {
            let outcome = try await database.recipes.apply(
                change(changed: [2: wish("2", platforms: ["all"])], removed: [1]),
                of: origin(),
                isRehearsal: false,
                at: Date()
            )
            #expect(outcome.isApplied && outcome.busy == [1])
            await #expect(throws: StateError.self) {
                _ = try await database.recipes.remove("/srv/images.yaml", at: Date())
            }
        }
        #expect(try await database.wishes.desideratas().map(\.platforms) == [["linux/amd64"], ["all"]])
        #expect(try await database.recipes.recipes().map(\.count) == [2])
    }

    /// What a recipe names and leaves to another one; what it does not name any more it does not get.
    @Test func whatRecipesLeaveToEachOther() async throws {
        let database = try await StateDatabase.make(in: folder)
        func apply(_ source: String, _ edit: (inout RecipeChange) -> Void) async throws -> RecipeOutcome {
            var change = RecipeChange()
            edit(&change)
            return try await database.recipes.apply(change, of: origin(source), isRehearsal: false, at: Samples.now)
        }
        let hand = try await database.addSample()
        _ = try await apply("/a") { $0.added = [wish("1"), wish("2"), wish("3")] }
        // What nobody's recipe has passes to none.
        _ = try await apply("/b") { $0.left = [hand.id, 2, 3, 4] }
        _ = try await apply("/c") { $0.left = [2] }
        _ = try await apply("/b") { $0.left = [3] }
        _ = try await apply("/b") { ($0.left, $0.isLeftWhole) = ([], false) }
        let outcome = try await apply("/a") { $0.removed = [2, 3, 4] }
        #expect(outcome.passed == [2: "/c", 3: "/b"])
        #expect(try await database.wishes.desideratas().map(\.id) == [hand.id, 2, 3])
        #expect(try await database.recipes.recipes().map(\.inherits) == [false, true, true])
        #expect(try await database.recipes.recipes().map(\.count) == [0, 1, 1])
        // With the recipe goes what it wanted.
        _ = try await apply("/a") { $0.left = [2] }
        _ = try await database.recipes.remove("/a", at: Samples.now)
        #expect(try await apply("/c") { $0.removed = [2] }.passed == [:])
    }

    @Test func aDatabaseWithoutRecipes() async throws {
        let made = try await StateDatabase.make(in: folder)
        let desiderata = try await made.addSample()
        try await made.close()
        try RawDatabase.run(
            folder.database,
            FormerSchema.twelfth
                + "DROP TABLE recipe_desiderata; DROP TABLE recipe; DELETE FROM grdb_migrations WHERE identifier LIKE '10 %'"
        )
        await #expect(throws: StateError.olderDatabase(folder.database)) { try await StateDatabase.open(in: folder) }
        #expect(
            try await StateDatabase.initialize(in: folder).migrations.map { $0.prefix(3) } == [
                "10 ", "13 ", "14 ", "15 ",
            ]
        )
        let database = try await StateDatabase.open(in: folder)
        #expect(try await database.wishes.desideratas() == [desiderata])
        #expect(try await database.recipes.members(of: "cd.cern.ch").map(\.recipe) == [nil])
    }
}
