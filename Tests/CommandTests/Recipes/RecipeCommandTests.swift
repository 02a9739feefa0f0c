import Foundation
import Glibc
import Plumbing
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct RecipeCommandTests {
    private static let fqrn = "cd.cern.ch"

    private func write(_ name: String, _ text: String, _ sandbox: Sandbox) throws {
        try text.write(toFile: sandbox.path.appending(name).string, atomically: true, encoding: .utf8)
    }

    private func withTags(_ body: (Sandbox, InMemoryRegistry, String) async throws -> Void) async throws {
        try await InMemoryRegistry.with { registry in
            for tag in ["1.0.0", "1.1.0", "2.0.0-rc1"] { try registry.addImage("app", tag: tag, layers: [.tar([1])]) }
            let sandbox = try Sandbox(inMemory: true)
            try await sandbox.succeed("init")
            try await body(sandbox, registry, registry.reference("app"))
        }
    }

    @Test func checkNamesPlaceAndSuggestion() async throws {
        let sandbox = try Sandbox(inMemory: true)
        try write("good.yaml", "version: 1\nuser: x\ncvmfs_repo: a.org\ninput: ['https://b.org/c:*']\n", sandbox)
        try write(
            "bad.yaml",
            "version: 2\nrepository: a.org\nimages:\n  - b.org/C:1\n  - image: b.org/d\n    tag: 1\n",
            sandbox
        )
        try write("list.txt", "debian:stable\nDebian:stable\n", sandbox)
        #expect(
            try await sandbox.succeed("recipe", "check", "good.yaml")
                == "good.yaml: version 1, 1 entry, 1 with rules for tags, for a.org\n"
        )
        let outcome = try await sandbox.wafer("recipe", "check", "good.yaml", "bad.yaml", "list.txt")
        #expect(outcome.code == 1)
        #expect(
            outcome.text.split(separator: "\n").dropFirst() == [
                "bad.yaml:4:5: repository \"C\" must not have upper-case letters: did you mean b.org/c:1?",
                "bad.yaml:6:5: there is no key tag: did you mean tags?",
                "list.txt:2:1: repository \"Debian\" must not have upper-case letters: did you mean debian:stable?",
            ]
        )
        #expect(outcome.errors == "wafer: error: 3 mistakes in the recipes\n")
        let json = try await sandbox.wafer("recipe", "check", "bad.yaml", "--format", "json")
        let document = try JSONValue(parsing: json.output)
        #expect(document.array?.first?.object?["faults"]?.array?.count == 2)
    }

    @Test func applyDiffListRemove() async throws {
        try await withTags { sandbox, _, app in
            let head = "version: 2\nrepository: \(Self.fqrn)\nimages:\n"
            try write(
                "r.yaml",
                head + "  - image: \(app)\n    tags: { semver: \"1.x\", newest: 1 }\n  - \(app):old\n",
                sandbox
            )
            let path = sandbox.path.appending("r.yaml").string
            let diff = try await sandbox.succeed("recipe", "diff", "r.yaml")
            #expect(
                diff == """
                    line 4: \(app): 1 of 3 tags
                      - 1.0.0      not among the newest 1: number 2 of 2 by version
                      + 1.1.0      1.x, number 1 of 2 by version
                      - 2.0.0-rc1  not in 1.x, which names no pre-release of it
                    add     \(app):1.1.0  (line 4: 1.x, number 1 of 2 by version)
                    add     \(app):old  (line 6)
                    \(path) would make in \(Self.fqrn): 2 added; nothing was changed

                    """
            )
            #expect(try await sandbox.succeed("recipe", "list", "-z").split(separator: "\n").count == 1)
            let applied = try await sandbox.succeed("recipe", "apply", "r.yaml")
            #expect(applied.hasSuffix("\napplied \(path) to \(Self.fqrn): 2 added\n"))
            #expect(try await sandbox.succeed("list-desideratas", "-z").split(separator: "\n").count == 3)
            #expect(try await sandbox.succeed("recipe", "list", "-z").contains("\n\(path),version 2,\(Self.fqrn),2,0,"))
            try write("r.yaml", head + "  - image: \(app)\n    tags: { semver: \"1.0.x\" }\n", sandbox)
            let dry = try await sandbox.wafer("recipe", "apply", "r.yaml", "--dry-run", "--format", "json")
            let images = try JSONValue(parsing: dry.output).array?.first?.object?["images"]?.array
            #expect(images?.compactMap { $0.object?["action"]?.string } == ["add", "remove", "remove"])
            #expect(images?.last?.object?["reason"]?.string == "the tag left the registry")
            #expect(
                try await sandbox.succeed("recipe", "remove", "r.yaml", "--dry-run").contains(
                    "nothing was changed: 2 desideratas"
                )
            )
            #expect(
                try await sandbox.succeed("recipe", "remove", "r.yaml").hasSuffix("removed \(path) and 2 desideratas\n")
            )
            let again = try await sandbox.wafer("recipe", "remove", "r.yaml")
            #expect(again.code == 1 && again.errors.contains("no recipe \(path) was applied"))
            #expect(try await sandbox.succeed("list-desideratas", "-z").split(separator: "\n").count == 1)
        }
    }

    @Test func aListWithBadLines() async throws {
        try await withTags { sandbox, registry, app in
            try write("images.txt", "# all\n\(app):1*\n\n\(registry.reference("App")):1\n\(app):3 # by hand\n", sandbox)
            let stopped = try await sandbox.wafer("recipe", "apply", "images.txt", "-r", Self.fqrn)
            #expect(stopped.code == 1 && stopped.text == "")
            #expect(stopped.errors.contains("images.txt:4:1: repository \"App\" must not have upper-case letters"))
            let outcome = try await sandbox.wafer("recipe", "apply", "images.txt", "-r", Self.fqrn, "--keep-going")
            #expect(outcome.code == 3)
            #expect(
                outcome.errors.contains("warning: left out: ") && outcome.errors.contains("images.txt:4:1: repository")
            )
            #expect(outcome.text.hasSuffix("to \(Self.fqrn): 3 added\n"))
        }
    }

    @Test func aRegistryThatDoesNotTell() async throws {
        try await withTags { sandbox, registry, app in
            try write("images.txt", "\(app):*\n", sandbox)
            registry.faults.tagFault = (0, .refused)
            let outcome = try await sandbox.wafer("recipe", "apply", "images.txt", "-r", Self.fqrn, "--retries", "0")
            #expect(outcome.code == 3)
            #expect(outcome.text.hasSuffix("to \(Self.fqrn): no image\n"))
            #expect(
                outcome.errors.contains(
                    "images.txt:1:1: what it selected before stays as it is: cannot list the tags of"
                )
            )
        }
    }

    /// What DUCC's user is for: the output. Nobody of that name logs in for the input.
    @Test func aRecipeOfDUCC() async throws {
        try await withTags { sandbox, registry, app in
            try write(
                "recipe.yaml",
                """
                version: 1
                user: unpacker
                cvmfs_repo: '\(Self.fqrn)'
                output_format: '\(registry.url)/thin/$(image)'
                input:
                    - '\(app):1.*'
                    - '\(app):1.0.0'
                """,
                sandbox
            )
            let outcome = try await sandbox.wafer("recipe", "apply", "recipe.yaml")
            #expect(outcome.code == 0)
            #expect(outcome.errors.contains("there is no user unpacker of \(registry.host) in the database: add it"))
            let json = try await sandbox.succeed("list-desideratas", "--format", "json")
            let rows = try #require(try JSONValue(parsing: Array(json.utf8)).array?.compactMap(\.object))
            #expect(
                rows.map { $0["output_image_name"]?.string }
                    == ["1.0.0", "1.1.0"].map { "\(registry.url)/thin/app:\($0)" }
            )
            #expect(rows.map { $0["input_user"] } == [.null, .null] && rows[0]["output_user"] == .string("unpacker"))
            #expect(rows[0]["formats"] == .array(["layers", "flat", "podman", "thin"].map(JSONValue.string)))
        }
    }

    /// What is exported makes the same desideratas again.
    @Test func exportAndApply() async throws {
        let (first, second) = (try Sandbox(inMemory: true), try Sandbox(inMemory: true))
        let text = """
            version: 2
            repository: \(Self.fqrn)
            defaults: { user: reader }
            images:
              - a.org/x:3.10
              - a.org/x@sha256:\(String(repeating: "a", count: 64))
              - image: b.org/y:1
                formats: [podman]
                platforms: [linux/arm64, linux/amd64]
                thin: { image: "c.org/thin/{repository}:{tag}", user: robot }
              - image: b.org/z:1
                platforms: all
                private: allow
            """
        try write("r.yaml", text, first)
        for sandbox in [first, second] { try await sandbox.succeed("init") }
        try await first.succeed("recipe", "apply", "r.yaml")
        let export = try await first.succeed("recipe", "export", Self.fqrn)
        try write("export.yaml", export, second)
        try await second.succeed("recipe", "apply", "export.yaml")
        func rows(_ sandbox: Sandbox) async throws -> [[String: JSONValue]] {
            let json = try await sandbox.succeed("list-desideratas", "--format", "json")
            return try #require(try JSONValue(parsing: Array(json.utf8)).array?.compactMap(\.object)).map { row in
                row.filter { !["added_at", "recipe"].contains($0.key) }
            }
        }
        let expected = try await rows(first)
        #expect(expected.count == 4)
        #expect(try await rows(second) == expected)
        #expect(try await second.succeed("recipe", "export", Self.fqrn) == export)
    }

    @Test(arguments: ["check", "diff", "apply", "list", "export", "remove", "schema"])
    func everyCommandHasAnExample(_ command: String) async throws {
        let help = try await Sandbox(inMemory: true).succeed("recipe", command, "--help")
        #expect(help.contains("EXAMPLE") && help.contains("  wafer recipe \(command)"))
        #expect(help.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }

    /// What is refused is told in JSON, too, and the status says that nothing was done.
    @Test func oneThatCannotBeAdded() async throws {
        let sandbox = try Sandbox(inMemory: true)
        try await sandbox.succeed("init")
        let digest = String(repeating: "a", count: 64)
        try write("images.txt", "a.org/x:1\na.org/x:1@sha256:\(digest)\n", sandbox)
        let outcome = try await sandbox.wafer("recipe", "apply", "images.txt", "-r", Self.fqrn, "--format", "json")
        #expect(outcome.code == 1 && outcome.errors.contains("nothing was changed: https://a.org/x:1@sha256:aaa"))
        let document = try JSONValue(parsing: outcome.output).array?.first?.object
        #expect(document?["applied"] == .bool(false) && document?["refused"]?.array?.count == 1)
        #expect(try await sandbox.succeed("list-desideratas", "-z").split(separator: "\n").count == 1)
        try write("bad.yaml", "version: 2\nrepository: a/b\nimages: [b.org/x:1]\n", sandbox)
        let bad = try await sandbox.wafer("recipe", "apply", "bad.yaml")
        #expect(bad.code == 1 && bad.errors.contains("bad.yaml:2:13: \"a/b\" cannot name a repository"))
    }

    @Test func theSchemaIsJSON() async throws {
        let sandbox = try Sandbox(inMemory: true)
        let schema = try JSONValue(parsing: Array(try await sandbox.succeed("recipe", "schema").utf8))
        #expect(schema.object?["$defs"]?.object?["version2"] != nil)
    }

    /// A recipe at a web server is known by its address, and what does not come whole changes nothing.
    @Test func aRecipeAtAWebServer() async throws {
        try await withTags { sandbox, _, app in
            let authority = try await PrivateCA(in: sandbox.path)
            let site = try TemporaryFolder()
            func write(_ name: String, _ text: String) throws {
                try text.write(toFile: site.path.appending(name).string, atomically: true, encoding: .utf8)
            }
            try write("r.yaml", "version: 2\nrepository: \(Self.fqrn)\nimages: [\(app):1.0.0]\n")
            let tls = WebServer.TLS(certificate: authority.serverCertificate, key: authority.serverKey)
            try await WebServer.serving(site.path.string, tls: tls) { url in
                let apply = ["recipe", "apply", "\(url)/r.yaml", "--ca-file", authority.certificate]
                let first = try await sandbox.wafer(apply)
                #expect(first.code == 0, "\(first.errors)")
                #expect(try await sandbox.succeed("recipe", "list", "-z").contains("\n\(url)/r.yaml,version 2,"))
                try write("page.html", "maintenance\n")
                let page = try await sandbox.wafer(
                    ["recipe", "apply", "\(url)/page.html", "-r", Self.fqrn, "--ca-file", authority.certificate]
                )
                #expect(page.code == 1 && page.errors.contains("answers with a web page, and not with a recipe"))
                try write("r.yaml.cut", "")
                let cut = try await sandbox.wafer(apply)
                #expect(cut.code == 1 && cut.text == "")
                #expect(try await sandbox.succeed("list-desideratas", "-z").split(separator: "\n").count == 2)
                let plain = try await sandbox.wafer("recipe", "apply", "http://localhost/r.yaml")
                #expect(plain.code == 1 && plain.errors.contains("name a file, or one that begins with https://"))
            }
        }
    }

    @Test func theLoopReadsThemAgain() async throws {
        try await withTags { sandbox, _, app in
            try write("images.txt", "\(app):1.0.0\n", sandbox)
            try await sandbox.succeed("recipe", "apply", "images.txt", "-r", Self.fqrn)
            let outcome = try await sandbox.wafer(["loop", "--interval", "0", "--recipe-interval", "0"]) { process in
                try write("images.txt", "\(app):1.*\n", sandbox)
                try await sandbox.wait(for: "the new image") {
                    try await sandbox.succeed("list-desideratas", "-z").split(separator: "\n").count == 3
                }
                kill(process, SIGTERM)
            }
            #expect(outcome.code == 0)
            #expect(outcome.errors.contains("was applied again: 1 added, 1 as before"))
        }
    }

    /// What somebody does by hand to a desiderata of a recipe does not last.
    @Test func aRecipesDesiderataByHand() async throws {
        try await withTags { sandbox, _, app in
            try write("images.txt", "a.org/x:1\na.org/y:1\n", sandbox)
            try await sandbox.succeed("recipe", "apply", "images.txt", "-r", Self.fqrn)
            try await sandbox.succeed("add-desiderata", "--no-convert", "-i", "\(app):1.0.0", "-r", Self.fqrn)
            let path = sandbox.path.appending("images.txt").string
            let set = try await sandbox.wafer("set-desiderata", "1", "--formats", "layers")
            #expect(set.code == 0)
            #expect(
                set.errors.contains(
                    "desiderata 1 belongs to the recipe \(path), which changes it back when it is applied again"
                ),
                "\(set.errors)"
            )
            let dry = try await sandbox.wafer("remove-desiderata", "1", "--dry-run")
            #expect(
                dry.code == 0
                    && dry.text.hasPrefix("nothing was changed: desiderata 1, of https://a.org/x:1 in cd.cern.ch")
            )
            for errors in [dry.errors, try await sandbox.wafer("remove-desiderata", "1").errors] {
                #expect(errors.contains("`wafer recipe apply \(path)`") && errors.contains("brings it back"))
            }
            #expect(try await sandbox.wafer("remove-desiderata", "3").errors == "")
            #expect(try await sandbox.succeed("list-desideratas", "-z").split(separator: "\n").count == 2)
        }
    }

    /// What is passed over, and what is wrong with the whole recipe.
    @Test func checkOfOddRecipes() async throws {
        let sandbox = try Sandbox(inMemory: true)
        try await sandbox.succeed("init")
        try write("empty.txt", "", sandbox)
        try write("place.yaml", "version: 2\nimages: [b.org/x:1]\nrepository: a/b\n", sandbox)
        let twice =
            "version: 2\nrepository: \(Self.fqrn)\nimages:\n  - b.org/x:1\n  - { image: 'b.org/x:1', keep: 1d }\n"
        try write("twice.yaml", twice, sandbox)
        let outcome = try await sandbox.wafer("recipe", "check", "empty.txt", "place.yaml", "twice.yaml")
        let lines = outcome.text.split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines[0].hasPrefix("empty.txt:1:1: it has no image"))
        #expect(lines[1].hasPrefix("place.yaml:3:13: \"a/b\" cannot name a repository"))
        #expect(
            lines[2]
                == "twice.yaml:5:5: line 4 names this image already, with other keep, and counts: make one entry of both"
        )
        for command in ["diff", "apply"] {
            let stopped = try await sandbox.wafer("recipe", command, "twice.yaml")
            #expect(stopped.code == 1 && stopped.errors.contains("line 4 names this image already"))
            let going = try await sandbox.wafer("recipe", command, "twice.yaml", "--keep-going")
            #expect(going.code == 3 && going.errors.contains("left out: ") && going.text.contains("1 added"))
        }
    }

    /// What is gone and kept is nobody's failure, and is not tried.
    @Test func aTagThatIsGoneIsNotTried() async throws {
        try await withTags { sandbox, registry, app in
            let head = "version: 2\nrepository: \(Self.fqrn)\nimages:\n"
            try write("r.yaml", head + "  - { image: \(app), tags: { glob: '*' }, keep: 10d }\n", sandbox)
            try await sandbox.succeed("recipe", "apply", "r.yaml")
            registry.removeTags(of: "app")
            try registry.addImage("app", tag: "1.0.0", layers: [.tar([1])])
            try await sandbox.succeed("recipe", "apply", "r.yaml")
            let convert = try await sandbox.wafer("convert", "--retries", "0")
            #expect(!convert.text.contains("1.1.0") && convert.text.contains("1.0.0"), "\(convert.text)")
            let json = try await sandbox.succeed("status", "--state", "gone", "--format", "json")
            let rows = try #require(try JSONValue(parsing: Array(json.utf8)).array?.compactMap(\.object))
            #expect(rows.count == 2 && rows.allSatisfy { $0["state"] == .string("gone, kept for a while") })
            #expect(
                rows.allSatisfy { $0["gone_since"]?.string?.isEmpty == false && $0["next_look"] == .string("never") }
            )
            try registry.addImage("app", tag: "1.1.0", layers: [.tar([1])])
            try await sandbox.succeed("recipe", "apply", "r.yaml")
            #expect(try await sandbox.succeed("status", "--state", "gone", "-z").split(separator: "\n").count == 2)
        }
    }
}
