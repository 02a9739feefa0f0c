import OCI
import Recipes
import Testing

/// Version 1, as DUCC reads it.
@Suite struct DUCCRecipeTests {
    private static let head = "version: 1\nuser: robot\ncvmfs_repo: 'unpacked.example.org'\n"

    private func entries(_ text: String) throws -> [RecipeEntry] {
        let recipe = Recipe(parsing: text)
        #expect(recipe.form == .ducc && recipe.repository == "unpacked.example.org")
        try #require(recipe.faults == [], "\(recipe.faults)")
        return recipe.entries
    }

    @Test func aWholeOne() throws {
        let entries = try entries(
            Self.head + """
                output_format: 'https://thin.example.org/sync/$(image)'
                # a comment
                input:
                    - 'https://registry.hub.docker.com/library/centos:centos7'
                    - "https://gitlab.example.org:5005/group/sub/app:latest"
                    - https://ghcr.io/org/app--dev:*
                    - ghcr.io/org/plain:3.10
                """
        )
        #expect(
            entries.map(\.image.description) == [
                "https://registry.hub.docker.com/library/centos:centos7",
                "https://gitlab.example.org:5005/group/sub/app:latest",
                "https://ghcr.io/org/app--dev:latest", "https://ghcr.io/org/plain:3.10",
            ]
        )
        #expect(entries.map { $0.tags?.globs.map(\.description) } == [nil, nil, ["*"], nil])
        #expect(
            entries.map(\.position) == [
                RecipePosition(line: 7, column: 7), RecipePosition(line: 8, column: 7),
                RecipePosition(line: 9, column: 7),
                RecipePosition(line: 10, column: 7),
            ]
        )
        for entry in entries {
            #expect(entry.options.formats == ["layers", "flat", "podman", "thin"])
            #expect(entry.options.platforms == ["linux/amd64"])
            #expect(entry.options.user == nil && entry.options.thin?.user == "robot")
        }
        let tagged = try entries[2].image.tagged("1.2")
        #expect(
            try entries[2].options.thin?.name(for: tagged).description
                == "https://thin.example.org/sync/org/app--dev:1.2"
        )
    }

    @Test(arguments: [
        ("$(scheme)://$(registry)/x/$(repository):$(tag)", "http://r.org:5000/x/a/b:1"),
        ("https://t.org/$(image)", "https://t.org/a/b:1"),
        ("https://t.org/y$(reference)", "https://t.org/y:1"),
        ("https://t.org/$(repository)_thin:$(tag)-thin", "https://t.org/a/b_thin:1-thin"),
        // DUCC replaces each variable five times.
        ("https://t.org/x:$(tag)$(tag)$(tag)$(tag)$(tag)", "https://t.org/x:11111"),
    ])
    func variables(template: String, name: String) throws {
        let entry = try #require(
            try entries(Self.head + "output_format: '\(template)'\ninput: ['http://r.org:5000/a/b:1']").first
        )
        #expect(try entry.options.thin?.name(for: entry.image).description == name)
    }

    @Test func theNameWhereNothingIsSaid() throws {
        let entry = try #require(try entries(Self.head + "input: ['https://r.org/a/b:1']").first)
        #expect(try entry.options.thin?.name(for: entry.image).description == "https://r.org/a/b_thin:1")
    }

    /// DUCC looks neither at the version nor at keys that it does not know.
    @Test func whatDUCCPassesOver() throws {
        let recipe = Recipe(parsing: "cvmfs_repo: a.org\nusr: x\ninput:\n")
        #expect(recipe.form == .ducc && recipe.faults == [] && recipe.entries == [])
        #expect(recipe.remarks.map(\.description) == ["2:1: there is no key usr: did you mean user?"])
    }

    @Test(arguments: [
        (
            "input: ['https://r.org/App:1']",
            "4:9: repository \"App\" must not have upper-case letters: did you mean https://r.org/app:1?"
        ),
        (
            "input:\n  - 'https://r.org/a b:1'",
            "5:5: image reference must not contain blanks"
        ),
        (
            "input:\n  - https://r.org/a*:1",
            "5:5: the image https://r.org/a*:1 has a pattern outside of its tag: only tags can be patterns"
        ),
        ("input:\n  - https://r.org/a:x$*", "5:5: no tag is like x$*: write letters"),
        (
            "output_format: 'https://t.org/x:$(foo)'\ninput:\n  - https://r.org/a:1",
            "4:16: there is no $(foo): known are scheme, registry, repository, tag, digest, reference, image"
        ),
        // DUCC replaces a variable five times, not six.
        (
            "output_format: 'https://t.org/x:$(tag)$(tag)$(tag)$(tag)$(tag)$(tag)'\ninput:\n  - https://r.org/a:1",
            "4:16: thin images have no name by this: tag"
        ),
        ("input: 3", "4:8: input must be a list (- ITEM)"),
    ])
    func mistakes(text: String, message: String) {
        let faults = Recipe(parsing: Self.head + text).faults.map(\.description)
        #expect(faults.count == 1 && faults.first?.hasPrefix(message) == true, "\(faults)")
    }

    @Test func aBadEntryLeavesTheOthers() {
        let recipe = Recipe(
            parsing: Self.head + "input: ['https://r.org/a:1', 'https://r.org/B:1', 'https://r.org/c:1']"
        )
        #expect(recipe.entries.map(\.image.repository) == ["a", "c"])
        #expect(recipe.faults.map(\.isOfEntry) == [true] && recipe.faults.first?.entry == "https://r.org/B:1")
    }

    /// One mistake, not one for each image.
    @Test(arguments: [
        "https://t.org/x:$(foo)", "https://t.org/x:$(tag)$(tag)$(tag)$(tag)$(tag)$(tag)", "https://T.org/X",
    ])
    func aMistakeInTheTemplate(template: String) {
        let recipe = Recipe(
            parsing: Self.head + "output_format: '\(template)'\ninput: ['r.org/a:1', 'r.org/b:1', 'r.org/c:*']"
        )
        #expect(recipe.faults.map(\.position) == [RecipePosition(line: 4, column: 16)], "\(recipe.faults)")
        #expect(recipe.faults.map(\.isOfEntry) == [false])
    }

    /// DUCC makes layers and a tree of it, and fails with the thin image alone.
    @Test(arguments: ["output_format: 'https://t.org/x/$(image)'\n", "output_format: 'https://t.org/x$(reference)'\n"])
    func anImageByItsDigest(template: String) throws {
        let digest = "sha256:" + String(repeating: "a", count: 64)
        let recipe = Recipe(parsing: Self.head + template + "input: ['https://r.org/a@\(digest)', 'https://r.org/b:1']")
        try #require(recipe.faults == [], "\(recipe.faults)")
        #expect(
            recipe.entries.map(\.options.formats) == [
                ["layers", "flat", "podman"], ["layers", "flat", "podman", "thin"],
            ]
        )
        #expect(recipe.entries.map { $0.options.thin == nil } == [true, false])
        #expect(recipe.remarks.count == 1)
        #expect(
            recipe.remarks.first?.description.hasPrefix("5:9: https://r.org/a@\(digest) gets no thin image") == true
        )
    }

    @Test func twoImagesWithOneThinName() throws {
        let recipe = Recipe(
            parsing: Self.head
                + "output_format: 'https://t.org/x:$(tag)'\ninput: [r.org/a:1, r.org/b:1, r.org/b:2, r.org/a:1]"
        )
        #expect(recipe.faults == [])
        #expect(
            recipe.remarks.map(\.description) == [
                "5:20: the thin image would be t.org/x:1, as that of line 5: the one that is pushed last has the name"
            ]
        )
    }
}
