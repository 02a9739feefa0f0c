import OCI
import TestSupport
import Testing

/// What `wafer repository check` warns of.
@Suite struct CheckWarningTests {
    private static let fqrn = "cd.cern.ch"

    @Test func whatImagesStumbleOverIsNoFault() async throws {
        try await InMemoryRegistry.with { registry in
            try await withRepository(Self.fqrn) { sandbox in
                let image = try registry.addImage("app", tag: "1", layers: [Layers.base], mediaType: .ociManifest)
                let add = ["add-desiderata", "-i", registry.reference("app:1"), "-r", Self.fqrn]
                #expect(try await sandbox.wafer(add + ["--formats", "layers,flat,podman"]).code == 0)
                let sound = try await sandbox.succeed("repository", "check", Self.fqrn)
                #expect(sound.hasPrefix("cd.cern.ch is sound: ") && sound.hasSuffix(" objects\n"))
                let id = image.manifest.config.digest.hex
                try await sandbox.succeed("repository", "rm", Self.fqrn, "/.flat/\(id.prefix(2))/\(id)", "--force")
                let text = try await sandbox.succeed("repository", "check", Self.fqrn)
                let lines = text.split(separator: "\n").map(String.init)
                try #require(lines.count == 4, "\(text)")
                #expect(
                    lines[0].hasPrefix("warning: /\(registry.host)/app:1 leads nowhere") && lines[0].hasSuffix("(name)")
                )
                #expect(
                    lines[1].hasPrefix("warning: /.metadata/.flat/\(id.prefix(2))/\(id).json is the record of no tree")
                )
                #expect(lines[2].hasPrefix("warning: /podmanStore/overlay/") && lines[2].hasSuffix("(podman)"))
                #expect(lines[3].hasPrefix("cd.cern.ch is sound: ") && lines[3].hasSuffix("; 3 warnings"))
                let json = try await sandbox.succeed("repository", "check", Self.fqrn, "--format", "json")
                #expect(json.contains("\"sound\" : true") && json.contains("\"faults\" : [\n\n  ]"))
                for kind in ["name", "tree-record", "podman"] { #expect(json.contains("\"kind\" : \"\(kind)\"")) }
            }
        }
    }
}
