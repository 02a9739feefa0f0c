import Foundation
import Recipes
import Testing

@Suite struct TagRulesTests {
    private func rules(_ tags: String) throws -> TagRules {
        let recipe = Recipe(
            parsing: "version: 2\nrepository: a.org\nimages:\n  - image: b.org/app\n    tags: { \(tags) }\n"
        )
        try #require(recipe.faults == [], "\(recipe.faults)")
        return try #require(recipe.entries.first?.tags)
    }

    private func selected(_ decisions: [TagDecision]) -> [String] { decisions.filter(\.isSelected).map(\.tag) }

    @Test func allRulesMustHold() throws {
        let rules = try rules(#"semver: ">=2.1 <4", glob: ["v*"], exclude: ["*-rc*", v3.0.*]"#)
        let decisions = rules.decide(["v1.0.0", "2.5.0", "v2.5.0", "v2.6.0-rc1", "v3.0.1", "v3.1.0", "vista", "v4.0.0"])
        #expect(selected(decisions) == ["v2.5.0", "v3.1.0"])
        #expect(
            decisions.map(\.reason) == [
                "not in >=2.1 <4", "not v*", "v*, >=2.1 <4", "excluded by *-rc*", "excluded by v3.0.*", "v*, >=2.1 <4",
                "no version MAJOR.MINOR.PATCH", "not in >=2.1 <4",
            ]
        )
    }

    @Test func theNewestByVersion() throws {
        let rules = try rules("newest: 2")
        let tags = ["1.9.0", "1.10.0", "v1.10.1", "1.2.0"]
        #expect(rules.undated(tags) == [])
        let decisions = rules.decide(tags)
        #expect(selected(decisions) == ["1.10.0", "v1.10.1"])
        #expect(decisions[0].reason == "not among the newest 2: number 3 of 4 by version")
        #expect(decisions[2].reason == "not excluded, number 1 of 4 by version")
    }

    /// One tag that is no version, and time tells.
    @Test func theNewestByTime() throws {
        let rules = try rules("newest: 2, exclude: old")
        let tags = ["1.9.0", "nightly", "1.10.0", "old"]
        #expect(rules.undated(tags) == ["1.9.0", "nightly", "1.10.0"])
        let times = ["1.9.0": Date(timeIntervalSince1970: 3), "nightly": Date(timeIntervalSince1970: 9)]
        #expect(selected(rules.decide(tags, created: times)) == ["1.9.0", "nightly"])
    }

    /// Nobody is asked for times that decide nothing.
    @Test func fewTagsNeedNoTimes() throws {
        #expect(try rules("newest: 3").undated(["a", "b", "c"]) == [])
        #expect(try rules(#"glob: "a*", newest: 1"#).undated(["a", "b", "c"]) == [])
    }
}
