import Recipes
import Testing

/// https://semver.org/spec/v2.0.0.html
@Suite struct VersionTests {
    /// The order of the specification's items 9 and 11, and of its regular expression's examples.
    @Test func precedence() throws {
        let order = [
            "0.0.4", "1.0.0-0A.is.legal", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "v1.2.3----RC-SNAPSHOT.12.9.1--.12", "v1.2.3", "2.0.0", "2.1.0",
            "2.1.1", "10.0.0", "99999999999999999999999.999999999999999999.99999999999999999",
        ].map { SemanticVersion($0) }
        let versions = order.compactMap(\.self)
        try #require(versions.count == order.count)
        for (left, right) in zip(versions, versions.dropFirst()) {
            #expect(left < right, "\(left) \(right)")
            #expect(!(right < left), "\(left) \(right)")
        }
    }

    @Test func whatDoesNotCount() throws {
        #expect(SemanticVersion("v1.2.3") == SemanticVersion("1.2.3+build.5"))
        #expect(SemanticVersion("1.0.0-1") != SemanticVersion("1.0.0-a"))
    }

    @Test(arguments: [
        "1", "1.2", "1.2.3.4", "01.2.3", "1.02.3", "1.2.3-01", "1.2.3-", "1.2.3-a..b", "1.2.3+", "1.2.-3", "latest",
        "vv1.2.3",
        "V1.2.3", "", "1.2.x", "1..3", "1.2.3-ä",
    ])
    func isNone(text: String) {
        #expect(SemanticVersion(text) == nil)
    }

    @Test(arguments: [
        (">=2.1 <4", ["2.1.0", "3.9.9", "v2.1.5"], ["2.0.9", "4.0.0", "4.0.0-rc.1", "3.0.0-rc.1"]),
        (">= 2.1, < 4", ["2.1.0"], ["4.0.0"]), ("^1.2.3", ["1.2.3", "1.99.0"], ["1.2.2", "2.0.0"]),
        ("^0.2.3", ["0.2.3", "0.2.9"], ["0.3.0"]), ("^0.0.3", ["0.0.3"], ["0.0.4"]), ("^0", ["0.9.9"], ["1.0.0"]),
        ("~1.2.3", ["1.2.9"], ["1.3.0", "1.2.2"]), ("~1", ["1.9.0"], ["2.0.0"]),
        ("1.x", ["1.0.0", "1.9.9"], ["2.0.0", "0.9.0"]),
        ("*", ["0.0.1", "77.0.0"], ["1.0.0-a"]), (">1.2", ["1.3.0"], ["1.2.0", "1.2.9"]),
        ("<=1.2", ["1.2.9"], ["1.3.0"]),
        (">1.2.3", ["1.2.4"], ["1.2.3"]), ("<=1.2.3", ["1.2.3"], ["1.2.4"]), ("=1.2.3", ["v1.2.3"], ["1.2.4"]),
        ("1.x || >=3", ["1.1.0", "3.0.0", "8.0.0"], ["2.0.0"]),
        (">=1.0.0-rc.2 <2", ["1.0.0-rc.3", "1.5.0"], ["1.0.0-rc.1", "1.1.0-rc.9"]),
    ])
    func ranges(text: String, inside: [String], outside: [String]) throws {
        let range = try #require(VersionRange(text))
        for version in inside { #expect(range.contains(try #require(SemanticVersion(version))), "\(version)") }
        for version in outside { #expect(!range.contains(try #require(SemanticVersion(version))), "\(version)") }
    }

    @Test(arguments: ["", " ", ">=", "a", "1.2.3.4", ">=1 ||", "1.x.2", "<*", "=>1", "1 - 2"])
    func isNoRange(text: String) {
        #expect(VersionRange(text) == nil)
    }
}
