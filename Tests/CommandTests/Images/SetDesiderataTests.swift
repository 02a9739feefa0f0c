import TestSupport
import Testing

/// Desideratas that are changed after they were added.
@Suite struct SetDesiderataTests {
    private static let fqrn = "cd.cern.ch"

    private func withSession(_ body: (Sandbox, InMemoryRegistry, [String]) async throws -> Void) async throws {
        try await InMemoryRegistry.with { registry in
            try await withRepository(Self.fqrn) { sandbox in
                try registry.addImage("app", tag: "1", layers: [Layers.base, Layers.application])
                try await body(
                    sandbox,
                    registry,
                    ["add-desiderata", "-r", Self.fqrn, "--no-convert", "-i", registry.reference("app:1")]
                )
            }
        }
    }

    @Test func aNewOutputImageIsPushedAndNothingElseDone() async throws {
        try await withSession { sandbox, registry, add in
            let (first, second) = (registry.reference("thin/app:1"), registry.reference("thin/app:2"))
            let added = try await sandbox.wafer(add + ["--formats", "layers,thin", "-o", first])
            #expect(added.code == 0, "\(added.errors)")
            #expect(try await sandbox.succeed("convert").contains("): converted, revision 2"))
            #expect(try await sandbox.succeed("convert").hasSuffix("): up to date, revision 2\n"))
            #expect(
                try await sandbox.succeed("set-desiderata", "1", "-o", second)
                    == "output image: \(second), before: \(first)\nchanged desiderata 1: the next pass makes what is new "
                    + "and takes away what is no longer wanted (wafer convert 1, or wafer loop)\n"
            )
            let status = try await sandbox.succeed("status", "1")
            #expect(status.contains(second) && !status.contains("Thin Image Digest"))
            #expect(status.contains(/\nState +published, not pushed\n/))
            #expect(registry.manifest("thin/app", "2") == nil)
            registry.forgetRequests()
            #expect(try await sandbox.succeed("convert").contains("): converted, revision 2: 0 layers new"))
            #expect(registry.manifest("thin/app", "2") != nil)
            #expect(registry.manifest("thin/app", "1") == registry.manifest("thin/app", "2"))
            #expect(try await sandbox.succeed("convert").hasSuffix("): up to date, revision 2\n"))
            #expect(try await sandbox.succeed("status", "1").contains(/\nThin Image Digest +sha256:/))
            #expect(
                try await sandbox.succeed("set-desiderata", "1", "-o", second) == "desiderata 1 was like that already\n"
            )
        }
    }

    @Test func formatsPlatformsAndNoOutputImage() async throws {
        try await withSession { sandbox, registry, add in
            let thin = registry.reference("thin/app:1")
            let all = try await sandbox.wafer(add + ["--platform", "all", "-o", thin])
            #expect(all.text == "added desiderata 1\n", "\(all.errors)")
            #expect(
                try await sandbox.succeed("list-desideratas", "--format", "json").contains(
                    /"platforms" : \[\s+"all"\s+\]/
                )
            )
            #expect(try await sandbox.succeed("status", "1").contains(/\nFor Platforms +all\n/))
            let changed = try await sandbox.succeed(
                "set-desiderata",
                "1",
                "--formats",
                "layers,flat,podman,thin",
                "--platform",
                "linux/arm64",
                "--platform",
                "linux/amd64"
            )
            #expect(
                changed.hasPrefix(
                    "formats: layers,flat,podman,thin, before: layers,flat,thin\n"
                        + "platforms: linux/arm64,linux/amd64, before: all\nchanged desiderata 1"
                )
            )
            let without = try await sandbox.succeed("set-desiderata", "1", "--no-output-image")
            #expect(without.contains("formats: layers,flat,podman, before: layers,flat,podman,thin\n"))
            #expect(without.contains("output image: none, before: \(thin)\n"))
            try await sandbox.succeed("set-desiderata", "1", "--formats", "layers,flat", "--platform", "linux/amd64")
            let table = try await sandbox.succeed("list-desideratas")
            #expect(table.contains(/\| layers,flat +\|/))
            #expect(try await sandbox.succeed("convert").contains("): converted, revision 2"))
            try await sandbox.succeed("set-desiderata", "1", "--formats", "layers")
            let waiting = try await sandbox.succeed("status", "1")
            #expect(
                waiting.contains(/\nState +changed, not converted yet\n/) && !waiting.contains("\nTree "),
                "\(waiting)"
            )
            #expect(try await sandbox.succeed("convert").contains("): converted, revision 3: 0 layers new"))
            #expect(try await sandbox.succeed("status", "1").contains(/\nState +up to date\n/))
            try await sandbox.succeed("set-desiderata", "1", "--formats", "layers,flat")
            #expect(try await sandbox.succeed("convert").contains("): converted, revision 4: 0 layers new"))
            // Thin comes back with its name.
            let back = try await sandbox.succeed("set-desiderata", "1", "-o", thin)
            #expect(
                back.hasPrefix("formats: layers,flat,thin, before: layers,flat\noutput image: \(thin), before: none\n")
            )
            #expect(try await sandbox.succeed("convert").contains("): converted, revision 4: 0 layers new"))
        }
    }

    @Test func whatCannotBeIsRefused() async throws {
        try await withSession { sandbox, registry, add in
            let (input, thin) = (registry.reference("app:1"), registry.reference("thin/app:1"))
            #expect(try await sandbox.wafer(add).code == 0)
            let before = try await sandbox.succeed("list-desideratas", "--format", "json")
            let usage: [([String], String)] = [
                ([], "nothing to set"),
                (["--formats", "layers,flax"], "there is no format flax, only layers, flat, podman"),
                (["--platform", "linux"], "name an architecture, too, as linux/amd64"),
                (["--platform", "all", "--platform", "linux/amd64"], "no other with it"),
                (["-o", thin, "--no-output-image"], "does not go together"),
                (["-o", input], "the output image is the input image"), (["-o", "x:y:z"], "output image: "),
                (["-b", "foo", "--no-output-image"], "does not go together"),
            ]
            for (arguments, message) in usage {
                let outcome = try await sandbox.wafer(["set-desiderata", "1"] + arguments)
                #expect(outcome.code == 64 && outcome.errors.contains(message), "\(outcome.errors)")
            }
            let refused: [([String], String)] = [
                (["1", "-o", thin, "-b", "foo"], "there is no user foo of "), (["1", "-b", "foo"], "pushes nothing"),
                (["1", "--formats", "layers,thin"], "a thin image needs a name"),
                (["2", "--formats", "layers"], "no desiderata 2"),
                (["1", "-o", thin, "--formats", "layers"], "add thin"),
            ]
            for (arguments, message) in refused {
                let outcome = try await sandbox.wafer(["set-desiderata"] + arguments)
                #expect(outcome.code == 1 && outcome.errors.contains(message), "\(outcome.errors)")
            }
            #expect(try await sandbox.succeed("list-desideratas", "--format", "json") == before)
            #expect(try await sandbox.succeed("convert").contains("): converted"))
        }
    }

    @Test func theUserOfTheRegistryStays() async throws {
        try await withSession { sandbox, registry, add in
            let (first, second) = (registry.reference("thin/app:1"), registry.reference("thin/app:2"))
            for name in ["foo", "bar"] {
                let user = ["add-user", "-u", name, "-r", registry.reference("").dropLast().description, "-p", "x"]
                #expect(try await sandbox.wafer(user).code == 0)
            }
            #expect(try await sandbox.wafer(add + ["-o", first, "-b", "foo"]).code == 0)
            let moved = try await sandbox.succeed("set-desiderata", "1", "-o", second)
            #expect(moved.hasPrefix("output image: \(second) (user foo), before: \(first) (user foo)\n"))
            let other = try await sandbox.succeed("set-desiderata", "1", "-b", "bar")
            #expect(other.hasPrefix("output image: \(second) (user bar), before: \(second) (user foo)\n"))
            let away = try await sandbox.succeed("set-desiderata", "1", "-o", "https://quay.io/thin/app:2")
            #expect(away.hasPrefix("output image: https://quay.io/thin/app:2, before: \(second) (user bar)\n"))
        }
    }

    @Test func twoImagesOfOneName() async throws {
        try await withSession { sandbox, registry, add in
            let user = ["add-user", "-u", "foo", "-r", registry.reference("").dropLast().description, "-p", "x"]
            #expect(try await sandbox.wafer(user).code == 0)
            #expect(try await sandbox.wafer(add).code == 0)
            let second = try await sandbox.wafer(add + ["-a", "foo"])
            #expect(
                second.code == 1
                    && second.errors.contains("desiderata 1, of \(registry.reference("app:1")), has the name")
            )
            #expect(try await sandbox.wafer(add + ["-a", "foo", "--formats", "layers"]).text == "added desiderata 2\n")
            let set = try await sandbox.wafer("set-desiderata", "2", "--formats", "layers,flat")
            #expect(set.code == 1 && set.errors.contains("and desiderata 2 would have the same name in \(Self.fqrn)"))
            try await sandbox.succeed("set-desiderata", "1", "--formats", "layers")
            try await sandbox.succeed("set-desiderata", "2", "--formats", "layers,flat")
        }
    }
}
