import Recipes
import TestSupport
import Testing

/// Damaged texts give faults that can be printed, never a crash. `script/fuzz` runs it for longer.
@Suite struct FuzzTests {
    private static let seeds = [
        """
        version: 1
        user: robot
        cvmfs_repo: 'a.org'
        output_format: 'https://t.org/x/$(image)'
        input:
            - 'https://b.org/c:*'
            - "https://b.org/d@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        """,
        """
        version: 2
        repository: a.org
        max-images: 5
        defaults: { formats: [flat], platforms: all, user: x }
        images:
          - docker.io/library/python:3.*
          - image: ghcr.io/org/analysis
            tags: { semver: ">=2.1 <4 || ^7", glob: ["v*"], exclude: ["*-rc*", "[a-z]?"], newest: 5 }
            thin: { image: "t.org/{repository}:{tag}", user: robot }
            keep: 90d
        """, "# a list\ndebian:stable\n  rocker/r-ver # x\nhub.org/x/y:*\n", "- &a [*a, {b: c}]\n? |\n  x\n: >-\n  y\n",
    ]

    @Test func recipes() throws {
        try Fuzzing.run("Recipes.recipes", rounds: 5_000) { random in
            let seed = Self.seeds[Int.random(in: 0..<Self.seeds.count, using: &random)]
            let recipe = Recipe(parsing: String(decoding: random.mutate(Array(seed.utf8)), as: UTF8.self))
            for fault in recipe.faults + recipe.remarks {
                guard fault.description.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                    throw Fuzzing.Unexpected("a message with control characters")
                }
            }
            for entry in recipe.entries {
                _ = entry.tags?.decide(["1.0.0", "v2.5.0-rc.1", "latest", ""])
            }
        }
    }

    @Test func versionsAndPatterns() throws {
        let seeds = [">=2.1 <4", "1.2.3-rc.1+x", "^0.0", "v1.x || ~2", "[!a-c]*.?", "*-slim"]
        try Fuzzing.run("Recipes.versionsAndPatterns", rounds: 5_000) { random in
            let seed = seeds[Int.random(in: 0..<seeds.count, using: &random)]
            let text = String(decoding: random.mutate(Array(seed.utf8)), as: UTF8.self)
            _ = TagGlob(text)?.matches("1.2-slim")
            guard let version = SemanticVersion(text) else {
                _ = VersionRange(text)
                return
            }
            guard version == version, !(version < version) else {
                throw Fuzzing.Unexpected("\(text) differs from itself")
            }
        }
    }
}
