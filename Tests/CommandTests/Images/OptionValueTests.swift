import TestSupport
import Testing

/// Values of options as people type them.
@Suite struct OptionValueTests {
    private static let fqrn = "cd.cern.ch"

    @Test(
        arguments: [
            ("flat", "layers,flat"), ("podman", "layers,podman"), ("flat, layers", "flat,layers"),
            (" flat ,podman,", "layers,flat,podman"),
        ]
    )
    func layersAreAmongTheFormats(typed: String, formats: String) async throws {
        try await withImage(in: Self.fqrn) { sandbox, _, input in
            try await sandbox.desire(input, in: Self.fqrn, "--formats", typed)
            #expect(try await sandbox.succeed("status", "1").contains(Regex("\nFormats +\(formats)\n")))
            try await sandbox.succeed("set-desiderata", "1", "--formats", "layers")
            try await sandbox.succeed("set-desiderata", "1", "--formats", typed)
            #expect(try await sandbox.succeed("status", "1").contains(Regex("\nFormats +\(formats)\n")))
        }
    }

    @Test func anArchitectureAloneIsOneOfLinux() async throws {
        try await withImage(in: Self.fqrn) { sandbox, _, input in
            try await sandbox.desire(input, in: Self.fqrn, "--platform", "x86_64", "--platform", "arm64")
            #expect(try await sandbox.succeed("status", "1").contains(/\nFor Platforms +linux\/amd64,linux\/arm64\n/))
            for command in [
                ["convert-image", input, Self.fqrn], ["set-desiderata", "1"], ["convert"], ["loop"],
                ["inspect", input],
                ["download-manifest", input], ["verify", input], ["add-desiderata", "-i", input, "-r", Self.fqrn],
            ] {
                for (typed, message) in [
                    ("linux", "is an operating system alone: name an architecture, too, as linux/amd64"),
                    ("amd65", "must have the form OS/ARCHITECTURE[/VARIANT], as linux/amd64, or be one of Linux's"),
                ] {
                    let outcome = try await sandbox.wafer(command + ["--platform", typed])
                    #expect(outcome.code == 64 && outcome.errors.contains(message), "\(command): \(outcome.errors)")
                }
            }
            #expect(try await sandbox.succeed("download-manifest", input, "--platform", "amd64").hasPrefix("{"))
            try await sandbox.succeed("set-desiderata", "1", "--platform", "arm/v7", "--platform", "arm64/v8")
            #expect(
                try await sandbox.succeed("status", "1").contains(/\nFor Platforms +linux\/arm\/v7,linux\/arm64\/v8\n/)
            )
        }
    }

    @Test func valuesThatCannotBeTakenAreUsageErrors() async throws {
        try await withImage(in: Self.fqrn) { sandbox, registry, input in
            let cases: [([String], String)] = [
                (["--as", ".x"], "does not begin with a dot"), (["--as", "podmanStore/x"], "or with podmanStore"),
                (["--as", "a$(b"], "clients expand"), (["--as", "a/../b"], "not valid"),
                (["--as", "/"], "name a path"),
                (["--output-image", "x:y:z"], "output image: "), (["--output-image", input], "is the input image"),
                (["--user-output", "foo"], "nobody logs in where nothing is pushed"),
                (["--as", "x", "--formats", "podman"], "add flat"),
            ]
            for (arguments, message) in cases {
                let outcome = try await sandbox.wafer(["convert-image", input, Self.fqrn] + arguments)
                #expect(outcome.code == 64 && outcome.errors.contains(message), "\(outcome.errors)")
            }
            let name = try await sandbox.wafer("convert-image", input, "cd cern")
            #expect(name.code == 64 && name.errors.contains("cannot name a repository"))
            let image = try await sandbox.wafer("convert-image", "a b", Self.fqrn)
            #expect(image.code == 64 && image.errors.contains("must not contain blanks"))
            #expect(registry.requests.isEmpty)
        }
    }

    @Test func oppositeFlagsDoNotGoTogether() async throws {
        let sandbox = try Sandbox()
        for command in [
            ["set", Self.fqrn], ["create", Self.fqrn, "--storage", "srv"],
            ["add", Self.fqrn, "--storage", "srv", "--keys", "keys"],
        ] {
            let outcome = try await sandbox.wafer(["repository"] + command + ["--setuid", "--no-setuid"])
            #expect(outcome.code == 64 && outcome.errors.contains("setuid"), "\(command): \(outcome.errors)")
        }
    }

    @Test func aNameWithoutRoomIsToldBeforeAnythingIsDownloaded() async throws {
        try await withImage(in: Self.fqrn) { sandbox, registry, input in
            try await sandbox.succeed("convert-image", input, Self.fqrn, "--as", "tools/app")
            try registry.addImage("other", tag: "1", layers: [Layers.application])
            let made = try await sandbox.shell(
                "mkdir d && tar -c -C d . | \"$wafer\" repository ingest \(Self.fqrn) /own/1 -"
            )
            #expect(made.code == 0, "\(made.errors)")
            let before = try await sandbox.succeed("repository", "ls", Self.fqrn, "/", "-R")
            registry.forgetRequests()
            for (name, fault, there) in [
                ("tools", "/tools in \(Self.fqrn) is a directory", ""),
                ("own/1", "/own/1 in \(Self.fqrn) is a directory", ""),
                (
                    "tools/app/x/y",
                    "/tools/app/x/y cannot be a name in \(Self.fqrn): /tools/app is the name of an image, which goes with "
                        + "its next conversion where it is a former one",
                    "/tools/app"
                ),
            ] {
                let outcome = try await sandbox.wafer(
                    "convert-image",
                    registry.reference("other:1"),
                    Self.fqrn,
                    "--as",
                    name
                )
                let step =
                    "name another path with --as"
                    + (there.isEmpty
                        ? "" : ", or remove what is there with `wafer repository rm \(Self.fqrn) \(there)`")
                #expect(outcome.code == 3 && outcome.errors == "wafer: error: \(fault): \(step)\n", "\(outcome.errors)")
            }
            try await sandbox.succeed("repository", "set", Self.fqrn, "--names", "tools/app/{repository}:{reference}")
            let outcome = try await sandbox.wafer(
                "add-desiderata",
                "-i",
                registry.reference("other:1"),
                "-r",
                Self.fqrn
            )
            #expect(
                outcome.code == 3 && outcome.text.contains(": /tools/app is the name of an image")
            )
            // The configuration alone.
            #expect(Set(registry.fetchedBlobs).count == 1)
            #expect(try await sandbox.succeed("repository", "ls", Self.fqrn, "/", "-R") == before)
        }
    }
}
