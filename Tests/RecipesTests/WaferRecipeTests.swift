import OCI
import Recipes
import Testing

@Suite struct WaferRecipeTests {
    private static let whole = """
        # yaml-language-server: $schema=wafer-recipe.json
        version: 2
        repository: unpacked.example.org
        max-images: 500
        max-bytes: 2TB
        defaults: { formats: [flat], platforms: [arm64, linux/amd64], user: reader }
        images:
          - docker.io/library/python:3.*
          - image: ghcr.io/org/analysis
            tags: { semver: ">=2.1 <4", glob: ["v*"], exclude: ["*-rc*"], newest: 5 }
            formats: [layers, flat, podman]
            thin: { image: "registry.example.org/thin/{repository}:{tag}", user: robot }
            keep: 90d
            private: allow
          - image: ghcr.io/org/other:3.10
            platforms: all
            user:
        """

    @Test func aWholeOne() throws {
        let recipe = Recipe(parsing: Self.whole)
        try #require(recipe.faults == [], "\(recipe.faults)")
        #expect(recipe.form == .wafer && recipe.repository == "unpacked.example.org" && recipe.maximumImages == 500)
        #expect(recipe.maximumBytes == 2_000_000_000_000)
        let entries = recipe.entries
        #expect(
            entries.map(\.image.identity) == [
                "docker.io/library/python:latest", "ghcr.io/org/analysis:latest", "ghcr.io/org/other:3.10",
            ]
        )
        #expect(entries.map(\.position.line) == [8, 9, 15])
        #expect(entries[0].tags?.globs.map(\.description) == ["3.*"])
        #expect(entries[0].options.formats == ["layers", "flat"] && entries[0].options.user == "reader")
        #expect(entries[0].options.platforms == ["linux/arm64", "linux/amd64"])
        let rules = try #require(entries[1].tags)
        #expect(rules.versions?.description == ">=2.1 <4" && rules.newest == 5)
        #expect(rules.globs.map(\.description) == ["v*"] && rules.exclusions.map(\.description) == ["*-rc*"])
        #expect(entries[1].options.formats == ["layers", "flat", "podman", "thin"])
        #expect(entries[1].options.keep == 90 * 86_400 && entries[1].options.allowsPrivate)
        let thin = try #require(entries[1].options.thin)
        #expect(thin.user == "robot")
        #expect(
            try thin.name(for: entries[1].image.tagged("v3.0.0")).description
                == "https://registry.example.org/thin/org/analysis:v3.0.0"
        )
        #expect(entries[2].tags == nil && entries[2].options.platforms == ["all"] && entries[2].options.user == nil)
    }

    private static let head = "version: 2\nrepository: a.org\n"

    @Test(arguments: [
        ("versoin: 2\nrepository: a.org\nimages: []", "1:1: there is no key versoin: did you mean version?"),
        (
            "version: 3\nrepository: a.org\nimages: []",
            "1:10: version must be 2: there is no other, but the 1 of DUCC's recipes"
        ),
        ("version: 2\nimages: []", "1:1: repository is missing: name it, as repository: unpacked.example.org"),
        ("~", "1:1: images is missing: write a list of images"),
        ("~imgaes: []", "3:1: there is no key imgaes: did you mean images?"),
        ("~images:\n  - image: b.org/x\n    tag: y", "5:5: there is no key tag: did you mean tags?"),
        (
            "~images:\n  - image: b.org/x\n    tags: { semvar: 1 }",
            "5:13: there is no key semvar: did you mean semver?"
        ),
        (
            "~images:\n  - image: b.org/x\n    tags: { semver: '>>1' }",
            "5:21: semver cannot be >>1: write comparisons"
        ),
        (
            "~images:\n  - image: b.org/x\n    tags: { semver: '' }",
            "5:21: semver cannot be empty: write comparisons"
        ),
        ("~images:\n  - image: ''", "4:12: image is empty: write something, or leave it out"),
        ("~images:\n  - image: [x]", "4:12: image must be a text"),
        (
            "~images:\n  - image: b.org/x\n    tags: { newest: 0 }",
            "5:21: newest must be a whole number from 1 to"
        ),
        (
            "~images:\n  - image: b.org/x\n    tags: {}",
            "5:11: tags has no rule: write glob: \"*\" for all of them"
        ),
        ("~images:\n  - image: b.org/x:1\n    tags: { newest: 1 }", "4:12: the image has a tag or a digest"),
        (
            "~images:\n  - image: b.org/x:1\n    formats: flatt",
            "5:14: a format cannot be flatt: did you mean flat?"
        ),
        ("~images:\n  - image: b.org/x:1\n    formats: [thin]", "4:5: a thin image needs a name"),
        (
            "~images:\n  - image: b.org/x:1\n    platforms: [all, arm64]",
            "5:17: the platform all is every platform"
        ),
        (
            "~images:\n  - image: b.org/x:1\n    platforms: linux",
            "5:16: platform \"linux\" is an operating system alone"
        ),
        (
            "~images:\n  - image: b.org/x:1\n    keep: 90",
            "5:11: keep cannot be 90: write a number with m, h, d or w"
        ),
        (
            "~images:\n  - image: b.org/x:1\n    private: alow",
            "5:14: private cannot be alow: did you mean allow?"
        ),
        (
            "~images:\n  - image: b.org/x:1\n    thin: { image: 'c.org/{tagg}' }",
            "5:20: there is no {tagg}: did you mean tag?"
        ),
        (
            "~images:\n  - image: b.org/x:*\n    thin: { image: 'c.org/{repository}:x' }",
            "4:5: the thin images of b.org/x:* would all have one name: put the tag in it"
        ),
        (
            "~max-bytes: 5 GiBi\nimages: [b.org/x:1]",
            "3:12: max-bytes cannot be 5 GiBi: write a whole number with K, M, G"
        ),
        ("~max-bytes: 0\nimages: [b.org/x:1]", "3:12: max-bytes cannot be 0: write a whole number"),
        ("~images:\n  - formats: flat", "4:5: image is missing: name it"),
        (
            "~images:\n  - b.org/X:1",
            "4:5: repository \"X\" must not have upper-case letters: did you mean b.org/x:1?"
        ),
        ("~images:\n  - [b.org/x:1]", "4:5: an entry must be a mapping (KEY: VALUE)"),
        ("~defaults: { image: x }\nimages: []", "3:13: there is no key image"),
        ("~images: [b.org/x:1", "4:1: this is no YAML: did not find expected"),
        ("~images: []\nimages: []", "3:1: images stands here twice: leave one out"),
    ])
    func mistakes(text: String, message: String) {
        // "~" stands for the two lines that each of them has.
        let faults = Recipe(parsing: text.replacing("~", with: Self.head)).faults.map(\.description)
        #expect(faults.contains { $0.hasPrefix(message) }, "\(faults)")
    }

    /// All of them at once: nobody wants to mend one and find the next.
    @Test func tellsAllMistakes() {
        let recipe = Recipe(
            parsing: Self.head + "imgs: 1\nimages:\n  - b.org/X:1\n  - b.org/y:1\n  - image: b.org/z\n    x: 1\n"
        )
        #expect(recipe.faults.map(\.position.line) == [3, 5, 8])
        #expect(recipe.faults.map(\.isOfEntry) == [false, true, true])
        #expect(recipe.faults.map(\.entry) == [nil, "b.org/X:1", "b.org/z"])
        #expect(recipe.entries.map(\.image.repository) == ["y"])
    }

    @Test func tellsAllMistakesOfAnEntry() {
        let entry = """
            images:
              - imag: b.org/x
              - image: b.org/X
                format: flat
                formats: [flatt, podmann]
                tags: { semvar: 1, semver: '>>1', newest: 0, glob: ["a b", "*"] }
                thin: { imag: y, usr: z }
                keep: 90
                private: no
            defaults: { keep: 1, platform: x, platforms: [linux, all, arm64] }
            """
        let faults = Recipe(parsing: Self.head + entry).faults
        #expect(
            faults.map(\.position.line) == [4, 5, 6, 7, 7, 8, 8, 8, 8, 9, 9, 9, 10, 11, 12, 12, 12, 12],
            "\(faults)"
        )
        #expect(faults.map(\.entry).filter { $0 == "b.org/X" }.count == 13)
    }

    @Test func whereTheRepositoryStands() {
        let recipe = Recipe(parsing: Self.head + "images: []")
        #expect(recipe.repositoryPosition == RecipePosition(line: 2, column: 13))
        #expect(
            Recipe(parsing: "input: []\ncvmfs_repo: 'a'\n").repositoryPosition == RecipePosition(line: 2, column: 13)
        )
        #expect(Recipe(parsing: "a.org/b:1").repositoryPosition == nil)
    }

    /// Nobody has two entries of an image for the same thing: what stands first counts, and the other is told.
    @Test(arguments: [
        ("b.org/x:1", "{ image: 'b.org/x:1', platforms: [arm64] }", "platforms"),
        ("b.org/x:1", "http://b.org/x:1", "scheme"),
        ("x:1", "{ image: 'docker.io/library/x:1', formats: podman, keep: 1d }", "formats and other keep"),
        ("x", "{ image: 'x:latest', private: allow }", "private"),
    ])
    func entriesThatContradictEachOther(first: String, second: String, difference: String) {
        let recipe = Recipe(parsing: Self.head + "images:\n  - \(first)\n  - \(second)\n  - b.org/y:1\n")
        #expect(
            recipe.faults.map(\.description) == [
                "5:5: line 4 names this image already, with other \(difference), and counts: make one entry of both"
            ]
        )
        #expect(recipe.faults.map(\.isOfEntry) == [true] && recipe.faults.map(\.isPassedOver) == [true])
        #expect(recipe.entries.map(\.position.line) == [4, 6])
        #expect(Recipe(parsing: Self.head + "images:\n  - \(first)\n  - \(first)\n").faults == [])
    }
}
