import Foundation
import State
import TestSupport
import Testing

/// How many bytes the layers of a recipe's images may have.
@Suite struct RecipeLimitTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func apply(
        _ database: StateDatabase,
        added: [String] = [],
        removed: [Int64] = [],
        limit: Int64?,
        isRehearsal: Bool = false
    ) async throws -> RecipeOutcome {
        var origin = RecipeOrigin(
            source: "/srv/images.yaml",
            form: "version 2",
            repository: "cd.cern.ch",
            keepsGoing: false,
            textDigest: Samples.digest("a")
        )
        origin.limits = RecipeLimits(images: 9, bytes: limit)
        var change = RecipeChange()
        change.added = added.map {
            RecipeWish(
                input: Samples.reference(tag: $0),
                output: nil,
                formats: [.layers],
                platforms: ["linux/amd64"]
            )
        }
        change.removed = removed
        return try await database.recipes.apply(change, of: origin, isRehearsal: isRehearsal, at: Samples.now)
    }

    private func layers(_ sizes: (Character, Int64)...) -> [ConvertedLayer] {
        sizes.map { ConvertedLayer(digest: Samples.digest($0.0), size: $0.1) }
    }

    @Test func eachLayerCountsOnce() async throws {
        let database = try await StateDatabase.make(in: folder)
        _ = try await apply(database, added: ["1", "2", "3"], limit: 100)
        #expect(try await database.recipes.recipes().map(\.origin.limits) == [RecipeLimits(images: 9, bytes: 100)])
        try await database.recipes.admit(layers(("a", 50), ("b", 20)), of: 1)
        try await database.recipes.admit(layers(("a", 50), ("c", 30)), of: 2)
        #expect(try await database.recipes.use(of: 1) == RecipeUse(bytes: 100, unknownImages: 1))
        let excess = await #expect(throws: RecipeExcess.self) {
            try await database.recipes.admit(layers(("a", 50), ("d", 1)), of: 3)
        }
        #expect(excess?.bytes == 101 && excess?.limit == 100)
        #expect(
            excess?.description.hasPrefix(
                "the layers of the images of the recipe /srv/images.yaml would have 101 B, and"
            )
                == true
        )
        // It left nothing behind, and another image of the same layers is free.
        #expect(try await database.recipes.use(of: 1) == RecipeUse(bytes: 100, unknownImages: 1))
        try await database.recipes.admit(layers(("a", 50), ("b", 20)), of: 3)
        // A newer image takes the place of the one before.
        try await database.recipes.admit(layers(("c", 30)), of: 1)
        try await database.recipes.admit(layers(("c", 30)), of: 3)
        #expect(try await database.recipes.use(of: 1) == RecipeUse(bytes: 80, unknownImages: 0))
    }

    @Test func whatNoRecipeHasIsNotLimited() async throws {
        let database = try await StateDatabase.make(in: folder)
        let hand = try await database.addSample()
        try await database.recipes.admit(layers(("a", 1 << 60)), of: hand.id)
        _ = try await apply(database, added: ["1"], limit: nil)
        try await database.recipes.admit(layers(("b", 1 << 60)), of: 2)
        #expect(try await database.recipes.use(of: 1).bytes == 0)
    }

    @Test func applyingLessThanThereIs() async throws {
        let database = try await StateDatabase.make(in: folder)
        _ = try await apply(database, added: ["1", "2"], limit: 100)
        try await database.recipes.admit(layers(("a", 50)), of: 1)
        try await database.recipes.admit(layers(("b", 50)), of: 2)
        for isRehearsal in [true, false] {
            let refused = try await apply(database, added: ["3"], limit: 60, isRehearsal: isRehearsal)
            #expect(refused.excess?.bytes == 100 && !refused.isApplied)
        }
        #expect(try await database.wishes.desideratas().count == 2)
        #expect(try await database.recipes.recipes().map(\.origin.limits.bytes) == [100])
        // What goes does not count.
        #expect(try await apply(database, removed: [1], limit: 60).isApplied)
        #expect(try await database.recipes.use(of: 1).bytes == 50)
    }

    @Test func aChangedLimitLetsThoseThatFailedTryAgain() async throws {
        let database = try await StateDatabase.make(in: folder)
        _ = try await apply(database, added: ["1", "2"], limit: 100)
        let later = Samples.now.addingTimeInterval(3_600)
        for wish in try await database.wishes.desideratas() {
            try await database.wishes.recordLooks(at: [wish], at: later, .standard)
        }
        _ = try await database.history.recordFailure(of: 1, at: later)
        #expect(try await database.wishes.dueDesideratas(at: Samples.now).isEmpty)
        _ = try await apply(database, limit: 100)
        #expect(try await database.wishes.dueDesideratas(at: Samples.now).isEmpty)
        _ = try await apply(database, limit: 200)
        #expect(try await database.wishes.dueDesideratas(at: Samples.now).map(\.id) == [1])
        #expect(try await database.history.backOff(of: 1) == nil)
    }

    /// What was published before sizes were recorded is looked at, and its layers noted then.
    @Test func whatIsNotKnownIsLookedAt() async throws {
        let database = try await StateDatabase.make(in: folder)
        _ = try await apply(database, added: ["1"], limit: nil)
        let conversion = try await database.history.startConversion(of: 1, at: Samples.now)
        try await database.history.recordInput(Samples.input, conversion: conversion)
        try await database.history.recordPublished(revision: 3, conversion: conversion, at: Samples.now)
        try await database.history.finishConversion(conversion, at: Samples.now)
        let wish = try await database.wishes.desiderata(1)
        try await database.wishes.recordLooks(at: [wish], at: Samples.now, .standard)
        #expect(try await database.wishes.dueDesideratas(at: Samples.now).isEmpty)
        #expect(try await !database.history.standing(of: 1).knowsLayers)
        _ = try await apply(database, limit: 10)
        #expect(try await database.wishes.dueDesideratas(at: Samples.now).map(\.id) == [1])
        try await database.history.recordLayers(layers(("a", 11)), of: 1)
        #expect(try await database.history.standing(of: 1).knowsLayers)
        #expect(try await apply(database, limit: 10).excess?.bytes == 11)
    }

    /// A recipe of version 2 may have said what nobody heeded: it is applied again.
    @Test func theTwelfthSchema() async throws {
        let made = try await StateDatabase.make(in: folder)
        let hand = try await made.addSample()
        _ = try await apply(made, added: ["1"], limit: 10)
        try await made.close()
        try RawDatabase.run(folder.database, FormerSchema.twelfth)
        #expect(
            try await StateDatabase.initialize(in: folder).migrations.map { $0.prefix(3) } == ["13 ", "14 ", "15 "]
        )
        let database = try await StateDatabase.open(in: folder)
        let recipe = try #require(try await database.recipes.recipes().first)
        #expect(recipe.origin.limits == RecipeLimits() && recipe.origin.textDigest == "none:none")
        #expect(try await database.wishes.desideratas().map(\.allowsPrivate) == [false, false])
        #expect(try await database.wishes.desideratas().map(\.recipe) == [nil, "/srv/images.yaml"])
        #expect(try await database.wishes.desideratas().first == hand)
    }
}
