import Foundation
import OCI
import SystemPackage
import TestSupport
import Testing

/// `repository rm`, `tag` and `rollback`.
@Suite struct RepositoryEditingTests {
    private static let fqrn = "cd.cern.ch"

    /// Publishes a folder with one file at a path.
    private func ingest(_ path: String, in sandbox: Sandbox) async throws {
        let outcome = try await sandbox.shell(
            "mkdir -p d && echo x >d/f && tar -c -C d . | \"$wafer\" repository ingest \(Self.fqrn) \(path) -"
        )
        try #require(outcome.code == 0, "\(outcome.errors)")
    }

    private func names(_ sandbox: Sandbox) async throws -> [String] {
        let text = try await sandbox.succeed("repository", "tag", "list", Self.fqrn, "-z")
        return text.split(separator: "\n").dropFirst().map { String($0.prefix { $0 != "," }) }
    }

    @Test func removesPathsInOneRevisionOrNone() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            try await ingest("/tool/1", in: sandbox)
            try await ingest("/tool/2", in: sandbox)
            let wrong = try await sandbox.wafer("repository", "rm", Self.fqrn, "/tool/1", "/tool/3")
            #expect(wrong.code == 1)
            #expect(wrong.errors == "wafer: error: /tool/3 does not exist in the repository\n")
            #expect(try await sandbox.succeed("repository", "cat", Self.fqrn, "/tool/1/f") == "x\n")
            #expect(
                try await sandbox.succeed("repository", "rm", Self.fqrn, "/tool/1", "/tool/2/f")
                    == "removed tool/1\nremoved tool/2/f\ncd.cern.ch, revision 4\n"
            )
            let rows = try await sandbox.succeed("repository", "ls", Self.fqrn, "/", "-R", "--format", "json")
            #expect(!rows.contains("tool/1") && !rows.contains("tool/2/f"))
        }
    }

    @Test func removesLayersOnlyWithForceAndShowsWhoRefersToThem() async throws {
        try await InMemoryRegistry.with { registry in
            try await withRepository(Self.fqrn) { sandbox in
                let image = try registry.addImage("app", tag: "1", layers: [Layers.base, Layers.application])
                try await sandbox.succeed(
                    "add-desiderata",
                    "-i",
                    registry.reference("app:1"),
                    "-o",
                    registry.reference("thin:1"),
                    "-r",
                    Self.fqrn
                )
                let hex = image.manifest.layers[0].digest.hex
                for path in ["/.layers", "/.layers/\(hex.prefix(2))/\(hex)/layerfs"] {
                    let refused = try await sandbox.wafer("repository", "rm", Self.fqrn, path)
                    #expect(refused.code == 1)
                    #expect(refused.text == "")
                    #expect(refused.errors.contains("1 image refers to them: .metadata/"))
                    #expect(refused.errors.contains("app:1"))
                    #expect(refused.errors.contains("--force"))
                    #expect(refused.errors.split(separator: "\n").count == 1)
                }
                let layer = "/.layers/\(hex.prefix(2))/\(hex)"
                let text = try await sandbox.succeed("repository", "rm", Self.fqrn, layer, "--force")
                let lines = text.split(separator: "\n")
                #expect(lines.count == 3)
                #expect(lines.first?.hasSuffix("app:1 refers to layers that go") == true)
                #expect(lines.last == "cd.cern.ch, revision 3")
                #expect(try await sandbox.wafer("repository", "ls", Self.fqrn, layer).code == 1)
            }
        }
    }

    @Test func listsAddsAndRemovesTags() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            try await ingest("/tool/1", in: sandbox)
            #expect(
                try await sandbox.succeed("repository", "tag", "add", Self.fqrn, "v1", "--description", "the first")
                    == "added the tag v1: revision 2 of cd.cern.ch\n"
            )
            try await sandbox.succeed("repository", "tag", "add", Self.fqrn, "v0", "--revision-of", "trunk-previous")
            #expect(try await names(sandbox) == ["trunk-previous", "v0", "trunk", "v1"])
            let table = try await sandbox.succeed("repository", "tag", "list", Self.fqrn)
            #expect(table.contains(" NAME ") && table.contains("the first") && table.contains("current HEAD"))
            let json = try await sandbox.succeed("repository", "tag", "list", Self.fqrn, "--format", "json")
            let rows = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
            let tag = try #require(rows.first { $0["name"] as? String == "v1" })
            #expect(Set(tag.keys) == ["name", "revision", "root_hash", "timestamp", "description"])
            #expect(tag["revision"] as? Int == 2)
            #expect((tag["root_hash"] as? String)?.count == 40)

            let taken = try await sandbox.wafer("repository", "tag", "add", Self.fqrn, "v1")
            #expect(taken.errors == "wafer: error: the tag v1 exists already: remove it first\n")
            let reserved = try await sandbox.wafer("repository", "tag", "remove", Self.fqrn, "trunk")
            #expect(reserved.code == 1 && reserved.errors.contains("reserved"))
            #expect(
                try await sandbox.succeed("repository", "tag", "remove", Self.fqrn, "v0", "v1")
                    == "removed the tag v0\nremoved the tag v1\n"
            )
            #expect(try await names(sandbox) == ["trunk-previous", "trunk"])
        }
    }

    @Test func rollsBackOnlyWithForce() async throws {
        try await withRepository(Self.fqrn) { sandbox in
            try await ingest("/tool/1", in: sandbox)
            try await sandbox.succeed("repository", "tag", "add", Self.fqrn, "good")
            try await ingest("/tool/2", in: sandbox)
            try await sandbox.succeed("repository", "tag", "add", Self.fqrn, "bad")
            let refused = try await sandbox.wafer("repository", "rollback", Self.fqrn, "good")
            #expect(refused.code == 1)
            #expect(
                refused.errors == """
                    wafer: error: this would publish revision 4 with the content of revision 2 (good) and remove the tag \
                    bad (layers that would go: no image of .metadata refers to them): nothing was changed, --force does it

                    """
            )
            #expect(try await names(sandbox).contains("bad"))
            #expect(
                try await sandbox.succeed("repository", "rollback", Self.fqrn, "good", "--force")
                    == "published revision 4 with the content of revision 2 (good) and removed the tag bad\n"
            )
            #expect(try await names(sandbox) == ["good", "trunk"])
            #expect(try await sandbox.wafer("repository", "ls", Self.fqrn, "/tool/2").code == 1)
            #expect(try await sandbox.succeed("repository", "cat", Self.fqrn, "/tool/1/f") == "x\n")
        }
    }

    @Test(arguments: [["rm"], ["tag", "list"], ["tag", "add"], ["tag", "remove"], ["rollback"]])
    func everyCommandHasAnExample(_ command: [String]) async throws {
        let sandbox = try Sandbox()
        let outcome = try await sandbox.wafer(["repository"] + command + ["--help"])
        #expect(outcome.code == 0)
        #expect(outcome.text.contains("EXAMPLE"))
        #expect(outcome.text.contains("  wafer repository \(command.joined(separator: " "))"))
        #expect(outcome.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
}
