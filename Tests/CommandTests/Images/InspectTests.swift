import Foundation
import OCI
import Plumbing
import TestSupport
import Testing

@Suite struct InspectTests {
    @Test func showsAnImageAndWhatARepositoryHasOfIt() async throws {
        try await withRepository("cd.cern.ch") { sandbox in
            try await InMemoryRegistry.with { registry in
                let label = String(repeating: "word ", count: 40) + String(repeating: "x", count: 200)
                let amd = try registry.addImage(
                    "app",
                    tag: nil,
                    layers: [Layers.base, Layers.application],
                    members: [
                        "config": .object([
                            "Entrypoint": .array([.string("/app"), .string("--serve")]),
                            "Env": .array([
                                .string("PATH=/usr/bin"), .string("\u{1B}[31mRED=1"),
                                .string("C1=\u{9B}2J\u{202E}\u{200B}\u{7F}\u{E0001}"),
                            ]),
                            "Labels": .object(["text": .string(label)]),
                        ])
                    ]
                )
                let arm = try registry.addImage(
                    "app",
                    tag: nil,
                    layers: [Layers.base],
                    platform: Platform(os: "linux", architecture: "arm64", variant: "v8")
                )
                let note = try registry.addImage(
                    "app",
                    tag: nil,
                    layers: [.tar([1])],
                    platform: Platform(os: "unknown", architecture: "unknown")
                )
                let index = try registry.addIndex("app", tag: "1", images: [amd, arm, note])
                let name = registry.reference("app:1")
                let text = try await sandbox.succeed("inspect", name)
                for line in [
                    "Digest   \(index)", "Manifest \(amd.digest)", "Offers   linux/amd64, linux/arm64/v8",
                    "Entry    /app\n         --serve", "Created  2024-05-06T07:08:09Z", "Layers   2, ",
                ] {
                    #expect(text.contains(line + (line.hasSuffix(" ") ? "" : "\n")), "\(text)")
                }
                #expect(!text.contains("\u{1B}"))
                #expect(text.contains("\nLabels   text=\(label)\n"))
                let shown = try await sandbox.shown(["inspect", name])
                let long = shown.split(separator: "\n").filter { $0.count > 80 }
                #expect(long.map { $0.drop { $0 == " " } } == [label.suffix(200)[...]], "\(shown)")
                #expect(text.hasSuffix("tar \n"))

                let other = try await sandbox.succeed("inspect", name, "--platform", "linux/arm64", "--format", "json")
                let document = try #require(JSONValue(parsing: Array(other.utf8)).object)
                #expect(document["manifest_digest"]?.string == "\(arm.digest)")
                #expect(document["platforms"]?.array?.count == 2)
                #expect(document["repository"] == .null)
                #expect(document["layers"]?.array?.count == 1)

                let json = try await sandbox.succeed("inspect", name, "--format", "json")
                #expect(json.contains(#"\u009b2J\u202e\u200b\u007f\udb40\udc01"#), "\(json)")
                #expect(json.unicodeScalars.allSatisfy { $0 == "\n" || (0x20..<0x7F).contains($0.value) })
                let variables = try JSONValue(parsing: Array(json.utf8)).object?["config"]?.object?["Env"]?.array
                #expect(variables?.last?.string == "C1=\u{9B}2J\u{202E}\u{200B}\u{7F}\u{E0001}", "\(json)")

                let raw = try await sandbox.wafer("inspect", name, "--raw")
                #expect(raw.output == registry.manifest("app", "1"))
                let both = try await sandbox.wafer("inspect", name, "--raw", "--format", "json")
                #expect(both.code == 64)
                let missing = try await sandbox.wafer("inspect", name, "--platform", "linux/s390x")
                #expect(missing.code == 1)
                #expect(missing.errors.contains("it offers linux/amd64, linux/arm64/v8; choose another one"))

                try await sandbox.succeed(
                    "add-desiderata",
                    "-i",
                    registry.reference("app@\(arm.digest)"),
                    "-o",
                    registry.reference("thin/app:1"),
                    "-r",
                    "cd.cern.ch"
                )
                let known = try await sandbox.succeed("inspect", name, "--repository", "cd.cern.ch")
                #expect(known.contains("In       cd.cern.ch: nothing is published under this name\n"))
                #expect(known.contains(#/    1  sha256:[0-9a-f]{64}  +[0-9.]+ kB  tar   known\n/#))
                #expect(known.contains(#/    2  sha256:[0-9a-f]{64}  +[0-9.]+ kB  tar   new\n/#))
                let pinned = registry.reference("app@\(arm.digest)")
                let same = try await sandbox.succeed("inspect", pinned, "-r", "cd.cern.ch")
                #expect(same.contains("this image is published"))
                #expect(same.contains("all in cd.cern.ch"))
            }
        }
    }
}
