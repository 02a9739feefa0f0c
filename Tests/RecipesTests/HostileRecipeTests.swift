import Recipes
import Testing

/// Texts that shall cost nothing.
@Suite struct HostileRecipeTests {
    @Test func aBillionLaughs() {
        var text = "version: 2\nrepository: a.org\na: &a [x,x,x,x,x,x,x,x,x]\n"
        for (name, last) in zip("bcdefghij", "abcdefghi") {
            text += "\(name): &\(name) [" + Array(repeating: "*\(last)", count: 9).joined(separator: ",") + "]\n"
        }
        text += "? *j\n: 1\n? *j\n: 2\n"
        let faults = Recipe(parsing: text).faults
        #expect(faults.map(\.description) == ["3:4: an anchor (&NAME) cannot stand here: write what it stands for"])
    }

    @Test(arguments: ["# a & b, &c\n", "user: 'https://a.org/?x=1&y=2'\n"])
    func whatIsNoAnchor(line: String) {
        #expect(Recipe(parsing: "cvmfs_repo: a.org\n\(line)input: []\n").faults == [])
    }

    @Test func deepNesting() {
        let text = "version: 2\nimages: " + String(repeating: "[", count: 100_000)
        #expect(Recipe(parsing: text).faults.map(\.problem) == ["lists and mappings lie too deep in each other"])
    }

    @Test func aLargeText() {
        let faults = Recipe(parsing: String(repeating: "a.org/b:1\n", count: 110_000)).faults
        #expect(faults.map(\.description) == ["1:1: the recipe is larger than 1 MiB: make several of it"])
    }

    @Test(arguments: [
        "version: 2\nimages:\n  - \"\u{1B}[31m\"\n", "\u{0}", "version: \u{0}", ": :", "- - - : -", "{",
        "---\n...\n---\n", "version: 2\n\tx: 1",
        "%YAML 9.9\n---\nversion: 2", "version: !!binary x\nimages: !foo []", "? [a]\n: b\nversion: 2",
        "version: 2\nimages: [*]", "version: 2\nimages: {a: b}", "<<: {version: 2}",
    ])
    func oddTexts(text: String) {
        let recipe = Recipe(parsing: text)
        #expect(!recipe.faults.isEmpty)
        for fault in recipe.faults {
            #expect(fault.description.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "\(fault)")
        }
    }
}
