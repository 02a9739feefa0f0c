import Foundation
import OCI
import TestSupport
import Testing

@Suite struct ManifestTests {
    @Test func printsTheExactBytesWithoutADatabase() async throws {
        try await InMemoryRegistry.with { registry in
            let sandbox = try Sandbox()
            try registry.addImage("app", tag: "1", layers: [Layers.base])
            let stored = try #require(registry.manifest("app", "1"))
            let outcome = try await sandbox.wafer("download-manifest", registry.reference("app:1"))
            #expect(outcome.code == 0)
            #expect(outcome.output == stored)
        }
    }

    /// On a pseudo-terminal, by `script`.
    @Test func drivesNoTerminal() async throws {
        try await InMemoryRegistry.with { registry in
            let sandbox = try Sandbox()
            let image = try registry.addImage("app", tag: nil, layers: [Layers.base])
            let note = #""annotations":{"note":"x\#u{9B}2Jy\#u{202E}"}"#
            let text = "{\(note)," + String(decoding: image.bytes, as: UTF8.self).dropFirst()
            try registry.addManifest(Array(text.utf8), .dockerManifest, to: "app", tag: "1")
            for command in ["download-manifest", "inspect --raw"] {
                let line = "'$wafer' \(command) \(registry.reference("app:1"))"
                _ = try await sandbox.shell("script -qec 'exec \(line)' typescript >/dev/null </dev/null")
                let file = URL(filePath: "\(sandbox.path)/typescript")
                let shown = String(decoding: try Data(contentsOf: file), as: UTF8.self)
                #expect(shown.contains(#"x\u009b2Jy\u202e"#), "\(shown)")
                #expect(!shown.unicodeScalars.contains("\u{9B}"))
                let piped = try await sandbox.shell("$wafer \(command) \(registry.reference("app:1"))")
                #expect(piped.output == registry.manifest("app", "1"))
            }
        }
    }

    @Test func takesAPlatformOutOfAnIndex() async throws {
        try await InMemoryRegistry.with { registry in
            let sandbox = try Sandbox()
            let image = try registry.addImage("app", tag: "amd", layers: [Layers.base])
            try registry.addIndex("app", tag: "1", images: [image])
            let whole = try await sandbox.wafer("download-manifest", registry.reference("app:1"))
            #expect(whole.output == registry.manifest("app", "1"))
            let child = try await sandbox.wafer(
                "download-manifest",
                registry.reference("app:1"),
                "--platform",
                "linux/amd64"
            )
            #expect(child.output == image.bytes)
            let other = try await sandbox.wafer(
                "download-manifest",
                registry.reference("app:1"),
                "--platform",
                "linux/s390x"
            )
            #expect(other.code == 1)
            #expect(other.errors.contains("linux/s390x"))
            let wrong = try await sandbox.wafer("download-manifest", "redis", "--platform", "x/y/z/w")
            #expect(wrong.code == 64)
        }
    }

    @Test func addsOnlyWhatTheRegistryHas() async throws {
        try await InMemoryRegistry.with { registry in
            let sandbox = try Sandbox()
            try await sandbox.succeed("init")
            try registry.addImage("app", tag: "1", layers: [Layers.base])
            #expect(
                try await sandbox.succeed("add-image", registry.reference("app:1"), "-z") == """
                    name,user,scheme,registry,repository,tag,digest,is_thin
                    \(registry.reference("app:1")),,http,\(registry.host),app,1,,false

                    """
            )
            let missing = try await sandbox.wafer("add-image", registry.reference("app:2"))
            #expect(missing.code == 1)
            #expect(missing.text == "")
            let unknown = try await sandbox.wafer("add-image", registry.reference("app:1"), "-u", "nobody")
            #expect(unknown.errors.contains("wafer add-user"))
            #expect(try await sandbox.succeed("list-images", "-z").split(separator: "\n").count == 2)
        }
    }
}
