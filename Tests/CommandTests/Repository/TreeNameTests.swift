import OCI
import TestSupport
import Testing

/// Names of root file systems in `repository ls` and `repository rm`.
@Suite struct TreeNameTests {
    private static let fqrn = "cd.cern.ch"

    private struct Session {
        let sandbox: Sandbox
        let registry: InMemoryRegistry
        let input: String
        /// The tree of the image, without the leading slash.
        let tree: String

        func ls(_ arguments: String...) async throws -> String {
            let outcome = try await sandbox.wafer(["repository", "ls", fqrn] + arguments)
            #expect(outcome.code == 0, "\(outcome.errors)")
            return outcome.text
        }

        func rm(_ arguments: String...) async throws -> Sandbox.Outcome {
            try await sandbox.wafer(["repository", "rm", fqrn] + arguments)
        }
    }

    /// A repository with an image by two names.
    private func withImage(_ body: (Session) async throws -> Void) async throws {
        try await InMemoryRegistry.with { registry in
            try await withRepository(Self.fqrn) { sandbox in
                let image = try registry.addImage("app", tag: "1", layers: [Layers.base], mediaType: .ociManifest)
                let input = registry.reference("app:1")
                try await sandbox.succeed("convert-image", input, Self.fqrn)
                try await sandbox.succeed(
                    "convert-image",
                    input,
                    Self.fqrn,
                    "--as",
                    "tools/app",
                    "--formats",
                    "flat,podman"
                )
                let id = image.manifest.config.digest.hex
                let tree = ".flat/\(id.prefix(2))/\(id)"
                try await body(Session(sandbox: sandbox, registry: registry, input: input, tree: tree))
            }
        }
    }

    @Test func aSlashAtTheEndOfALinkMeansTheDirectory() async throws {
        try await withImage { session in
            let inside = try await session.ls("/\(session.tree)", "-l")
            #expect(inside.contains(" etc\n"))
            #expect(try await session.ls("/tools/app", "-l").hasSuffix(" tools/app -> ../\(session.tree)\n"))
            #expect(try await session.ls("/tools/app/", "-l") == inside)
            #expect(try await session.ls("/tools/app/.", "-l") == inside)
            #expect(try await session.ls("/tools/app") == session.ls("/tools/app/"))
            let all = try await session.ls("/\(session.tree)", "-R").replacing(session.tree, with: "tools/app")
            #expect(all.contains("tools/app/etc/"))
            #expect(try await session.ls("/tools/app", "-R") == all)
            #expect(try await session.ls("/tools/app/", "-R") == all)
            #expect(
                try await session.ls("/tools/app/", "-R", "-l").split(separator: "\n").count
                    == all.split(separator: "\n").count
            )
            #expect(try await session.ls("/tools/app", "-R", "-l").hasSuffix(" tools/app -> ../\(session.tree)\n"))
            let file = ".metadata/\(session.tree).json"
            #expect(try await session.ls("/\(file)") == "\(file)\n")
            let wrong = try await session.sandbox.wafer("repository", "ls", Self.fqrn, "/\(file)/")
            #expect(wrong.code == 1 && wrong.errors.contains("/\(file) is not a directory"))
        }
    }

    @Test func aTreeWithNamesIsRemovedOnlyWithForce() async throws {
        try await withImage { session in
            let known = "/\(session.registry.host)/app:1"
            let before = try await session.ls("/", "-R")
            for path in ["/\(session.tree)", "/.flat", "/\(session.tree)/etc"] {
                let refused = try await session.rm(path)
                #expect(refused.code == 1 && refused.text == "")
                #expect(
                    refused.errors.contains("3 names lead there: \(known), /podmanStore/overlay/"),
                    "\(refused.errors)"
                )
                #expect(refused.errors.contains(", /tools/app): nothing was removed, --dry-run shows"))
            }
            let dry = try await session.rm("/\(session.tree)", "--dry-run")
            #expect(dry.code == 0)
            #expect(dry.text.hasPrefix("\(known) leads to a root file system that goes\n/podmanStore/overlay/"))
            #expect(
                dry.text.hasSuffix("/tools/app leads to a root file system that goes\nwould remove \(session.tree)\n")
            )
            #expect(try await session.rm("/none", "--dry-run").errors.contains("/none does not exist"))
            #expect(try await session.ls("/", "-R") == before)
            // Names that go with it are none.
            let less = try await session.rm("/\(session.tree)", "/tools", known, "--dry-run")
            #expect(less.text.split(separator: "\n").filter { $0.contains("leads to") }.count == 1)
            // A name alone goes without ado.
            #expect(try await session.rm(known).code == 0)
            let forced = try await session.rm("/\(session.tree)", "--force")
            #expect(forced.code == 0 && forced.text.contains("/tools/app leads to a root file system that goes\n"))
            #expect(forced.text.contains("removed \(session.tree)\n") && !forced.text.contains(known))
        }
    }

    @Test func namesByArchitectureLeadToTrees() async throws {
        try await InMemoryRegistry.with { registry in
            try await withRepository(Self.fqrn) { sandbox in
                let images = try ["amd64", "arm64"].map { architecture in
                    try registry.addImage(
                        "app",
                        tag: nil,
                        layers: [Layers.base],
                        platform: Platform(os: "linux", architecture: architecture)
                    )
                }
                _ = try registry.addIndex("app", tag: "1", images: images)
                let input = registry.reference("app:1")
                try await sandbox.succeed("convert-image", input, Self.fqrn, "--platform", "all", "--as", "tools/app")
                let id = images[1].manifest.config.digest.hex
                for path in ["/.flat/\(id.prefix(2))/\(id)", "/.multiarch/arm64/tools/app"] {
                    let dry = try await sandbox.succeed("repository", "rm", Self.fqrn, path, "--dry-run")
                    #expect(dry.contains("/tools/app leads to a root file system that goes\n"), "\(dry)")
                    #expect(!dry.contains("amd64"), "\(dry)")
                    #expect(dry.contains("/.multiarch/arm64/tools/app leads") == path.hasPrefix("/.flat"))
                }
            }
        }
    }
}
