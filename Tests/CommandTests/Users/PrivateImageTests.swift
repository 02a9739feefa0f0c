import Foundation
import OCI
import SystemPackage
import TestSupport
import Testing

/// An image of Docker's registry server with a password file: published only where somebody says that this is meant.
@Suite(.timeLimit(.minutes(5))) struct PrivateImageTests {
    private static let fqrn = "cd.cern.ch"
    private static let user = RealRegistry.User(name: "foo", password: "s3cret:word")

    private func with(_ body: (Sandbox, String) async throws -> Void) async throws {
        try await RealRegistry.with(user: Self.user) { registry in
            try await InMemoryRegistry.with { source in
                try source.addImage("app", tag: "1", layers: [Layers.base], mediaType: .ociManifest)
                try await ExternalTool.run(
                    "skopeo",
                    [
                        "copy", "--quiet", "--insecure-policy", "--src-tls-verify=false", "--dest-tls-verify=false",
                        "--dest-creds", "foo:\(Self.user.password)", "docker://\(source.host)/app:1",
                        "docker://\(registry.host)/app:1",
                    ]
                )
            }
            try await withRepository(Self.fqrn) { sandbox in
                try await sandbox.succeed(
                    "add-user",
                    "--username",
                    "foo",
                    "--registry",
                    registry.host,
                    "--password-stdin",
                    input: Self.user.password + "\n"
                )
                try await body(sandbox, registry.reference("app:1"))
            }
        }
    }

    @Test func aCommandAndADesiderata() async throws {
        try await with { sandbox, image in
            let refused = try await sandbox.wafer("convert-image", image, Self.fqrn, "--user-input", "foo")
            #expect(refused.code == 3 && refused.errors.contains("\(image) is not published in cd.cern.ch"))
            #expect(refused.errors.contains("run `wafer convert-image` again with `--allow-private`"))
            let arguments = ["add-desiderata", "-i", image, "-r", Self.fqrn, "--user-input", "foo"]
            let added = try await sandbox.wafer(arguments)
            #expect(added.code == 3 && added.text.contains("`wafer set-desiderata 1 --allow-private`"))
            #expect(try await sandbox.succeed("status", "-z").contains(",failed,"))
            let list = try await sandbox.succeed("list-desideratas", "--format", "json")
            #expect(list.contains("\"allow_private\" : false"), "\(list)")
            let set = try await sandbox.succeed("set-desiderata", "1", "--allow-private")
            #expect(set.hasPrefix("private: allowed, before: refused\n"))
            #expect(try await sandbox.succeed("status", "1").contains("Private Allowed"))
            #expect(try await sandbox.succeed("convert").contains("converted, revision 2"))
            #expect(try await sandbox.succeed("recipe", "export", Self.fqrn).contains("private: allow"))
            #expect(try await sandbox.succeed("set-desiderata", "1", "--no-allow-private").contains("private: refused"))
            #expect(try await sandbox.succeed("convert").contains("up to date, revision 2"))
            try await sandbox.succeed("remove-desiderata", "1")
            let again = try await sandbox.wafer(arguments + ["--allow-private", "--formats", "layers"])
            #expect(again.code == 0, "\(again.errors)")
        }
    }

    @Test func aRecipe() async throws {
        try await with { sandbox, image in
            func write(_ options: String) throws {
                let text = "version: 2\nrepository: \(Self.fqrn)\n\(options)images:\n  - \(image)\n"
                try text.write(toFile: sandbox.path.appending("r.yaml").string, atomically: true, encoding: .utf8)
            }
            try write("defaults: { user: foo }\n")
            try await sandbox.succeed("recipe", "apply", "r.yaml")
            let refused = try await sandbox.wafer("convert")
            #expect(refused.code == 3 && refused.text.contains("write `private: allow` at its entry of the recipe"))
            try write("defaults: { user: foo, private: allow }\n")
            let diff = try await sandbox.succeed("recipe", "diff", "r.yaml")
            #expect(diff.contains("private: allowed, before: refused"), "\(diff)")
            try await sandbox.succeed("recipe", "apply", "r.yaml")
            #expect(try await sandbox.succeed("convert").contains("converted, revision 2"))
        }
    }
}
