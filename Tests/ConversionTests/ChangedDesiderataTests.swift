import Conversion
import Foundation
import OCI
import State
import TestSupport
import Testing

/// Desideratas that are changed between two conversions, or while one of them is about to begin.
@Suite struct ChangedDesiderataTests {
    private func change(_ fixture: ConversionFixture, _ id: Int64, to output: String) async throws -> Desiderata {
        let reference = try ImageReference(parsing: fixture.registry.reference(output))
        return try await fixture.state.wishes.setDesiderata(
            id,
            output: .image(StoredReference(reference, user: nil)),
            at: Date()
        )
    }

    @Test("a pass that read a desiderata before it was changed makes what is wanted now")
    func staleRead() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let stale = try await fixture.desire("app:1", as: "thin/app:1")
            let changed = try await change(fixture, stale.id, to: "thin/app:2")
            _ = try await fixture.converter().convert(stale)
            #expect(fixture.registry.manifest("thin/app", "1") == nil)
            #expect(fixture.registry.manifest("thin/app", "2") != nil)
            guard case .upToDate = await fixture.converter().check(changed) else {
                Issue.record("it is not up to date")
                return
            }
        }
    }

    @Test("what was pushed by another name is pushed again, and the repository is left alone")
    func anotherName() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let first = try await fixture.desire("app:1", as: "thin/app:1", formats: [.layers, .thin])
            _ = try await fixture.converter().convert(first)
            let revision = try fixture.revision
            let second = try await change(fixture, first.id, to: "thin/app:2")
            guard case .changed = await fixture.converter().check(second) else {
                Issue.record("it is up to date")
                return
            }
            _ = try await fixture.converter().convert(second)
            #expect(fixture.registry.manifest("thin/app", "2") == fixture.registry.manifest("thin/app", "1"))
            #expect(try fixture.revision == revision)
            // A format that is there already is no reason to do anything.
            let more = try await fixture.state.wishes.setDesiderata(
                first.id,
                formats: [.thin, .layers],
                at: Date()
            )
            guard case .upToDate = await fixture.converter().check(more) else {
                Issue.record("it is not up to date")
                return
            }
        }
    }
}
