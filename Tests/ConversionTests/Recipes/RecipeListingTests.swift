import Conversion
import Recipes
import State
import TestSupport
import Testing

/// What comes of lists of tags, whole ones and others.
@Suite(.timeLimit(.minutes(5))) struct RecipeListingTests {
    /// A list that is cut at any of its pages, in any way, changes nothing: neither what it has nor what it lacks counts.
    @Test(arguments: 0..<5, InMemoryRegistryFaults.PageFailure.allCases)
    func aPartOfAListChangesNothing(after: Int, failure: InMemoryRegistryFaults.PageFailure) async throws {
        try await RecipeFixture.with { fixture in
            try fixture.add(tags: ["1", "2", "3", "4", "5"])
            fixture.registry.faults.tagPage = 1
            let entries = "  - image: \"{app}\"\n    tags: { exclude: \"9\" }"
            try await fixture.apply(entries)
            #expect(try await fixture.tags == ["1", "2", "3", "4", "5"])

            // Meanwhile one is new, and the whole list is needed to know it. "0" and "9" are its ends.
            try fixture.add(tags: ["0", "9"])
            fixture.registry.faults.tagFault = (after, failure)
            let report = try await fixture.apply(entries)
            #expect(report.plan.failures.count == 1 && report.plan.isEmpty)
            #expect(report.plan.count(.kept) == 5)
            #expect(
                report.plan.items.allSatisfy {
                    $0.reason?.hasPrefix("as before, since its registry does not tell") == true
                }
            )
            #expect(try await fixture.tags == ["1", "2", "3", "4", "5"])

            fixture.registry.faults.tagFault = nil
            #expect(try await fixture.apply(entries).plan.count(.added) == 1)
            #expect(try await fixture.tags == ["0", "1", "2", "3", "4", "5"])
        }
    }

    /// Another entry is none the worse for it.
    @Test func otherEntriesAreApplied() async throws {
        try await RecipeFixture.with { fixture in
            try fixture.add(tags: ["1"])
            let gone = "  - \"\(fixture.registry.reference("missing")):*\"\n"
            let report = try await fixture.apply(gone + "  - \"{app}:*\"\n  - \"{app}:x\"")
            #expect(report.plan.failures.map(\.entry.position.line) == [4])
            #expect(try await fixture.tags == ["1", "x"])
        }
    }

    /// A registry that has lost its tags says 200 and an empty list.
    @Test func anEmptyListTakesNothingAway() async throws {
        try await RecipeFixture.with { fixture in
            try fixture.add(tags: ["1", "2"])
            try await fixture.apply("  - \"{app}:*\"")
            fixture.registry.removeTags(of: "app")
            let report = try await fixture.apply("  - \"{app}:*\"")
            #expect("\(try #require(report.plan.failures.first).error)".contains("has no tag at all"))
            #expect(try await fixture.tags == ["1", "2"])
        }
    }

    @Test func oneListForManyEntries() async throws {
        try await RecipeFixture.with { fixture in
            try fixture.add(tags: ["1.0.0", "1.1.0", "v2.0.0"])
            try await fixture.apply("  - \"{app}:1.0*\"\n  - \"{app}:1.1*\"\n  - \"{app}:v*\"")
            #expect(try await fixture.tags == ["1.0.0", "1.1.0", "v2.0.0"])
            #expect(fixture.registry.requests.count == 1)
        }
    }

    @Test func theNewestByTheImagesTimes() async throws {
        try await RecipeFixture.with { fixture in
            try fixture.add(tags: ["a"], created: "2024-01-01T00:00:00Z")
            try fixture.add(tags: ["b"], created: "2024-01-03T00:00:00.123456789Z")
            try fixture.add(tags: ["1.0.0"], created: "2024-01-02T00:00:00Z")
            let report = try await fixture.apply("  - image: \"{app}\"\n    tags: { newest: 2 }")
            #expect(report.plan.failures.isEmpty)
            #expect(try await fixture.tags == ["1.0.0", "b"])
            // One time that is not to be had, and nothing is decided.
            try fixture.add(tags: ["c"], created: "2024-01-04T00:00:00Z")
            fixture.registry.faults.blobStatus = 500
            #expect(try await fixture.apply("  - image: \"{app}\"\n    tags: { newest: 2 }").plan.failures.count == 1)
            #expect(try await fixture.tags == ["1.0.0", "b"])
        }
    }

    /// An image that does not say when it was made may be the newest or the oldest.
    @Test(arguments: ["", "yesterday", "2024-13-01T00:00:00Z"])
    func anImageWithoutATime(created: String) async throws {
        try await RecipeFixture.with { fixture in
            try fixture.add(tags: ["a", "b"])
            let entries = "  - image: \"{app}\"\n    tags: { newest: 1 }"
            try await fixture.apply(entries)
            #expect(try await fixture.tags == ["a"])
            try fixture.add(tags: ["c", "d"], created: created)
            let report = try await fixture.apply(entries)
            let failure = try #require(report.plan.failures.first)
            #expect("\(failure.error)".contains("/app:c does not say when it was made (created: "), "\(failure.error)")
            #expect(try await fixture.tags == ["a"])
            try await fixture.apply("  - image: \"{app}\"\n    tags: { newest: 1, exclude: [c, d] }")
            #expect(try await fixture.tags == ["a"])
        }
    }
}
