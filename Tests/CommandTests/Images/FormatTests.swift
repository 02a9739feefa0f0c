import OCI
import TestSupport
import Testing

/// Desideratas without a thin image.
@Suite struct FormatTests {
    private static let fqrn = "cd.cern.ch"

    @Test func layersAreAllThatIsWanted() async throws {
        try await withImage(in: Self.fqrn) { sandbox, registry, input in
            let add = ["add-desiderata", "-i", input, "-r", Self.fqrn, "--no-convert", "--formats", "layers"]
            #expect(try await sandbox.wafer(add).text == "added desiderata 1\n")
            let again = try await sandbox.wafer(add)
            #expect(again.code == 1 && again.errors.contains("already in the database, as number 1: `wafer convert 1`"))
            let other = try await sandbox.wafer(add + ["--platform", "linux/arm64"])
            #expect(
                other.code == 1 && other.errors.contains("as number 1, for linux/amd64, not linux/arm64: ")
                    && other.errors.contains("`wafer set-desiderata 1` changes")
            )
            #expect(try await sandbox.succeed("list-desideratas", "-z").split(separator: "\n").count == 2)
            let plan = try await sandbox.succeed("convert", "--dry-run")
            #expect(plan.contains("would download 2 of 2 layers") && !plan.contains("would push"))
            registry.forgetRequests()
            let converted = try await sandbox.succeed("convert")
            #expect(converted.contains("): converted, revision 2: 2 layers new (") && converted.hasSuffix("0 known\n"))
            #expect(try await sandbox.succeed("convert").hasSuffix("): up to date, revision 2\n"))
            #expect(try await sandbox.succeed("convert", "--dry-run").hasSuffix("): up to date\n"))
            #expect(try await sandbox.succeed("convert", "-g").contains("): converted, revision 2: 0 layers new"))
            #expect(Set(registry.requests.map(\.method)).isSubset(of: ["GET", "HEAD"]))
            #expect(try await sandbox.succeed("verify", input).contains("is equal to"))

            let status = try await sandbox.succeed("status", "1")
            #expect(status.contains(/\nState +up to date\n/) && status.contains(/\nRevision +2\n/))
            #expect(!status.contains("Output Image") && !status.contains("Thin Image"))
            #expect(status.contains(/\nFormats +layers\n/) && status.contains(/\nFor Platforms +linux\/amd64\n/))
            let json = try await sandbox.succeed("status", "--format", "json")
            #expect(json.contains(/"formats" : \[\s+"layers"\s+\]/) && json.contains("\"platforms\" : ["))
            #expect(json.contains("\"output_image_name\" : null") && json.contains("\"up_to_date\" : true"))
        }
    }

    @Test func theFormOfAThinImageIsChosen() async throws {
        try await withImage(in: Self.fqrn) { sandbox, registry, input in
            func type(_ name: String) throws -> MediaType {
                try RawManifest(bytes: try #require(registry.manifest(name, "1"))).mediaType
            }
            let add = ["add-desiderata", "-i", input, "-r", Self.fqrn, "-o", registry.reference("thin/app:1")]
            let wrong = try await sandbox.wafer(add + ["--thin-format", "tar"])
            #expect(wrong.code == 64 && wrong.errors.contains("docker") && wrong.errors.contains("oci"))
            #expect(try await sandbox.wafer(add + ["--thin-format", "oci"]).code == 0)
            #expect(try type("thin/app") == .ociManifest)
            #expect(try await sandbox.succeed("convert", "-g").contains("converted"))
            #expect(try type("thin/app") == .dockerManifest)

            registry.faults.dockerRefusal = (415, "UNSUPPORTED")
            let again = try await sandbox.wafer("convert", "-g")
            #expect(again.code == 0 && again.errors.contains("takes no Docker manifests"))
            #expect(try type("thin/app") == .ociManifest)
        }
    }

    @Test func listsTellTheFormatsWhereTheyDiffer() async throws {
        try await withImage(in: Self.fqrn) { sandbox, registry, input in
            let thin = registry.reference("thin/app:1")
            let usual = ["add-desiderata", "-i", input, "-o", thin, "-r", Self.fqrn, "--no-convert"]
            #expect(try await sandbox.wafer(usual + ["--formats", "layers,thin"]).code == 0)
            #expect(try await sandbox.succeed("list-desideratas").contains("OUTPUT IMAGE NAME"))
            let plain = try await sandbox.succeed("list-desideratas")
            #expect(!plain.contains("FORMATS") && !plain.contains("PLATFORMS"))
            #expect(
                try await sandbox.succeed("list-desideratas", "-z").hasPrefix("id,input_image_id,input_image_name,")
            )
            let more = ["-r", Self.fqrn, "--no-convert", "--formats", "layers", "--platform", "all"]
            #expect(try await sandbox.wafer(["add-desiderata", "-i", input] + more).code == 0)
            let table = try await sandbox.succeed("list-desideratas")
            #expect(
                table.contains("FORMATS") && table.contains(/\| layers,thin +\|/) && table.contains(/\| layers +\|/)
            )
            let csv = try await sandbox.succeed("list-desideratas", "-z").split(separator: "\n")
            #expect(csv[0].hasSuffix(",output_image_name,formats,platforms"))
            #expect(csv[1].hasSuffix(",\(thin),\"layers,thin\",linux/amd64"))
            #expect(csv[2].hasSuffix(",cd.cern.ch,,,layers,all"))
            #expect(table.contains("PLATFORMS") && table.contains(/\| all +\|/))
            let json = try await sandbox.succeed("list-desideratas", "--format", "json")
            #expect(json.contains(/"formats" : \[\s+"layers",\s+"thin"\s+\]/))
            #expect(json.contains(/"platforms" : \[\s+"all"\s+\]/))
            #expect(json.contains("\"output_image_id\" : null"))
        }
    }

    @Test func usageErrorsSayWhatToDo() async throws {
        try await withImage(in: Self.fqrn) { sandbox, registry, input in
            let thin = registry.reference("thin/app:1")
            let cases: [([String], String)] = [
                (["--formats", "layers,thin"], "a thin image needs a name: name the output image, or leave thin out"),
                (["-o", thin, "--formats", "layers"], "add thin, or leave the output image out"),
                (["--formats", "thin"], "a thin image needs a name: name the output image, or leave thin out"),
                (["--formats", " , "], "no format is named: name one of layers, flat, podman, thin"),
                (["--formats", "layers,flax"], "there is no format flax, only layers, flat, podman, thin"),
                (["--user-output", "foo"], "nobody logs in where nothing is pushed: name the output image"),
                (["-o", "x:y:z"], "output image: "), (["-o", input], "the output image is the input image"),
                (["-r", "cd cern"], "cannot name a repository"),
                (["--convert", "--no-convert"], "no-convert"),
            ]
            for (arguments, message) in cases {
                let outcome = try await sandbox.wafer(["add-desiderata", "-i", input, "-r", Self.fqrn] + arguments)
                #expect(outcome.code == 64, "\(arguments)")
                #expect(outcome.errors.contains(message), "\(outcome.errors)")
            }
            #expect(registry.requests.isEmpty)
            #expect(try await sandbox.succeed("list-desideratas", "--format", "json") == "[]\n")
        }
    }
}
