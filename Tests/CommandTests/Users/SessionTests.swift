import OCI
import SystemPackage
import TestSupport
import Testing

/// The session of the original document, against Docker's registry server with a password file.
@Suite(.timeLimit(.minutes(5))) struct SessionTests {
    private static let user = RealRegistry.User(name: "foo", password: "s3cret:word")

    @Test func theDocumentsSession() async throws {
        try await RealRegistry.with(user: Self.user) { registry in
            let sandbox = try Sandbox()
            try await pushImage(to: registry)
            let migrations = try await sandbox.succeed("init")
            #expect(migrations.contains("migration"))
            try await sandbox.succeed(
                "add-user",
                "--username",
                "foo",
                "--registry",
                registry.host,
                "--password-stdin",
                input: Self.user.password + "\n"
            )
            #expect(try await sandbox.succeed("list-users", "-z") == "user,registry\nfoo,\(registry.host)\n")
            try await sandbox.succeed("repository", "create", "cd.cern.ch", "--storage", "srv")
            try await sandbox.succeed(
                "add-desiderata",
                "--input-image",
                registry.reference("library/redis:4"),
                "--output-image",
                registry.reference("thin/redis:4"),
                "--repository",
                "cd.cern.ch",
                "--user-input",
                "foo",
                "--user-output",
                "foo",
                // The registry lets nobody else in.
                "--allow-private",
                "--no-convert"
            )
            #expect(try await sandbox.succeed("list-desideratas").contains("| 1  | 1              | http://"))
            #expect(try await sandbox.succeed("convert").contains("converted, revision 2"))
            #expect(try await sandbox.succeed("convert").contains("up to date, revision 2"))
            #expect(try await sandbox.succeed("repository", "check", "cd.cern.ch").contains("is sound"))
            #expect(
                try await sandbox.succeed("verify", registry.reference("library/redis:4"), "--username", "foo") != ""
            )
            #expect(try await sandbox.faults(in: "cd.cern.ch") == [])
            let thin = try await skopeo(["inspect", "--tls-verify=false"], "docker://\(registry.host)/thin/redis:4")
            #expect(thin.contains("CVMFS_IMAGE=true"))
        }
    }

    @Test func aWrongPasswordIsAnErrorThatShowsNone() async throws {
        try await RealRegistry.with(user: Self.user) { registry in
            let sandbox = try Sandbox()
            try await sandbox.succeed("init")
            try await sandbox.succeed(
                "add-user",
                "--username",
                "foo",
                "--registry",
                registry.host,
                "--password-stdin",
                input: "n0t-the-password\n"
            )
            let outcome = try await sandbox.wafer(
                "add-image",
                registry.reference("library/redis:4"),
                "--username",
                "foo"
            )
            #expect(outcome.code == 1)
            #expect(outcome.errors.contains("wafer add-user"))
            #expect(!outcome.errors.contains("n0t-the-password"))
            #expect(try await sandbox.succeed("list-images", "-z").split(separator: "\n").count == 1)
        }
    }

    /// `skopeo` brings the image from one registry to the other.
    private func pushImage(to registry: RealRegistry) async throws {
        try await InMemoryRegistry.with { source in
            try source.addImage("redis", tag: "4", layers: [Layers.base], mediaType: .ociManifest)
            _ = try await skopeo(
                [
                    "copy", "--src-tls-verify=false", "--dest-tls-verify=false", "--dest-creds",
                    "\(Self.user.name):\(Self.user.password)", "docker://\(source.host)/redis:4",
                ],
                "docker://\(registry.host)/library/redis:4",
                login: false
            )
        }
    }

    private func skopeo(_ arguments: [String], _ image: String, login: Bool = true) async throws -> String {
        let credentials = login ? ["--creds", "\(Self.user.name):\(Self.user.password)"] : []
        let output = try await ExternalTool.run("skopeo", arguments + credentials + [image])
        return String(decoding: output, as: UTF8.self)
    }
}
