import Layers
import OCI
import Plumbing
import TestSupport
import Testing

/// Thousands of damaged archives that are just what the image names: nothing but the reader stands against them.
@Suite("Damaged layers")
struct DamagedLayerTests {
    static let archives: [[UInt8]] = [
        LayerReaderTests.everything, CutLayerTests.tar,
        TarBuilder.archive { tar in
            for form in TarBuilder.SparseForm.allCases {
                tar.sparse("s\(form)", size: 10_000, [(0, [1]), (5000, [2, 3]), (9000, [4])], form: form)
            }
            tar.pax(["mtime": "1.5", "LIBARCHIVE.xattr.user.a": "AAAA", "uid": "70000"])
            tar.file("a", "x")
        },
    ]

    @Test("give errors or entries, and never end the program", arguments: archives.indices)
    func mutations(archive: Int) {
        var random = SeededRandom(seed: UInt64(archive))
        var taken = 0
        for _ in 0..<4000 {
            let damaged = random.mutate(Self.archives[archive])
            do {
                let nodes = try ReadLayer(damaged).nodes()
                taken += nodes.isEmpty ? 0 : 1
            } catch {
                #expect(error is LayerError, "\(error)")
            }
        }
        #expect(taken < 4000)
    }

    @Test("with one header field damaged and its checksum right")
    func headerFields() {
        var random = SeededRandom(seed: 99)
        for archive in Self.archives {
            for _ in 0..<4000 {
                var damaged = archive
                let block = Int.random(in: 0..<(damaged.count / 512), using: &random) * 512
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let offset = Int.random(in: 0..<512, using: &random)
                    damaged[block + offset] = UInt8.random(in: 0...255, using: &random)
                }
                Self.repairChecksum(&damaged, block)
                do { _ = try ReadLayer(damaged).nodes() } catch { #expect(error is LayerError, "\(error)") }
            }
        }
    }

    static func repairChecksum(_ bytes: inout [UInt8], _ block: Int) {
        for index in 148..<156 { bytes[block + index] = 32 }
        let sum = bytes[block..<(block + 512)].reduce(0) { $0 + Int($1) }
        for (index, byte) in TarMember.number(Int64(sum), width: 7).enumerated() { bytes[block + 148 + index] = byte }
    }
}
