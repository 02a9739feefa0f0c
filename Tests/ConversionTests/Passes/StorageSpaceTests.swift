import CVMFS
import Conversion
import Foundation
import State
import TestSupport
import Testing

@Suite("Room on the disk for images on their way", .timeLimit(.minutes(10)))
struct StorageSpaceTests {
    private static let endless = ConversionPass.TimeLimits(check: .seconds(3_600), conversion: .seconds(3_600))
    /// What must stay free beside a layer.
    private static let spare: Int64 = 64 << 20

    /// Converts four images at once where so many bytes are free. What became of each, and how many layers were on their way
    /// at the same time.
    private func convert(
        free: Int64
    ) async throws -> (outcomes: [Result<ConversionResult, any Error>], mostLayers: Int) {
        var outcomes: [Result<ConversionResult, any Error>] = []
        var most = 0
        try await ConversionFixture.with { fixture in
            var wanted: [Desiderata] = []
            for number in 1...4 {
                let layer = SampleLayers.single("number", RawBytes(Array("\(number)".utf8)))
                try fixture.registry.addImage("app\(number)", tag: "1", layers: [layer])
                wanted.append(try await fixture.desire("app\(number):1", as: "thin/app\(number):1"))
            }
            fixture.registry.faults.blobPause = 20
            let native = NativePublisher(fixture.repository, WriteContext(lockTimeout: .seconds(60)))
            let publisher = RecoveringPublisher(native, free: free)
            let pass = ConversionPass(fixture.converter(through: publisher), jobs: 4, limits: Self.endless)
            try await pass.run(wanted) { outcomes.append($1) }
            most = fixture.events.mostLayersAtOnce
        }
        return (outcomes, most)
    }

    @Test("layers that fit only alone go one after another")
    func oneAfterAnother() async throws {
        let (outcomes, most) = try await convert(free: Self.spare * 3 / 2)
        #expect(outcomes.count == 4)
        for outcome in outcomes { #expect(throws: Never.self) { try outcome.get() } }
        #expect(most == 1)
    }

    @Test("one that never fits says what it needs, and nobody waits for ever")
    func neverFits() async throws {
        let (outcomes, _) = try await convert(free: Self.spare)
        #expect(outcomes.count == 4)
        for outcome in outcomes {
            let error = #expect(throws: ConversionError.self) { try outcome.get() }
            #expect(error?.description.contains("has 67.1 MB free: make room there") == true, "\(outcome)")
        }
    }
}
