import CVMFS
import Conversion
import Foundation
import OCI
import State
import TestSupport
import Testing

/// A recipe's images stop where their layers would have more bytes than they may.
@Suite(.timeLimit(.minutes(5))) struct RecipeLimitConversionTests {
    private func apply(_ fixture: ConversionFixture, tags: [String], limit: Int64?) async throws -> [Desiderata] {
        var origin = RecipeOrigin(
            source: "/srv/images.yaml",
            form: "version 2",
            repository: ConversionFixture.fqrn,
            keepsGoing: false,
            textDigest: "sha256:00"
        )
        origin.limits.bytes = limit
        var change = RecipeChange()
        change.added = try tags.map { tag in
            RecipeWish(
                input: StoredReference(
                    try ImageReference(parsing: fixture.registry.reference("app:\(tag)")),
                    user: nil
                ),
                output: nil,
                formats: [.layers],
                platforms: ["linux/amd64"]
            )
        }
        _ = try await fixture.state.recipes.apply(change, of: origin, isRehearsal: false, at: Date())
        return try await fixture.state.wishes.desideratas()
    }

    @Test func whatWouldBeTooMuchIsNotPublished() async throws {
        try await ConversionFixture.with { fixture in
            let base = try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let both = try fixture.registry.addImage(
                "app",
                tag: "2",
                layers: [SampleLayers.base, SampleLayers.application]
            )
            let all = both.manifest.layers.reduce(0) { $0 + $1.size }
            let own = base.manifest.layers.reduce(0) { $0 + $1.size }
            let wanted = try await apply(fixture, tags: ["1", "2"], limit: all - 1)
            var results: [Int64: Result<ConversionResult, any Error>] = [:]
            // Both at once: what is let in counts at once.
            try await ConversionPass(fixture.converter(), jobs: 2).run(wanted, began: { _ in }) { results[$0.id] = $1 }
            let failures = results.values.compactMap { result -> RecipeExcess? in
                if case .failure(let error) = result { error as? RecipeExcess } else { nil }
            }
            #expect(failures.count == 1 && failures.first?.limit == all - 1, "\(results)")
            #expect(try fixture.revision == 2)
            let known = try await fixture.state.recipes.use(of: 1)
            #expect([own, all - own, all].contains(known.bytes) && known.bytes < all && known.unknownImages == 1)

            _ = try await apply(fixture, tags: [], limit: all)
            let due = try await fixture.state.wishes.dueDesideratas(at: Date())
            #expect(due.count == 1)
            for wish in due { #expect(try await fixture.converter().convert(wish).revision == 3) }
            #expect(try await fixture.state.recipes.use(of: 1) == RecipeUse(bytes: all, unknownImages: 0))
            try await fixture.expectSound()
        }
    }

    /// What was published before the sizes were recorded is known after the next look.
    @Test func aLookTellsTheLayers() async throws {
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let wanted = try #require(try await apply(fixture, tags: ["1"], limit: nil).first)
            _ = try await fixture.converter().convert(wanted)
            let use = RecipeUse(bytes: image.manifest.layers.reduce(0) { $0 + $1.size }, unknownImages: 0)
            #expect(try await fixture.state.recipes.use(of: 1) == use)
            try await fixture.state.history.recordLayers([], of: wanted.id)
            #expect(try await fixture.state.recipes.use(of: 1) == RecipeUse(bytes: 0, unknownImages: 1))
            #expect(try await fixture.converter().convert(wanted) == .upToDate(revision: 2))
            #expect(try await fixture.state.recipes.use(of: 1) == use)
        }
    }
}
