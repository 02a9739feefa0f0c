import OCI
import TestSupport
import Testing

/// Damaged input gives a value or an ``OCIError``, never a crash or another error. `script/fuzz` runs it for longer.
@Suite struct FuzzTests {
    /// Runs `body` on a damaged seed; an error must be of ours, and printable.
    private func attempt(
        _ target: String,
        rounds: Int,
        _ seeds: [String],
        _ body: (_ damaged: [UInt8]) throws -> Void
    ) throws {
        try Fuzzing.run(target, rounds: rounds) { random in
            let seed = seeds[Int.random(in: 0..<seeds.count, using: &random)]
            let damaged = random.mutate(Array(seed.utf8))
            do {
                try body(damaged)
            } catch let error as OCIError {
                guard error.description.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                    throw Fuzzing.Unexpected("a message with control characters")
                }
            }
        }
    }

    @Test func references() throws {
        let seeds = ImageReferenceTests.good.map(\.typed) + ImageReferenceRefusalTests.refused.map(\.0)
        try attempt("OCI.references", rounds: 20_000, seeds) { damaged in
            let text = String(decoding: damaged, as: UTF8.self)
            let reference = try ImageReference(parsing: text)
            let again = try ImageReference(parsing: reference.description)
            guard again.identity == reference.identity else { throw Fuzzing.Unexpected("\(text) changes when printed") }
        }
    }

    @Test func manifests() throws {
        let seeds = [
            RawManifestTests.image(RawManifestTests.docker), RawManifestTests.image(nil),
            RawManifestTests.index(RawManifestTests.list), RawManifestTests.index(nil), DescriptorTests.json,
        ]
        try attempt("OCI.manifests", rounds: 4_000, seeds) { damaged in
            let manifest = try RawManifest(bytes: damaged)
            if case .index(let index) = manifest.decoded { _ = index.image(for: .linuxAMD64) }
        }
    }

    @Test func configurations() throws {
        try attempt("OCI.configurations", rounds: 2_000, [ImageConfigurationTests.full]) { damaged in
            _ = try ImageConfiguration(bytes: damaged)
        }
    }
}
