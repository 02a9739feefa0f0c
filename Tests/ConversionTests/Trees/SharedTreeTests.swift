import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import State
import TestSupport
import Testing

/// One tree for several desideratas.
@Suite("Trees that several desideratas share") struct SharedTreeTests {
    private func converter(
        _ fixture: ConversionFixture,
        _ settings: TreeSettings = TreeSettings(),
        again: Bool = false
    ) -> Converter {
        var options = ConversionOptions()
        options.convertAgain = again
        return fixture.converter(
            through: NativePublisher(fixture.repository, WriteContext(lockTimeout: .seconds(10)), trees: settings),
            options
        )
    }

    /// Two names of one image: for podman, and not.
    private func with(_ body: (ConversionFixture, [Desiderata], BytePath) async throws -> Void) async throws {
        try await ConversionFixture.with { fixture in
            let layers = [SampleLayers.base, SampleLayers.application]
            let image = try fixture.registry.addImage("app", tag: "1", layers: layers, mediaType: .ociManifest)
            try fixture.registry.addImage("app", tag: "2", layers: layers, mediaType: .ociManifest)
            let wishes = [
                try await fixture.desire("app:1", as: "thin/app:1", formats: [.layers, .flat, .podman, .thin]),
                try await fixture.desire("app:2", as: "thin/app:2", formats: [.layers, .flat, .thin]),
            ]
            try await body(fixture, wishes, RepositoryLayout.tree(image.manifest.config.digest))
        }
    }

    /// How many trees were made, and whether they are for podman now.
    private func state(_ fixture: ConversionFixture, _ tree: BytePath) throws -> (made: Int, isForPodman: Bool) {
        let row = try fixture.repository.reader.tree().entry(at: tree.appending(try BytePath("app/run")))
        let attributes = String(decoding: try #require(row).xattrs ?? [], as: UTF8.self)
        let isForPodman = attributes.contains("user.containers.override_stat")
        return (fixture.events.assembledTrees, isForPodman)
    }

    @Test("are made once for podman, whoever comes first", arguments: [[0, 1], [1, 0]])
    func settled(_ order: [Int]) async throws {
        try await with { fixture, wishes, tree in
            for number in order { _ = try await converter(fixture).convert(wishes[number]) }
            let first = try state(fixture, tree)
            #expect(first.isForPodman && first.made == (order[0] == 0 ? 1 : 2))
            let revision = try fixture.revision
            for wish in wishes + wishes {
                let result = try await converter(fixture).convert(wish)
                #expect(result == .upToDate(revision: result.revision))
            }
            #expect(try fixture.revision == revision)
            #expect(fixture.events.assembledTrees == first.made)
        }
    }

    @Test("stay for podman when the other one is converted again, or the settings change") func again() async throws {
        try await with { fixture, wishes, tree in
            for wish in wishes { _ = try await converter(fixture).convert(wish) }
            _ = try await converter(fixture, again: true).convert(wishes[1])
            #expect(try state(fixture, tree) == (2, true))
            let settings = TreeSettings(mountPoints: ["/data"])
            for wish in wishes.reversed() { _ = try await converter(fixture, settings).convert(wish) }
            #expect(try state(fixture, tree) == (3, true))
            // Where modes are exact there is nothing more to tell.
            let exact = TreeSettings(modes: .exact)
            for wish in wishes { _ = try await converter(fixture, exact).convert(wish) }
            #expect(try state(fixture, tree) == (4, false))
            try await fixture.expectSound()
        }
    }
}
