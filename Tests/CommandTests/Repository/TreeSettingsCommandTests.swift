import Foundation
import TestSupport
import Testing

/// How root file systems are made, as `create`, `add` and `set` are told.
@Suite struct TreeSettingsCommandTests {
    private static let fqrn = "cd.cern.ch"

    private func info(_ sandbox: Sandbox) async throws -> [String: Any] {
        let text = try await sandbox.succeed("repository", "info", Self.fqrn, "--format", "json")
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func expect(
        _ sandbox: Sandbox,
        _ names: String,
        _ modes: String,
        _ points: [String],
        setuid: Bool
    ) async throws {
        let facts = try await info(sandbox)
        #expect(facts["tree_names"] as? String == names && facts["tree_modes"] as? String == modes)
        #expect(facts["mount_points"] as? [String] == points && facts["keeps_setuid"] as? Bool == setuid)
        let list = try await sandbox.succeed("repository", "list", "--format", "json")
        let rows = try #require(try JSONSerialization.jsonObject(with: Data(list.utf8)) as? [[String: Any]])
        #expect(rows.first?["tree_names"] as? String == names && rows.first?["mount_points"] as? [String] == points)
    }

    private static let standard = "{registry}/{repository}:{reference}"

    @Test func setChangesWhatIsNamed() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            func set(_ arguments: String...) async throws -> String {
                let outcome = try await sandbox.wafer(["repository", "set", Self.fqrn] + arguments)
                #expect(outcome.code == 0, "\(outcome.errors)")
                return outcome.text
            }
            let next = "the next pass makes the root file systems anew of which something changes\n"
            try await expect(sandbox, Self.standard, "readable", [], setuid: true)
            #expect(
                try await set("--names", "{repository}:{reference}")
                    == "names of images: {repository}:{reference}\n\(next)"
            )
            #expect(
                try await set(
                    "--mount-point",
                    "/srv2/",
                    "--mount-point",
                    "/a",
                    "--mount-point",
                    "/srv2",
                    "--modes",
                    "exact"
                )
                    == "modes: exact\nmount points: /srv2, /a\n\(next)"
            )
            #expect(try await set("--no-setuid") == "setuid bits: cleared\n\(next)")
            try await expect(sandbox, "{repository}:{reference}", "exact", ["/srv2", "/a"], setuid: false)
            let text = try await sandbox.succeed("repository", "info", Self.fqrn)
            #expect(
                text.contains(/\nNames of Images +\{repository\}:\{reference\}\n/)
                    && text.contains(/\nMount Points +\/srv2,\/a\n/)
            )
            #expect(try await set("--mount-point", "/b") == "mount points: /b\n\(next)")
            #expect(
                try await set("--mount-point", "/b")
                    == "mount points: /b\nroot file systems were made like that already\n"
            )
            #expect(
                try await set("--no-mount-points", "--setuid", "--hard-links", "split")
                    == "hard links: split, 0 names split\n\(Self.fqrn), revision 1\n"
                    + "mount points: the usual ones\nsetuid bits: kept\n\(next)"
            )
            try await expect(sandbox, "{repository}:{reference}", "exact", [], setuid: true)
        }
    }

    @Test func createAndAddTakeThem() async throws {
        let options = [
            "--names", "{reference}/{repository}", "--modes", "exact", "--mount-point", "/b", "--mount-point", "/a b",
            "--no-setuid",
        ]
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        let created = try await sandbox.wafer(["repository", "create", Self.fqrn, "--storage", "srv"] + options)
        #expect(created.code == 0, "\(created.errors)")
        try await expect(sandbox, "{reference}/{repository}", "exact", ["/b", "/a b"], setuid: false)
        try await sandbox.succeed("init", "--database", "other")
        let added = try await sandbox.wafer(
            ["repository", "add", Self.fqrn, "--storage", "srv", "--keys", ".config/wafer/keys", "--database", "other"]
                + options
        )
        #expect(added.code == 0, "\(added.errors)")
        let list = try await sandbox.succeed("repository", "list", "--format", "json", "--database", "other")
        #expect(
            list.contains(#""tree_names" : "{reference}\/{repository}""#) || list.contains("{reference}/{repository}")
        )
        #expect(list.contains("\"/a b\"") && list.contains("\"keeps_setuid\" : false"))
    }

    @Test(arguments: [
        ([], "nothing to set"), (["--names", "{repository}"], "must be in it"),
        (["--names", "/{repository}:{reference}"], "may be empty"), (["--names", "{repository}:{tag}"], "no {tag}"),
        (["--modes", "odd"], "'readable' and 'exact'"), (["--mount-point", "srv2"], "--mount-point: srv2 cannot be"),
        (["--mount-point", "/"], "the root of every image"), (["--mount-point", "/a\u{1B}[2J"], "control characters"),
        (["--mount-point", "/a", "--no-mount-points"], "does not go together"),
    ])
    func usage(arguments: [String], message: String) async throws {
        let sandbox = try Sandbox()
        let outcome = try await sandbox.wafer(["repository", "set", Self.fqrn] + arguments)
        #expect(outcome.code == 64 && outcome.errors.contains(message), "\(outcome.errors)")
        #expect(!outcome.errors.contains("\u{1B}"))
    }

    @Test func namesThatTwoImagesWouldHaveAreRefused() async throws {
        try await InMemoryRegistry.with { registry in
            try await withRepository(Self.fqrn) { sandbox in
                for name in ["a/app", "a/app/1/x"] {
                    try registry.addImage(name, tag: "1", layers: [Layers.base])
                    try await sandbox.succeed(
                        "add-desiderata",
                        "-r",
                        Self.fqrn,
                        "-i",
                        registry.reference("\(name):1"),
                        "--no-convert"
                    )
                }
                let names = ["repository", "set", Self.fqrn, "--names", "{repository}/{reference}"]
                let outcome = try await sandbox.wafer(names)
                #expect(
                    outcome.code == 1
                        && outcome.errors.contains(
                            "has the name a/app/1/x/1 in \(Self.fqrn), and a/app/1, the name of desiderata 1, lies above it: take flat "
                                + "from one of them with `wafer set-desiderata`, or choose other names for the repository\n"
                        ),
                    "\(outcome.errors)"
                )
                try await expect(sandbox, Self.standard, "readable", [], setuid: true)
                try await sandbox.succeed("set-desiderata", "2", "--formats", "layers")
                #expect(try await sandbox.wafer(names).code == 0)
            }
        }
    }
}
