import Foundation
import TestSupport
import Testing

@Suite("Commands that remove")
struct RemovalCommandTests {
    private static let fqrn = "cd.cern.ch"

    @Test("from a desiderata that is removed to objects that are gone, each step with a dry run that tells the truth")
    func everyStep() async throws {
        try await withImage(in: Self.fqrn) { sandbox, registry, image in
            try await sandbox.desire(image, in: Self.fqrn)
            try await sandbox.succeed("convert")
            try await sandbox.succeed("remove-desiderata", "1")
            let young = try await sandbox.succeed("prune")
            #expect(young == "\(Self.fqrn): nothing to remove; 1 more wait until they are old enough\n")
            let plan = try await sandbox.succeed("prune", "--grace", "0s", "--dry-run")
            #expect(plan.contains("would remove \(image), unwanted since "), "\(plan)")
            #expect(
                plan.contains("\(Self.fqrn): would remove 1 image, 2 layers, 0 former root file systems\n"),
                "\(plan)"
            )
            let done = try await sandbox.succeed("prune", Self.fqrn, "--grace", "0s")
            #expect(done.contains("\(Self.fqrn): removed 1 image, 2 layers, 0 former root file systems, revision 3\n"))
            let listing = try await sandbox.succeed("repository", "ls", Self.fqrn, "/.layers")
            #expect(listing == ".cvmfscatalog\n")
            // Whoever asks for revisions to be kept keeps those of the last days all the same.
            let kept = try await sandbox.succeed("repository", "gc", Self.fqrn, "--keep-revisions", "1")
            #expect(kept.hasSuffix("removed 0 objects, 0 B, of 0 old revisions\n"), "\(kept)")
            let arguments = ["repository", "gc", Self.fqrn, "--keep-revisions", "1", "--keep", "0s"]
            // What trunk-previous names stays for one revision more.
            let dry = try await sandbox.wafer(arguments + ["--dry-run"])
            #expect(dry.text.contains("keeps 1 revision and 1 more with tags: "), "\(dry.text) \(dry.errors)")
            let wet = try await sandbox.wafer(arguments)
            #expect(wet.text == dry.text.replacing("would remove", with: "removed"))
            let json = try await sandbox.wafer(arguments + ["--format", "json", "--dry-run"])
            #expect(json.text.contains(#""removed_objects" : 0"#), "\(json.text)")
            #expect(try await sandbox.succeed("repository", "check", Self.fqrn).contains("is sound"))
        }
    }

    @Test("what cannot be done is said with the next step")
    func refused() async throws {
        try await withImage(in: Self.fqrn) { sandbox, registry, image in
            try await sandbox.desire(image, in: Self.fqrn)
            try await sandbox.succeed("convert")
            for (arguments, code, words) in [
                (["remove-image", image, Self.fqrn], 1, "wafer remove-desiderata 1"),
                (["remove-image", registry.reference("other:1"), Self.fqrn], 1, "does not have"),
                (["prune", "no.example.org"], 1, "no.example.org"),
                (["prune", "--grace", "soon"], 64, "--grace"),
                (["repository", "gc", Self.fqrn, "--keep-revisions", "0"], 64, "it must be 1 or more"),
                (["repository", "gc", "no.example.org"], 1, "no.example.org"),
            ] as [([String], Int32, String)] {
                let outcome = try await sandbox.wafer(arguments)
                #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
                #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
                #expect(outcome.text.isEmpty)
            }
            try await sandbox.succeed("remove-desiderata", "1")
            let plan = try await sandbox.succeed("remove-image", image, Self.fqrn, "--dry-run")
            #expect(plan.hasPrefix("would remove /"))
            #expect(plan.contains("would remove /.flat/"), "\(plan)")
            let done = try await sandbox.succeed("remove-image", image, Self.fqrn)
            #expect(done == plan.replacing("would remove", with: "removed") + "\(Self.fqrn), revision 3\n")
        }
    }
}
