import CVMFS
import Conversion
import Foundation
import OCI
import State
import TestSupport
import Testing

/// An image that has no room is not fetched, and what makes room is said.
@Suite(.timeLimit(.minutes(5))) struct QuotaConversionTests {
    private func converter(_ fixture: ConversionFixture, quota: Int64?) -> Converter {
        var repository = fixture.repository
        repository.settings.quota = quota
        return fixture.converter(through: NativePublisher(repository, WriteContext(lockTimeout: .seconds(10))))
    }

    @Test func aFullRepositoryFetchesNothing() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let wanted = try await fixture.desire("app:1", formats: [.layers, .flat, .thin])
            let used = try #require(try fixture.repository.use(now: Date())).bytes
            let error = await #expect(throws: ConversionError.self) {
                try await converter(fixture, quota: used).convert(wanted)
            }
            let text = try #require(error).description
            #expect(text.contains("by its quota") && text.contains("`wafer prune \(ConversionFixture.fqrn)`"))
            #expect(text.contains("`wafer repository set \(ConversionFixture.fqrn) --quota BYTES` allows more"))
            #expect(fixture.events.startedLayers == 0 && fixture.registry.fetchedBlobs.count == 1)
            #expect(try fixture.revision == 1)

            #expect(try await converter(fixture, quota: used + 1_000_000).convert(wanted).revision == 2)
            #expect(try await converter(fixture, quota: used).convert(wanted) == .upToDate(revision: 2))
            let counted = try #require(try fixture.repository.knownUse())
            #expect(try fixture.repository.measureUse(now: Date())?.bytes == counted.bytes)
            try await fixture.expectSound()
        }
    }

    /// Two that are let in at the same time must not both count on the same room.
    @Test func imagesOnTheirWayCount() async throws {
        try await ConversionFixture.with { fixture in
            func layer(_ seed: UInt64) -> InMemoryRegistry.Layer {
                var random = SeededRandom(seed: seed)
                let bytes = (0..<500_000).map { _ in UInt8.random(in: 0...255, using: &random) }
                return .tar(TarBuilder.archive { $0.file("data", RawBytes(bytes)) })
            }
            try fixture.registry.addImage("app", tag: "1", layers: [layer(1)])
            try fixture.registry.addImage("app", tag: "2", layers: [layer(2)])
            let wanted = [
                try await fixture.desire("app:1", as: "thin/app:1"),
                try await fixture.desire("app:2", as: "thin/app:2"),
            ]
            let used = try #require(try fixture.repository.use(now: Date())).bytes
            var results: [Result<ConversionResult, any Error>] = []
            try await ConversionPass(converter(fixture, quota: used + 800_000), jobs: 2).run(wanted, began: { _ in }) {
                results.append($1)
            }
            #expect(results.count == 2)
            #expect(try fixture.repository.measureUse(now: Date())?.bytes ?? .max <= used + 800_000)
            #expect(try fixture.revision <= 2)
        }
    }

    @Test func theReserveOfADiskStays() {
        let space = RepositorySpace(used: nil, quota: nil, free: 1_000, reserve: 400)
        #expect(space.refusal(adding: 600, to: "a.org") == nil)
        #expect(
            space.refusal(adding: 601, to: "a.org")?.hasPrefix(
                "the disk of a.org has 1.0 kB free, of which 400 B stay free"
            )
                == true
        )
        let limited = RepositorySpace(used: 10, quota: 20, free: nil)
        #expect(limited.refusal(adding: 10, to: "a.org") == nil)
        #expect(limited.refusal(adding: 11, to: "a.org")?.contains("takes 10 B and may take 20 B") == true)
        #expect(RepositorySpace(used: nil, quota: 5, free: nil).refusal(adding: 9, to: "a.org") == nil)
    }
}
