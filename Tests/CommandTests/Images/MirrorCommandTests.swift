import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// Every command that fetches images logs in at a mirror as the database's user of its host.
@Suite(.timeLimit(.minutes(5))) struct MirrorCommandTests {
    /// A mirror that wants a login, the registry that it mirrors, and a sandbox that knows both.
    private func with(_ body: (Sandbox, InMemoryRegistry, InMemoryRegistry) async throws -> Void) async throws {
        try await withRepository("cd.cern.ch") { sandbox in
            try await InMemoryRegistry.with(.basic(["ann": "pass-word-1"])) { mirror in
                try await InMemoryRegistry.with { origin in
                    try mirror.addImage("a", tag: "1", layers: [Layers.base])
                    let hosts = "hosts:\n  \(origin.host):\n    mirrors: ['\(mirror.url)']\n"
                    try Data(hosts.utf8).write(to: URL(filePath: sandbox.path.appending("hosts.yaml").string))
                    let user = ["add-user", "-u", "ann", "-r", mirror.host, "--password-stdin", "--keep-password"]
                    #expect(try await sandbox.wafer(user, input: "pass-word-1").code == 0)
                    try await body(sandbox, mirror, origin)
                }
            }
        }
    }

    private func expectLogin(_ mirror: InMemoryRegistry, _ origin: InMemoryRegistry, _ command: String) {
        #expect(mirror.requests.contains { $0.header("Authorization")?.hasPrefix("Basic ") == true }, "\(command)")
        // Thin images are pushed to the registry itself.
        #expect(!origin.requests.contains { $0.path.hasPrefix("/v2/a/") }, "\(command)")
        mirror.forgetRequests()
        origin.forgetRequests()
    }

    @Test func theyLogIn() async throws {
        try await with { sandbox, mirror, origin in
            let (image, thin) = (origin.reference("a:1"), origin.reference("thin/a:1"))
            for command in [
                ["download-manifest", image], ["inspect", image], ["add-image", image],
                ["add-desiderata", "-i", image, "-o", thin, "-r", "cd.cern.ch", "--allow-private"], ["convert"],
                ["convert", "--overwrite-layers"], ["verify", image],
            ] {
                let outcome = try await sandbox.wafer(command + ["--hosts", "hosts.yaml"])
                #expect(outcome.code == 0, "\(outcome.errors)")
                expectLogin(mirror, origin, command[0])
            }
            let loop = try await sandbox.wafer(["loop", "--poll-max", "0", "--hosts", "hosts.yaml"]) { process in
                try await sandbox.wait(for: "the first pass") {
                    mirror.requests.contains { $0.header("Authorization") != nil } || !origin.requests.isEmpty
                }
                kill(process, SIGTERM)
            }
            #expect(loop.code == 0)
            expectLogin(mirror, origin, "loop")
        }
    }
}
