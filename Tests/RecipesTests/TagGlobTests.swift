import Recipes
import Testing

@Suite struct TagGlobTests {
    @Test(arguments: [
        ("*", "latest"), ("3.*", "3.11"), ("3.*", "3."), ("v?", "v1"), ("*-slim", "3.11-slim"), ("a*b*c", "aXbYbZc"),
        ("[0-9]*", "7.4"), ("[!v]*", "3"), ("[ab-]x", "-x"), ("**", ""), ("1.[2-4]", "1.3"), ("latest", "latest"),
    ])
    func matchesWholeTags(pattern: String, tag: String) throws {
        #expect(try #require(TagGlob(pattern)).matches(tag))
    }

    @Test(arguments: [
        ("3.*", "3"), ("3.*", "13.1"), ("3.1", "3.11"), ("3.1", "3x1"), ("v?", "v"), ("v?", "v10"), ("*-slim", "slim"),
        ("a*b*c", "acb"), ("[0-9]*", "v1"), ("[!v]*", "v3"), ("LATEST", "latest"), ("?", ""), ("1.[2-4]", "1.5"),
    ])
    func doesNotMatch(pattern: String, tag: String) throws {
        #expect(try !#require(TagGlob(pattern)).matches(tag))
    }

    @Test(arguments: [
        "", "[", "[]", "a b", "ä", "x[9-0]", "[!]", "a/b", "a:b", "a$", String(repeating: "*", count: 2_000),
    ])
    func isNone(text: String) {
        #expect(TagGlob(text) == nil)
    }

    /// A pattern with many stars is no more work than the product of the lengths.
    @Test func takesNoLongerForManyStars() throws {
        let glob = try #require(TagGlob(String(repeating: "a*", count: 400) + "b"))
        #expect(!glob.matches(String(repeating: "a", count: 128)))
    }
}
