import OCI
import TestSupport
import Testing

/// Damaged input gives a value or an ``OCIError``, never a crash or another error.
@Suite struct FuzzTests {
    @Test func references() throws {
        var random = SeededRandom(seed: 1)
        let seeds = ImageReferenceTests.good.map(\.typed) + ImageReferenceRefusalTests.refused.map(\.0)
        for round in 0..<20_000 {
            let text = String(decoding: random.mutate(Array(seeds[round % seeds.count].utf8)), as: UTF8.self)
            do {
                let reference = try ImageReference(parsing: text)
                let again = try ImageReference(parsing: reference.description)
                #expect(again.identity == reference.identity, "\(text)")
            } catch let error as OCIError {
                #expect(error.description.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "\(text)")
            }
        }
    }

    @Test func manifests() throws {
        var random = SeededRandom(seed: 2)
        let seeds = [
            RawManifestTests.image(RawManifestTests.docker), RawManifestTests.image(nil),
            RawManifestTests.index(RawManifestTests.list), RawManifestTests.index(nil), DescriptorTests.json,
        ]
        for round in 0..<4_000 {
            let bytes = random.mutate(Array(seeds[round % seeds.count].utf8))
            do {
                let manifest = try RawManifest(bytes: bytes)
                if case .index(let index) = manifest.decoded { _ = try? index.image(for: .linuxAMD64) }
            } catch let error as OCIError {
                #expect(error.description.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            }
        }
    }

    @Test func configurations() throws {
        var random = SeededRandom(seed: 3)
        for _ in 0..<2_000 {
            let bytes = random.mutate(Array(ImageConfigurationTests.full.utf8))
            do {
                _ = try ImageConfiguration(bytes: bytes)
            } catch is OCIError {
                continue
            }
        }
    }
}
