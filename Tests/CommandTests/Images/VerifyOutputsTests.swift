import OCI
import TestSupport
import Testing

/// `wafer verify` of all that is made of an image.
@Suite struct VerifyOutputsTests {
    private static let fqrn = "cd.cern.ch"

    @Test func differencesOfTreesNamesAndThinImagesAreLines() async throws {
        try await InMemoryRegistry.with { registry in
            try await withRepository(Self.fqrn) { sandbox in
                let image = try registry.addImage("app", tag: "1", layers: [Layers.base, Layers.application])
                let (input, thin) = (registry.reference("app:1"), registry.reference("thin/app:1"))
                try await sandbox.succeed("add-desiderata", "-i", input, "-o", thin, "-r", Self.fqrn)
                #expect(try await sandbox.succeed("verify", input).contains("is equal to"))
                let id = image.manifest.config.digest.hex
                let tree = "/.flat/\(id.prefix(2))/\(id)"
                try await sandbox.succeed(
                    "repository",
                    "rm",
                    Self.fqrn,
                    "\(tree)/app",
                    "/\(registry.host)/app:1"
                )
                try registry.addImage("thin/app", tag: "1", layers: [Layers.base])
                let outcome = try await sandbox.wafer("verify", input)
                #expect(outcome.code == 1)
                let lines = outcome.text.split(separator: "\n").map(String.init)
                #expect(lines.count == 4, "\(outcome.text)")
                for words in [
                    "\(tree)/app is missing", "/\(registry.host)/app:1 is missing: it should lead to ..\(tree)",
                    "thin image \(thin): its configuration is another one",
                    "thin image \(thin): its thin.json is another one",
                ] {
                    #expect(lines.contains { $0.contains(words) }, "\(words)")
                }
                let json = try await sandbox.wafer("verify", input, "--format", "json")
                #expect(json.code == 1 && json.text.contains("\(tree)/app is missing"))
                #expect(json.text.contains("\"not_compared\" : [") && json.text.contains("\"equal\" : false"))
            }
        }
    }
}
