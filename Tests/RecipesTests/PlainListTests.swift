import OCI
import Recipes
import Testing

@Suite struct PlainListTests {
    @Test func aList() {
        let recipe = Recipe(
            parsing:
                "# Images to synchronize: all of them\n\ndebian:stable\r\n  rocker/r-ver \t# inline\nhub.example.org/htc/x:*\n"
                + "gromacs/gromacs:2*\nOpenSource/App:1\nrocky:8 extra\nrocky : 8\n"
        )
        #expect(recipe.form == .list && recipe.repository == nil)
        #expect(
            recipe.entries.map(\.image.identity) == [
                "docker.io/library/debian:stable", "docker.io/rocker/r-ver:latest", "hub.example.org/htc/x:latest",
                "docker.io/gromacs/gromacs:latest",
            ]
        )
        #expect(recipe.entries.map { $0.tags?.globs.first?.description } == [nil, nil, "*", "2*"])
        #expect(recipe.entries[1].position == RecipePosition(line: 4, column: 3))
        #expect(recipe.entries.allSatisfy { $0.options == .standard })
        #expect(
            recipe.faults.map(\.description) == [
                "7:1: repository \"OpenSource/App\" must not have upper-case letters: did you mean opensource/app:1?",
                "8:1: image reference must not contain blanks",
                "9:1: image reference must not contain blanks: did you mean rocky:8?",
            ]
        )
        #expect(recipe.faults.map(\.isOfEntry) == [true, true, true])
    }

    /// What a comment says makes no YAML of a list.
    @Test func commentsAreNoKeys() {
        let recipe = Recipe(parsing: "\u{FEFF}debian:stable # note: all of them\nb:1 #: x\n")
        #expect(recipe.form == .list && recipe.faults == [] && recipe.entries.count == 2)
        #expect(Recipe(parsing: "images: # key: value\n").form == .wafer)
    }

    @Test(arguments: ["", "\n\n", "# nothing\n"])
    func nothing(text: String) {
        let recipe = Recipe(parsing: text)
        #expect(recipe.form == .list && recipe.entries == [] && recipe.faults == [])
    }

    /// What a web server shows instead of a recipe.
    @Test(arguments: ["<!DOCTYPE html>\n<p>\nx\n", "\u{FEFF}\n <?xml?>", "<"])
    func aWebPage(text: String) {
        let recipe = Recipe(parsing: text)
        #expect(recipe.entries == [] && recipe.faults.map(\.isOfEntry) == [false])
        #expect(recipe.faults.first?.problem.hasPrefix("this is a web page, or XML, and no recipe") == true)
    }

    /// Editors of other systems begin a text with a mark.
    @Test(arguments: [
        "version: 2\nrepository: a.org\nimages: [b.org/c:1]\n", "cvmfs_repo: a.org\ninput: [b.org/c:1]\n",
        "b.org/c:1\n",
    ])
    func aMarkOfTheByteOrder(text: String) {
        let (plain, marked) = (Recipe(parsing: text), Recipe(parsing: "\u{FEFF}" + text))
        #expect(plain.faults == [] && plain == marked)
    }
}
