import Plumbing
import Recipes
import Testing

/// The schema says what the parser takes.
@Suite struct RecipeSchemaTests {
    private func definition(_ path: String...) throws -> [String: JSONValue] {
        var value = try JSONValue(parsing: Array(RecipeSchema.text.utf8))
        for name in path { value = try #require(value.object?[name]) }
        return try #require(value.object)
    }

    /// A value for each key, so that the parser tells which it takes.
    private static let values = [
        "formats": "flat", "platforms": "arm64", "user": "x", "thin": "{ image: 't.org/{repository}:{tag}' }",
        "keep": "1d",
        "private": "allow", "glob": "a", "semver": "1.x", "exclude": "b", "newest": "3",
    ]

    @Test func everyKeyOfAnEntryIsTaken() throws {
        let keys = try definition("$defs", "entry", "properties").keys.filter { $0 != "image" && $0 != "tags" }
        #expect(keys.count == 6)
        let defaults = try definition("$defs", "version2", "properties", "defaults", "properties").keys
        #expect(Set(defaults) == Set(keys))
        for key in keys {
            let value = try #require(Self.values[key])
            let recipe = Recipe(
                parsing: "version: 2\nrepository: a.org\nimages:\n  - image: b.org/x:1\n    \(key): \(value)\n"
            )
            #expect(recipe.faults == [], "\(key)")
        }
        for key in try definition("$defs", "tags", "properties").keys {
            let value = try #require(Self.values[key])
            let recipe = Recipe(
                parsing: "version: 2\nrepository: a.org\nimages:\n  - image: b.org/x\n    tags: { \(key): \(value) }\n"
            )
            #expect(recipe.faults == [], "\(key)")
        }
    }

    /// The parser names the keys that it knows where one is unlike all of them.
    @Test(arguments: [
        ("qqqqqqqq: 1", ["version2"]), ("images: [{ qqqqqqqq: 1 }]", ["entry"]),
        ("images: [{ image: b.org/x, tags: { qqqqqqqq: 1 } }]", ["tags"]),
        ("images: [{ image: b.org/x, thin: { qqqqqqqq: 1 } }]", ["thin"]),
    ])
    func everyKeyOfTheParserIsInIt(text: String, path: [String]) throws {
        let fault = try #require(
            Recipe(parsing: "version: 2\nrepository: a.org\n\(text)").faults.first { $0.problem.contains("qqqqqqqq") }
        )
        let known = try #require(fault.problem.split(separator: "known are ").last)
        let keys = try definition("$defs", path[0], "properties").keys
        #expect(Set(known.split(separator: ", ").map(String.init)) == Set(keys))
    }
}
