import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import State
import TestSupport
import Testing

extension PublisherContractTests {
    private static let all: OutputFormats = [.layers, .flat, .podman, .thin]

    /// An image on the common base, with a layer of its own.
    private func add(_ subject: Subject, _ name: String, _ tag: String, _ text: String) throws -> InMemoryRegistry.Image
    {
        try subject.fixture.registry.addImage(
            name,
            tag: tag,
            layers: [SampleLayers.base, SampleLayers.single(RawBytes(stringLiteral: text))],
            mediaType: .ociManifest
        )
    }

    private func convert(_ subject: Subject, _ name: String) async throws -> Desiderata {
        let thin = "thin/\(name)"
        let formats: OutputFormats = subject.kind == .native ? Self.all : [.layers, .flat, .thin]
        let desiderata = try await subject.fixture.desire(name, as: thin, formats: formats)
        _ = try await subject.convert(desiderata)
        return desiderata
    }

    private func prune(_ subject: Subject, grace: TimeInterval = 0, dryRun: Bool = false) async throws -> PruningReport
    {
        let now = Date() + 1
        return try await Pruning(subject.publisher, state: subject.fixture.state, grace: grace, now: now)
            .run(dryRun: dryRun)
    }

    private func own(_ image: InMemoryRegistry.Image) throws -> Digest {
        try #require(image.manifest.layers.last).digest
    }

    @Test(
        "an image whose desiderata was removed goes when it is old enough, and what others need stays",
        arguments: Kind.allCases
    )
    func prunes(kind: Kind) async throws {
        try await with(kind) { subject in
            let first = try add(subject, "a", "1", "first")
            let second = try add(subject, "b", "1", "second")
            let gone = try await convert(subject, "a:1")
            let kept = try await convert(subject, "b:1")
            #expect(try await prune(subject).isEmpty)
            // One that never came into the repository is nothing that waits.
            let never = try await subject.fixture.desire("never:1", as: "thin/never:1")
            try await subject.fixture.state.wishes.removeDesiderata(never.id, at: Date())
            try await subject.fixture.state.wishes.removeDesiderata(gone.id, at: Date())
            let waiting = try await prune(subject, grace: 3600)
            #expect(waiting.isEmpty && waiting.waiting == 1 && waiting.revision == nil)
            let plan = try await prune(subject, dryRun: true)
            let firstLayer = try own(first)
            #expect(plan.images.count == 1 && plan.layers == [firstLayer] && plan.revision == nil)
            let manifest = try subject.fixture.manifest(of: "a:1")
            #expect(try await subject.has(manifest))
            var done = try await prune(subject)
            #expect(done.revision != nil)
            done.revision = nil
            #expect(done == plan)
            let base = try #require(first.manifest.layers.first).digest
            let name = try BytePath("\(subject.fixture.registry.host)/a:1")
            let other = try BytePath("\(subject.fixture.registry.host)/b:1")
            for (path, isThere) in [
                (manifest, false), (name, false), (RepositoryLayout.tree(first.manifest.config.digest), false),
                (RepositoryLayout.treeRecord(first.manifest.config.digest), false),
                (RepositoryLayout.layer(try own(first)), false), (RepositoryLayout.layerRecord(base), true),
                (other, true), (RepositoryLayout.tree(second.manifest.config.digest), true),
                (RepositoryLayout.layerRecord(try own(second)), true),
            ] { #expect(try await subject.has(path) == isThere, "\(path)") }
            let again = try await prune(subject)
            #expect(again.isEmpty && again.revision == nil)
            guard case .upToDate = try await subject.convert(kept) else {
                Issue.record("the other image is whole")
                return
            }
            // It comes back as a new one.
            let back = try await convert(subject, "a:1")
            #expect(try await subject.has(name))
            #expect(back.id != gone.id)
            #expect(try await prune(subject).isEmpty)
            try await subject.expectSettled()
        }
    }

    @Test(
        "the tree and the layers of a tag that moved go once they have been of no use for long enough",
        arguments: Kind.allCases
    )
    func moved(kind: Kind) async throws {
        try await with(kind) { subject in
            let first = try add(subject, "a", "1", "first")
            let desiderata = try await convert(subject, "a:1")
            let second = try add(subject, "a", "1", "second")
            _ = try await subject.convert(desiderata)
            let tree = RepositoryLayout.tree(first.manifest.config.digest)
            #expect(try await subject.has(tree))
            // When that was is not known: it counts from when it is first seen.
            let waiting = try await prune(subject, grace: 3600)
            #expect(waiting.isEmpty && waiting.waiting == 2)
            let done = try await prune(subject)
            let firstLayer = try own(first)
            #expect(done.trees == [first.manifest.config.digest] && done.layers == [firstLayer])
            #expect(try await !subject.has(tree))
            #expect(try await subject.has(RepositoryLayout.tree(second.manifest.config.digest)))
            guard case .upToDate = try await subject.convert(desiderata) else {
                Issue.record("the new image is whole")
                return
            }
            try await subject.expectSettled()
        }
    }

    @Test("where a manifest cannot be understood nothing goes", arguments: [Kind.native, .server])
    func unreadable(kind: Kind) async throws {
        try await with(kind) { subject in
            let image = try add(subject, "a", "1", "first")
            let desiderata = try await convert(subject, "a:1")
            try await subject.fixture.state.wishes.removeDesiderata(desiderata.id, at: Date())
            let strange = try BytePath(".metadata/registry.example.org/strange:1/manifest.json")
            _ = try await subject.commit([TreeEdit(strange, .file(Array("{}".utf8)))])
            let error = await #expect(throws: ConversionError.self) { _ = try await prune(subject) }
            #expect(error?.description.contains(strange.parent?.absolute ?? "?") == true)
            #expect(try await subject.has(RepositoryLayout.layerRecord(try own(image))))
            #expect(try await subject.has(try subject.fixture.manifest(of: "a:1")))
        }
    }

    @Test("edits that were chosen for a revision are refused for another", arguments: Kind.allCases)
    func movedRevision(kind: Kind) async throws {
        try await with(kind) { subject in
            let file = TreeEdit(try BytePath("d/f"), .file([1]))
            let first = try await subject.commit([file]).revision
            _ = try await subject.commit([TreeEdit(try BytePath("d/g"), .file([2]))])
            let late = TreeEdit(try BytePath("d/f"), .remove)
            await #expect(throws: (any Error).self) {
                try await subject.publisher.withSession { session in
                    _ = try await session.commit([late], requiring: [], onto: first)
                }
            }
            #expect(try await subject.has(late.path))
            try await subject.expectSettled()
        }
    }
}
