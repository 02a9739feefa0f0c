import Foundation
import OCI
import SystemPackage
import TestSupport
import Testing

/// How registries are reached, from the command line.
@Suite(.timeLimit(.minutes(5))) struct NetworkOptionTests {
    @Test func tagsAreListedAndHostsAreHeeded() async throws {
        let sandbox = try Sandbox()
        try await InMemoryRegistry.with { registry in
            let image = try registry.addImage("a/b", tag: "1", layers: [.tar([1])])
            for tag in ["2", "3"] { try registry.addManifest(image.bytes, .dockerManifest, to: "a/b", tag: tag) }
            registry.faults.tagPage = 2
            #expect(try await sandbox.succeed("list-tags", registry.reference("a/b")) == "1\n2\n3\n")
            // By an option, and by the file at its place.
            let name = "\(registry.host)/a/b"
            #expect(try await sandbox.succeed("list-tags", name, "--plain-http", registry.host) == "1\n2\n3\n")
            let folder = sandbox.path.appending(".config/wafer").string
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            func write(_ text: String, _ file: String) throws {
                try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(file)"))
            }
            try write("hosts:\n  \(registry.host): {insecure-http: true}\n", "hosts.yaml")
            let json = try await sandbox.succeed("list-tags", name, "--format", "json")
            #expect(json.contains("tags") && json.contains("\"3\""))

            try write("hosts:\n  a.org:\n    mirror: [b.org]\n", "wrong.yaml")
            let wrong = try await sandbox.wafer("list-tags", name, "--hosts", "\(folder)/wrong.yaml")
            #expect(wrong.code == 1 && wrong.errors.contains("wrong.yaml:3: mirror is not known here"))
        }
    }

    @Test func anEntryOfHostsCanBeGivenOnce() async throws {
        let sandbox = try Sandbox()
        try await InMemoryRegistry.with { registry in
            try registry.addImage("copies/a/b", tag: "1", layers: [.tar([1])])
            let digest = try Digest.sha256(of: #require(registry.manifest("copies/a/b", "1")))
            // The registry itself does not exist; its mirror does.
            let entry = "registry.invalid: {mirrors: ['http://\(registry.host)/copies'], concurrent: 4}"
            let text = try await sandbox.succeed("inspect", "https://registry.invalid/a/b:1", "--host", entry)
            #expect(text.contains(digest.description))
            // It stands in place of what the file says.
            let file = sandbox.path.appending("hosts.yaml").string
            try Data("hosts:\n  registry.invalid: {mirrors: [nowhere.invalid]}\n".utf8).write(to: URL(filePath: file))
            let again = ["inspect", "https://registry.invalid/a/b:1", "--hosts", file, "--host", entry]
            #expect(try await sandbox.wafer(again).code == 0)
            let wrong = try await sandbox.wafer("inspect", "https://a.org/b:1", "--host", "a.org: {mirror: [b.org]}")
            #expect(wrong.code == 1 && wrong.errors.contains("--host:1: mirror is not known here; known are mirrors,"))
        }
    }

    @Test func retriesAreCounted() async throws {
        let sandbox = try Sandbox()
        try await InMemoryRegistry.with { registry in
            registry.faults.passingFailures = 100
            let outcome = try await sandbox.wafer("list-tags", registry.reference("a"), "--retries", "1")
            #expect(outcome.code == 1 && outcome.errors.contains("answered 503"))
            #expect(registry.requests.count == 2)
        }
    }
}
