import OCI
import Plumbing
import TestSupport
import Testing

/// Images that cannot be converted as they are: what is said of them.
@Suite struct DamagedImageTests {
    private static let fqrn = "cd.cern.ch"

    private func failure(_ sandbox: Sandbox, _ arguments: String...) async throws -> String {
        let outcome = try await sandbox.wafer(arguments)
        #expect(outcome.code == 3 && outcome.text == "")
        return outcome.errors
    }

    @Test func aBrokenConfigurationIsNamed() async throws {
        try await withImage(in: Self.fqrn, empty: true) { sandbox, registry, input in
            for (rootfs, cause) in [
                (
                    JSONValue.null,
                    "cannot be used: invalid image configuration: rootfs is missing; push the image again"
                ),
                (
                    .object(["diff_ids": .array([.string("sha256:x")])]),
                    "invalid image configuration: rootfs.diff_ids[0] must"
                ),
                (
                    .object(["diff_ids": .array([])]),
                    "names 0 diff ids: the image is damaged, push it anew or name another"
                ),
            ] {
                let image = try registry.addImage("app", tag: "1", layers: [Layers.base], members: ["rootfs": rootfs])
                let text = try await failure(sandbox, "convert-image", input, Self.fqrn)
                for part in [
                    input, "its configuration \(image.manifest.config.digest) ", cause, "name another tag or digest",
                ] {
                    #expect(text.contains(part), "\(text)")
                }
            }
            let other = try Digest.sha256(of: [1])
            let rootfs = JSONValue.object(["diff_ids": .array([.string("\(other)")])])
            try registry.addImage("app", tag: "1", layers: [Layers.base], members: ["rootfs": rootfs])
            let text = try await failure(sandbox, "convert-image", input, Self.fqrn)
            #expect(
                text.contains("the image's configuration names \(other); push the image again, or name another tag")
            )
        }
    }

    @Test func whatAnIndexHasIsSaidWithTheNextStep() async throws {
        try await withImage(in: Self.fqrn, empty: true) { sandbox, registry, input in
            let image = try registry.addImage("app", tag: nil, layers: [Layers.base])
            try registry.addIndex("app", tag: "1", images: [image])
            let one = try await failure(sandbox, "convert-image", input, Self.fqrn, "--platform", "s390x")
            #expect(one.contains("no image for linux/s390x; it offers linux/amd64; --platform names another one\n"))
            try await sandbox.desire(input, in: Self.fqrn, "--platform", "s390x")
            let converted = try await sandbox.wafer("convert")
            let step = "`wafer set-desiderata 1 --platform OS/ARCHITECTURE` names another one"
            #expect(
                converted.code == 3 && converted.text.contains("; it offers linux/amd64; \(step)\n"),
                "\(converted.text)"
            )
            let chosen = try await sandbox.wafer("convert", "--platform", "riscv64")
            #expect(chosen.text.contains("; it offers linux/amd64; choose another one with --platform\n"))
            try registry.addIndex("app", tag: "1", images: [])
            let empty =
                "the manifest of \(input): its index is empty: it names no image; name another tag or digest, or push it"
            #expect(try await sandbox.wafer("convert").text.contains(empty))
            let all = ["convert-image", input, Self.fqrn, "--as", "x", "--platform", "all"]
            let outcome = try await sandbox.wafer(all)
            #expect(outcome.code == 3 && outcome.errors.contains(empty), "\(outcome.errors)")
        }
    }
}
