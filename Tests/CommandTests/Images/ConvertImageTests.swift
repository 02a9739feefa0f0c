import TestSupport
import Testing

/// `convert-image` beside desideratas, and what it ends with.
@Suite struct ConvertImageTests {
    private static let fqrn = "cd.cern.ch"

    private func withSession(_ body: (Sandbox, InMemoryRegistry) async throws -> Void) async throws {
        try await InMemoryRegistry.with { registry in
            try await withRepository(Self.fqrn) { sandbox in
                try registry.addImage("app", tag: "1", layers: [Layers.base])
                try registry.addImage("other", tag: "1", layers: [Layers.application])
                try await body(sandbox, registry)
            }
        }
    }

    @Test func aNameOfADesiderataIsRefusedBeforeAnythingIsDownloaded() async throws {
        try await withSession { sandbox, registry in
            let (app, other) = (registry.reference("app:1"), registry.reference("other:1"))
            try await sandbox.succeed("add-desiderata", "-i", app, "-r", Self.fqrn, "--formats", "flat,podman")
            let before = try await sandbox.succeed("repository", "ls", Self.fqrn, "/", "-R")
            registry.forgetRequests()
            let name = "\(registry.host)/app:1"
            for (arguments, message) in [
                (
                    ["--as", name],
                    "/\(name) in cd.cern.ch is the name of desiderata 1 (\(app)): name another path with --as"
                ),
                (
                    ["--as", name + "/x"],
                    "/\(name)/x in cd.cern.ch lies below /\(name), the name of desiderata 1 (\(app)): "
                ),
            ] {
                let refused = try await sandbox.wafer(["convert-image", other, Self.fqrn] + arguments)
                #expect(refused.code == 1 && refused.errors.contains(message), "\(refused.errors)")
            }
            let arm = try await sandbox.wafer("convert-image", app, Self.fqrn, "--platform", "arm64")
            #expect(
                arm.code == 1
                    && arm.errors.contains(
                        "/\(name) in cd.cern.ch is the name of desiderata 1 (\(app), for linux/amd64): "
                    )
            )
            #expect(registry.requests.isEmpty)
            #expect(try await sandbox.succeed("repository", "ls", Self.fqrn, "/", "-R") == before)

            // The same image for the same platform, and names that are free.
            #expect(try await sandbox.succeed("convert-image", app, Self.fqrn).contains(": up to date"))
            try await sandbox.succeed("convert-image", other, Self.fqrn, "--as", "tools/other")
            #expect(try await sandbox.succeed("convert").hasSuffix("): up to date, revision 2\n"))
        }
    }

    @Test func anImageThatFailsEndsWith3AndWhatCannotBeginWith1() async throws {
        try await withSession { sandbox, registry in
            let missing = try await sandbox.wafer("convert-image", registry.reference("none:1"), Self.fqrn)
            #expect(missing.code == 3 && missing.text == "" && missing.errors.contains("none:1"), "\(missing.errors)")
            let file = try await sandbox.wafer("convert-image", "oci:/nowhere:1", Self.fqrn)
            #expect(file.code == 3 && file.errors.hasPrefix("wafer: error: "), "\(file.errors)")
            let app = registry.reference("app:1")
            let unknown = try await sandbox.wafer("convert-image", app, "no.cern.ch")
            #expect(unknown.code == 1 && unknown.errors.contains("no.cern.ch is not registered"), "\(unknown.errors)")
            for user in [["--user-input", "me"], ["--user-output", "me", "-o", registry.reference("thin/app:1")]] {
                let nobody = try await sandbox.wafer(["convert-image", app, Self.fqrn] + user)
                #expect(nobody.code == 1 && nobody.errors.contains("no user me "), "\(nobody.errors)")
            }
            try await sandbox.succeed("convert-image", app, Self.fqrn)
            let help = try await sandbox.succeed("convert-image", "--help")
            #expect(help.contains("  3   the image could not be converted\n"))
        }
    }

    @Test func twoDesideratasForOnePlatformEachAreRefused() async throws {
        try await withSession { sandbox, registry in
            let add = ["add-desiderata", "-i", registry.reference("app:1"), "-r", Self.fqrn, "--no-convert"]
            let thin = [
                "--formats", "podman,thin", "-o", registry.reference("thin/app:1"), "--platform", "linux/arm/v7",
            ]
            #expect(try await sandbox.wafer(add + thin).code == 0)
            let flat = try await sandbox.wafer(add + ["--formats", "flat", "--platform", "linux/amd64"])
            let step = "set-desiderata 1 --platform linux/arm/v7 --platform linux/amd64"
            #expect(flat.code == 1 && flat.errors.contains("desiderata 1, of "), "\(flat.errors)")
            #expect(flat.errors.hasSuffix("`wafer \(step)` makes one desiderata for both\n"), "\(flat.errors)")
            let changed = try await sandbox.wafer(step.split(separator: " ").map(String.init))
            #expect(changed.code == 0, "\(changed.errors)")
        }
    }
}
