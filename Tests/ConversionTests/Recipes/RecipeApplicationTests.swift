import Conversion
import Foundation
import OCI
import Recipes
import State
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct RecipeApplicationTests {
    @Test func addsChangesAndRemoves() async throws {
        try await RecipeFixture.with { fixture in
            let first = try await fixture.apply("  - \"{app}:1\"\n  - \"{app}:2\"\n  - \"{app}:1\"")
            #expect(first.outcome.isApplied && first.plan.count(.added) == 2)
            let again = try await fixture.apply("  - \"{app}:1\"\n  - \"{app}:2\"")
            #expect(again.plan.isEmpty && again.plan.count(.kept) == 2)

            let entries = "  - image: \"{app}:1\"\n    formats: podman\n    platforms: [arm64]\n  - \"{app}:3\""
            let rehearsal = try await fixture.apply(entries, isRehearsal: true)
            #expect(!rehearsal.outcome.isApplied)
            #expect(try await fixture.tags == ["1", "2"])
            let report = try await fixture.apply(entries)
            #expect(report.plan.items.map(\.action) == [.changed, .added, .removed])
            #expect(
                report.plan.items.map(\.reason) == [
                    "formats: layers,podman, before: layers,flat; platforms: linux/arm64, before: linux/amd64", nil,
                    "no entry names this tag any more",
                ]
            )
            let all = try await fixture.state.wishes.desideratas()
            #expect(all.map(\.input.reference.tag) == ["1", "3"])
            #expect(all[0].formats == [.layers, .podman] && all[0].platforms == ["linux/arm64"] && all[0].id == 1)
        }
    }

    @Test func whatOthersAddedStaysTheirs() async throws {
        try await RecipeFixture.with { fixture in
            let reference = StoredReference(try ImageReference(parsing: fixture.registry.reference("app:1")), user: nil)
            let own = try await fixture.state.wishes.addDesiderata(
                input: reference,
                output: nil,
                cvmfsRepository: RecipeFixture.fqrn,
                formats: [.layers],
                at: Date()
            )
            let head = "version: 2\nrepository: \(RecipeFixture.fqrn)\nimages:\n"
            try await fixture.apply(whole: head + "  - \"{app}:2\"", as: "other")
            let report = try await fixture.apply("  - \"{app}:1\"\n  - \"{app}:2\"\n  - \"{app}:3\"")
            #expect(report.plan.items.map(\.action) == [.left, .left, .added])
            #expect(
                report.plan.items[0].reason
                    == "desiderata 1 belongs to nobody's recipe: it was added by hand, and --adopt makes it this one's"
            )
            #expect(report.plan.items[1].reason?.hasSuffix("/other") == true)
            try await fixture.apply("  - \"{app}:4\"")
            #expect(try await fixture.tags == ["1", "2", "4"])
            #expect(try await fixture.state.wishes.desiderata(own.id) == own)
            _ = try await fixture.state.recipes.remove(fixture.source.description, at: Date())
            #expect(try await fixture.tags == ["1", "2"])
            let adopted = try await fixture.apply("  - \"{app}:1\"\n  - \"{app}:2\"", adopts: true)
            #expect(adopted.plan.items.map(\.action) == [.adopted, .left])
            #expect(adopted.plan.items[0].reason == "formats: layers,flat, before: layers")
            let members = try await fixture.state.recipes.members(of: RecipeFixture.fqrn)
            #expect(members.map(\.desiderata.id) == [1, 2] && members[0].recipe != nil)
            #expect(members[0].recipe != members[1].recipe && members[0].desiderata.formats == [.layers, .flat])
        }
    }

    @Test func aTagThatIsGoneStaysForAWhile() async throws {
        try await RecipeFixture.with { fixture in
            let entries = "  - image: \"{app}\"\n    tags: { glob: \"*\" }\n    keep: 10d"
            try fixture.add(tags: ["1", "2"])
            try await fixture.apply(entries)
            fixture.registry.removeTags(of: "app")
            try fixture.add(tags: ["2"])
            let gone = try await fixture.apply(entries)
            #expect(gone.plan.items.map(\.action) == [.kept, .gone])
            #expect(gone.plan.items[1].reason == "the tag left the registry; stays until 2023-11-24T22:13:20Z")
            fixture.clock.turn(by: 9)
            #expect(try await fixture.apply(entries).plan.isEmpty)
            // It comes back, and goes again: the time begins anew.
            try fixture.add(tags: ["1"])
            #expect(try await fixture.apply(entries).plan.count(.returned) == 1)
            fixture.registry.removeTags(of: "app")
            try fixture.add(tags: ["2"])
            try await fixture.apply(entries)
            fixture.clock.turn(by: 9)
            #expect(try await fixture.apply(entries).plan.isEmpty)
            fixture.clock.turn(by: 1)
            #expect(try await fixture.apply(entries).plan.count(.removed) == 1)
            #expect(try await fixture.tags == ["2"])
            // An entry that is taken out takes its images with it.
            try await fixture.apply("  - \"\(fixture.registry.reference("b")):1\"")
            #expect(try await fixture.tags == ["1"])
        }
    }

    /// What rules select is only known then: the entry that counts is told.
    @Test func entriesThatSelectTheSame() async throws {
        try await RecipeFixture.with { fixture in
            try fixture.add(tags: ["1", "2", "3"])
            let rest = "  - \"{app}:*\"\n  - image: \"{app}:3\"\n    formats: podman"
            let report = try await fixture.apply("  - image: \"{app}:1\"\n    platforms: all\n" + rest)
            #expect(report.plan.count(.added) == 3)
            let overlaps = report.plan.overlaps
            #expect(overlaps.map(\.entry.position.line) == [6, 7] && overlaps.map(\.winner.position.line) == [4, 6])
            #expect(overlaps.map(\.count) == [1, 1] && overlaps.map(\.example.tag) == ["1", "3"])
            #expect(try await fixture.apply("  - \"{app}:*\"\n  - \"{app}:1\"").plan.overlaps.isEmpty)
        }
    }

    /// The entry of an image repository that keeps its images longest counts, wherever it stands.
    @Test func whatAnyEntryKeeps() async throws {
        try await RecipeFixture.with { fixture in
            try await fixture.apply("  - \"{app}:1\"\n  - \"{app}:2\"\n  - \"{app}:3\"")
            let report = try await fixture.apply("  - \"{app}:1\"\n  - image: \"{app}:2\"\n    keep: 1d")
            #expect(report.plan.items.map(\.action) == [.kept, .kept, .gone])
        }
    }

    /// What one recipe gives up and another one names stays, with its history: it passes to that one.
    @Test(arguments: ["removed", "gone", "recipe"]) func whatTwoRecipesWant(how: String) async throws {
        try await RecipeFixture.with { fixture in
            let head = "version: 2\nrepository: \(RecipeFixture.fqrn)\nimages:\n"
            let (both, one) = ("  - \"{app}:1\"\n  - \"{app}:2\"\n", "  - image: \"{app}:2\"\n    keep: 1d\n")
            try await fixture.apply(whole: head + both)
            let second = try await fixture.apply(
                whole: head + "  - image: \"{app}:1\"\n    platforms: all",
                as: "second"
            )
            #expect(second.plan.items.map(\.action) == [.left])
            // The same again forgets nothing.
            try await fixture.apply(whole: head + "  - image: \"{app}:1\"\n    platforms: all", as: "second")
            switch how {
            case "recipe":
                let heirs = try await fixture.state.recipes.remove(fixture.source.description, at: fixture.clock.now)
                #expect(heirs == [1: fixture.folder.appending("second").string])
            default:
                let text = how == "gone" ? one : "  - \"{app}:2\"\n"
                let rehearsal = try await fixture.apply(whole: head + text, isRehearsal: true)
                let report = try await fixture.apply(whole: head + text)
                for report in [rehearsal, report] {
                    #expect(report.plan.items.map(\.action) == [.kept, .passed])
                    #expect(
                        report.plan.items[1].reason?.hasSuffix("passes to the recipe \(fixture.folder)/second") == true
                    )
                }
            }
            let recipe = try #require(
                try await fixture.state.recipes.recipe(from: fixture.folder.appending("second").string)
            )
            let member = try #require(try await fixture.state.recipes.members(of: RecipeFixture.fqrn).first)
            #expect(member.desiderata.id == 1 && member.recipe == recipe.id && member.goneSince == nil)
            #expect(recipe.inherits && recipe.count == 1)
            // As the other one wants it, when that is applied.
            let later = try await fixture.apply(
                whole: head + "  - image: \"{app}:1\"\n    platforms: all",
                as: "second"
            )
            #expect(later.plan.items.map(\.action) == [.changed])
            #expect(try await fixture.state.wishes.desiderata(1).platforms == ["all"])
            #expect(try await fixture.state.recipes.recipe(from: recipe.origin.source)?.inherits == false)
        }
    }

    @Test func moreThanItMay() async throws {
        try await RecipeFixture.with { fixture in
            try fixture.add(tags: ["1", "2", "3"])
            try await fixture.apply("  - \"{app}:1\"", head: "max-images: 2\n")
            let error = await #expect(throws: ConversionError.self) {
                try await fixture.apply("  - \"{app}:*\"", head: "max-images: 2\n")
            }
            #expect(
                error?.description.hasPrefix("the recipe selects 3 images, and max-images is 2: nothing was changed")
                    == true
            )
            #expect(try await fixture.tags == ["1"])
            try await fixture.apply("  - \"{app}:*\"", head: "max-images: 3\n")
            #expect(try await fixture.tags == ["1", "2", "3"])
        }
    }

    /// One image cannot have the name of another: nothing is done, or the others are.
    @Test func whatCannotBeAdded() async throws {
        try await RecipeFixture.with { fixture in
            let digest = "sha256:" + String(repeating: "a", count: 64)
            let entries = "  - \"{app}:1\"\n  - \"{app}:1@\(digest)\"\n  - \"{app}:2\""
            let report = try await fixture.apply(entries)
            #expect(!report.outcome.isApplied && report.outcome.refusals.map(\.input.digest) == [digest])
            #expect(report.plan.summary == "2 added, 1 refused")
            let error = try #require(report.outcome.refusals.first).error.description
            #expect(error.contains("/app:1, which would be added as well, has the name of this image"), "\(error)")
            #expect(
                error.hasSuffix("leave flat out of the formats of one of them, or leave one of them out"),
                "\(error)"
            )
            #expect(try await fixture.state.wishes.images() == [])
            #expect(try await fixture.state.recipes.recipes() == [])
            let others = try await fixture.apply(entries, keepsGoing: true)
            #expect(others.outcome.isApplied && others.outcome.refusals.count == 1)
            #expect(others.plan.items.map(\.action) == [.added, .refused, .added])
            #expect(try await fixture.tags == ["1", "2"])
            #expect(try await fixture.state.wishes.images().count == 2)
        }
    }

    /// An entry that somebody breaks loses nothing, as long as one can tell what it was about.
    @Test func aBrokenEntryKeepsItsImages() async throws {
        try await RecipeFixture.with { fixture in
            let list = "{app}:1\n{app}:2\n\(fixture.registry.reference("other")):3\n"
            try await fixture.apply(whole: list, repository: RecipeFixture.fqrn)
            let broken = "{app}:1\n{app} :2\n"
            await #expect(throws: ConversionError.self) {
                try await fixture.apply(whole: broken, repository: RecipeFixture.fqrn)
            }
            #expect(try await fixture.tags == ["1", "2", "3"])
            let report = try await fixture.apply(whole: broken, repository: RecipeFixture.fqrn, keepsGoing: true)
            #expect(report.plan.items.map(\.action) == [.kept, .kept, .removed])
            #expect(report.plan.items[1].reason == "as before, since line 2 cannot be read")
            #expect(try await fixture.tags == ["1", "2"])
            // One that is passed over can be read.
            let twice = "  - \"{app}:1\"\n  - image: \"{app}:1\"\n    platforms: all"
            let rest = try await fixture.apply(twice, keepsGoing: true)
            #expect(rest.plan.items.map(\.action) == [.kept, .removed])
        }
    }

    @Test func whatIsBeingConvertedIsLeft() async throws {
        try await RecipeFixture.with { fixture in
            try await fixture.apply("  - \"{app}:1\"\n  - \"{app}:2\"")
            try await fixture.state.claims.withClaim(on: .desiderata(1)) {
                let report = try await fixture.apply("  - \"{app}:2\"\n  - \"{app}:3\"")
                #expect(report.outcome.isApplied && report.outcome.busy == [1])
                #expect(report.plan.summary == "1 added, 1 as before, 1 being converted")
            }
            #expect(try await fixture.tags == ["1", "2", "3"])
            try await fixture.apply("  - \"{app}:2\"\n  - \"{app}:3\"")
            #expect(try await fixture.tags == ["2", "3"])
        }
    }

    @Test(arguments: [
        (
            "repository: a.org\nversion: 2\nimages: [b.org/X:1, b.org/Y:1]\n", nil,
            "did you mean b.org/x:1? (and 1 more: `wafer recipe check /recipe` names all); --keep-going leaves such "
                + "entries out"
        ),
        ("debian:stable\n", nil, "is a list of images, which names no repository: name it with --repository"),
        (
            "cvmfs_repo: a.org\ninput: [b.org/x]\n", "b.org",
            "is for the repository a.org, not b.org: leave --repository out"
        ),
        ("", "a.org", "/recipe has no image: `wafer recipe remove /recipe` removes its desideratas"),
        (
            "version: 2\nrepository: a.org\nimage: []\n", nil,
            "/recipe:3:1: there is no key image: did you mean images?"
        ),
    ])
    func whatIsNoRequest(text: String, repository: String?, message: String) throws {
        let error = #expect(throws: ConversionError.self) {
            try RecipeApplication.Request(
                RecipeText(Array(text.utf8), etag: nil),
                from: .file("/recipe"),
                repository: repository,
                keepsGoing: false
            )
        }
        #expect(error?.description.hasSuffix(message) == true, "\(String(describing: error))")
    }
}
