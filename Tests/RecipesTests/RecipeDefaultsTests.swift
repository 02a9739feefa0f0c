import Recipes
import Testing

/// What a command says of the images of lists and recipes of version 1.
@Suite struct RecipeDefaultsTests {
    private func defaults(
        formats: [String]? = nil,
        platforms: [String]? = nil,
        allowsPrivate: Bool = false
    ) -> RecipeDefaults {
        var defaults = RecipeDefaults()
        (defaults.formats, defaults.platforms, defaults.allowsPrivate) = (formats, platforms, allowsPrivate)
        return defaults
    }

    @Test func aList() throws {
        let list = Recipe(parsing: "debian:stable\npython:3.*\n")
        #expect(try list.with(defaults()) == list)
        let other = try list.with(defaults(formats: ["layers", "podman"], platforms: ["all"], allowsPrivate: true))
        #expect(other.entries.map(\.text) == list.entries.map(\.text) && other.entries[1].tags != nil)
        for entry in other.entries {
            #expect(entry.options.formats == ["layers", "podman"] && entry.options.platforms == ["all"])
            #expect(entry.options.allowsPrivate)
        }
        #expect(throws: RecipeFault.self) { try list.with(defaults(formats: ["layers", "thin"])) }
    }

    @Test func versionOne() throws {
        let text = "version: 1\ncvmfs_repo: a.org\nuser: x\ninput: ['https://b.org/c:1']\n"
        let recipe = Recipe(parsing: text)
        #expect(recipe.entries[0].options.thin != nil)
        let plain = try recipe.with(defaults(formats: ["layers", "flat"]))
        #expect(plain.entries[0].options.thin == nil && plain.repository == "a.org")
        let thin = try recipe.with(defaults(platforms: ["linux/arm64"]))
        #expect(thin.entries[0].options.thin != nil && thin.entries[0].options.platforms == ["linux/arm64"])
    }

    @Test func versionTwoSaysItItself() {
        let recipe = Recipe(parsing: "version: 2\nrepository: a.org\nimages: [b.org/c:1]\n")
        let fault = #expect(throws: RecipeFault.self) { try recipe.with(defaults(allowsPrivate: true)) }
        #expect(fault?.problem.hasPrefix("a recipe of version 2 says formats, platforms and private itself") == true)
    }
}
