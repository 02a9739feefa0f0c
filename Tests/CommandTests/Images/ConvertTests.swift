import Foundation
import TestSupport
import Testing

/// The commands of the document's session against a registry that asks for passwords.
@Suite struct ConvertTests {
    private static let fqrn = "cd.cern.ch"

    /// Runs `body` in a folder with a database, a user and a repository.
    private func withSession(
        faults: InMemoryRegistryFaults = InMemoryRegistryFaults(),
        _ body: (Sandbox, InMemoryRegistry) async throws -> Void
    ) async throws {
        try await InMemoryRegistry.with(.basic(["foo": "very secret"]), faults: faults) { registry in
            let sandbox = try Sandbox()
            try await sandbox.succeed("init")
            try await sandbox.succeed(
                "add-user",
                "-u",
                "foo",
                "-r",
                registry.host,
                "--password-stdin",
                input: "very secret"
            )
            try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv")
            try registry.addImage("app", tag: "1", layers: [Layers.base, Layers.application])
            try await body(sandbox, registry)
        }
    }

    private func add(_ registry: InMemoryRegistry, _ tag: String = "1", _ more: [String] = []) -> [String] {
        [
            "add-desiderata", "-i", registry.reference("app:\(tag)"), "-o", registry.reference("thin/app:\(tag)"),
            "-r", Self.fqrn, "-a", "foo", "-b", "foo", "--allow-private",
        ] + more
    }

    @Test func addingConverts() async throws {
        try await withSession { sandbox, registry in
            let outcome = try await sandbox.wafer(add(registry))
            #expect(outcome.code == 0)
            let lines = outcome.text.split(separator: "\n")
            #expect(lines.first == "added desiderata 1")
            #expect(
                lines.last?.hasPrefix(
                    "desiderata 1 (\(registry.reference("app:1"))): converted, revision 2: 2 layers new ("
                ) == true
            )
            #expect(outcome.errors.matches(of: #/layer sha256:[0-9a-f]{12}: begins,/#).count == 2)
            #expect(
                outcome.errors.matches(of: #/layer sha256:[0-9a-f]{12}: done, .*/s; content: .* new, .* known/#).count
                    == 2
            )
            #expect(!(outcome.text + outcome.errors).contains("very secret"))
            #expect(registry.manifest("thin/app", "1") != nil)
            // Once more it is there already; a conversion finds it up to date.
            let again = try await sandbox.wafer(add(registry))
            #expect(again.code == 1)
            let known = "this desiderata is already in the database, as number 1: `wafer convert 1` converts it"
            #expect(again.errors == "wafer: error: \(known)\n")
            #expect(try await sandbox.succeed("convert").hasSuffix(": up to date, revision 2\n"))
            let motd = try await sandbox.succeed("repository", "check", Self.fqrn)
            #expect(motd.hasPrefix("cd.cern.ch is sound"))
            #expect(try await sandbox.succeed("verify", registry.reference("app:1")).contains("is equal to"))
        }
    }

    @Test func dryRunChangesNothing() async throws {
        try await withSession { sandbox, registry in
            _ = try await sandbox.wafer(add(registry, "1", ["--no-convert"]))
            registry.forgetRequests()
            let plan = try await sandbox.succeed("convert", "--dry-run")
            #expect(plan.contains("would download 2 of 2 layers"))
            #expect(plan.matches(of: #/  new    sha256:[0-9a-f]{64}/#).count == 2)
            #expect(plan.contains("would push \(registry.reference("thin/app:1")) as sha256:"))
            #expect(registry.manifest("thin/app", "1") == nil)
            #expect(try await sandbox.succeed("status", "--format", "json").contains("\"state\" : \"never converted\""))
            try await sandbox.succeed("convert")
            #expect(try await sandbox.succeed("convert", "1", "--dry-run").hasSuffix(": up to date\n"))
        }
    }

    @Test func oneThatFailsDoesNotStopTheOthers() async throws {
        try await withSession { sandbox, registry in
            try registry.addImage("app", tag: "2", layers: [Layers.base])
            _ = try await sandbox.wafer(add(registry, "1", ["--no-convert"]))
            _ = try await sandbox.wafer(add(registry, "2", ["--no-convert"]))
            try registry.addImage("app", tag: "1", layers: [.tar([1, 2, 3])])
            let outcome = try await sandbox.wafer("convert")
            #expect(outcome.code == 3)
            let lines = outcome.text.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines[0].contains("): failed: "))
            #expect(lines[1].contains("): converted, revision 2"))
            #expect(outcome.errors.hasSuffix("wafer: error: 1 of 2 desideratas was not converted\n"))
            let status = try await sandbox.succeed("status")
            #expect(status.contains(/\| failed +\|/))
            #expect(status.contains("\ndesiderata 1 failed at 2"))
            let one = try await sandbox.succeed("status", "2")
            #expect(one.contains(/\nState +up to date\n/))
            #expect(!one.contains("Last Error"))
            #expect(try await sandbox.wafer("convert", "2").code == 0)
            #expect(try await sandbox.wafer("convert", "1").code == 3)
            let unknown = try await sandbox.wafer("convert", "2", "7")
            #expect(unknown.code == 1)
            #expect(unknown.text == "")
            #expect(unknown.errors.contains("no desiderata 7"))
        }
    }

    @Test func addingRefusesInTheDocumentsOrder() async throws {
        try await withSession { sandbox, registry in
            let bad = try await sandbox.wafer("add-desiderata", "-i", "x:y:z", "-o", "R.org/UP", "-r", "r.org")
            #expect(bad.code == 64 && bad.errors.hasPrefix("Error: input image: "))
            var unknownUser = add(registry)
            unknownUser[8] = "bar"
            let user = try await sandbox.wafer(unknownUser)
            #expect(user.errors.contains("wafer add-user --username bar"))
            let missing = try await sandbox.wafer(add(registry, "none"))
            #expect(missing.errors.contains("cannot fetch the manifest of \(registry.reference("app:none"))"))
            var same = add(registry)
            same[4] = same[2]
            let twin = try await sandbox.wafer(same)
            #expect(twin.code == 64 && twin.errors.contains("the output image is the input image"))
            for outcome in [user, missing] {
                #expect(outcome.code == 1)
                #expect(outcome.errors.split(separator: "\n").count == 1)
            }
            #expect(try await sandbox.succeed("list-desideratas", "-z").split(separator: "\n").count == 1)
            #expect(try await sandbox.succeed("list-images", "-z").split(separator: "\n").count == 1)
        }
    }

    @Test func aRepositoryThatIsNotRegisteredIsAWarning() async throws {
        try await withSession { sandbox, registry in
            var arguments = add(registry, "1", ["--no-convert"])
            arguments[6] = "other.org"
            let outcome = try await sandbox.wafer(arguments)
            #expect(outcome.code == 0)
            #expect(outcome.text == "added desiderata 1\n")
            #expect(
                outcome.errors.contains("warning: repository other.org is not registered: `wafer repository create")
            )
            #expect(try await sandbox.wafer("convert").code == 3)
        }
    }

    @Test func aFailedConversionLeavesTheDesiderataInPlace() async throws {
        var faults = InMemoryRegistryFaults()
        faults.damagesBlobs = true
        try await withSession(faults: faults) { sandbox, registry in
            let outcome = try await sandbox.wafer(add(registry))
            #expect(outcome.code == 3)
            #expect(outcome.text.hasPrefix("added desiderata 1\n"))
            #expect(outcome.errors.hasSuffix("was added, but not converted: `wafer convert` tries again\n"))
            #expect(try await sandbox.succeed("list-desideratas", "-z").split(separator: "\n").count == 2)
            #expect(try await sandbox.succeed("repository", "info", Self.fqrn).contains(/\nRevision +1\n/))
        }
    }

    @Test func anotherPlatformIsSaidOnceAndNothingBegins() async throws {
        try await withSession { sandbox, registry in
            let (host, wanted) = (registry.reference("app:1"), ["--platform", "linux/arm64"])
            let warning =
                "wafer: warning: \(host): the image's platform (linux/amd64) does not match the wanted one (linux/arm64)\n"
            let first = try await sandbox.wafer(add(registry))
            #expect(first.errors.contains("desiderata 1 (\(host)): begins\n") && !first.errors.contains("platform"))
            // Without an index there is one image, whatever is wanted: nothing is to be done.
            for _ in 0..<2 {
                registry.forgetRequests()
                let other = try await sandbox.wafer(["convert", "1"] + wanted)
                #expect(other.code == 0 && other.text.hasSuffix("): up to date, revision 2\n"))
                #expect(other.errors.hasSuffix(warning) && other.errors.split(separator: "\n").count == 1)
                #expect(registry.requests.allSatisfy { $0.method == "HEAD" })
            }
            #expect(try await sandbox.wafer("convert", "1").errors == "")
            let plan = try await sandbox.wafer(["convert", "1", "--dry-run"] + wanted)
            #expect(plan.code == 0 && plan.errors.hasSuffix(warning))
            let again = try await sandbox.wafer(["convert", "1", "-g", "--progress", "json"] + wanted)
            #expect(again.errors.matches(of: #/"platform_differs"/#).count == 1)
            #expect(again.errors.contains("\"wanted\":\"linux/arm64\"") && again.errors.contains("): begins\n"))
            let verified = try await sandbox.wafer(["verify", host] + wanted)
            #expect(verified.code == 0 && verified.errors.contains(warning))
        }
    }

    @Test func verifyShowsDifferences() async throws {
        try await withSession { sandbox, registry in
            _ = try await sandbox.wafer(add(registry))
            try registry.addImage("app", tag: "1", layers: [Layers.application])
            let outcome = try await sandbox.wafer("verify", registry.reference("app:1"), "--format", "json")
            #expect(outcome.code == 1)
            #expect(outcome.text.contains("\"equal\" : false"))
            let unknown = try await sandbox.wafer("verify", registry.reference("app:9"))
            #expect(unknown.errors.contains("name the repository with --repository"))
        }
    }
}

/// The layers of a small image.
enum Layers {
    static let base = InMemoryRegistry.Layer.tar(
        TarBuilder.archive { tar in
            tar.directory("etc/")
            tar.file("etc/motd", "welcome\n")
        }
    )
    static let application = InMemoryRegistry.Layer.tar(
        TarBuilder.archive { tar in
            tar.file("etc/.wh.motd")
            tar.file("app", "#!/bin/sh\n") { $0.mode = 0o4755 }
        }
    )
}
