import CVMFS
import Conversion
import Foundation
import Plumbing
import TestSupport
import Testing

@Suite("The check of podman's store")
struct PodmanStoreCheckTests {
    private func withStore(_ body: (PodmanFolder, PodmanImage, PodmanImage) throws -> Void) async throws {
        try await withTemporaryFolder(inMemory: true) { path in
            let folder = PodmanFolder(path: path)
            let images = try ["a", "b"].map { try PodmanSamples.image($0) }
            for image in images {
                try folder.makeDirectory(image.tree)
                try folder.apply(image.edits())
            }
            try body(folder, images[0], images[1])
        }
    }

    /// What podman does with each of them: ``PodmanTests``.
    @Test("finds what is missing or wrong, and who stumbles", arguments: PodmanDamage.allCases)
    func damage(_ damage: PodmanDamage) async throws {
        try await withStore { folder, image, other in
            #expect(try folder.check.faults() == [])
            #expect(try folder.check.faults(of: [image.id, other.id]) == [])
            try damage.apply(to: folder, image, other)
            let faults = try folder.check.faults()
            #expect(faults.map(\.reach).max() == damage.expected.reach, "\(faults)")
            if damage.expected.reach != .store {
                #expect(faults.allSatisfy { $0.image == image.id || damage == .shortID || damage == .shortNames })
            }
            // A commit of it sees the same, but for entries that lie beside each other.
            let seen = try folder.check.faults(of: [image.id])
            #expect(seen.isEmpty == (damage == .imageTwice), "\(seen)")
            // One of the other sees what takes the store from everybody.
            let others = try folder.check.faults(of: [other.id])
            let isSeen = damage.expected.reach == .store || damage == .shortNames
            #expect(!others.isEmpty == isSeen, "\(others)")
        }
    }

    @Test("names each part that is missing once")
    func wording() async throws {
        try await withStore { folder, image, _ in
            try folder.remove(PodmanStore.imagesLock)
            try folder.remove(image.tree)
            let faults = try folder.check.faults().map(\.description)
            try #require(faults.count == 2)
            #expect(faults[0].hasPrefix("/podmanStore/overlay/") && faults[0].contains("/diff leads to no directory"))
            #expect(
                faults[1]
                    == "/podmanStore/overlay-images/images.lock is missing: podman refuses the whole store until the next "
                    + "conversion of an image for podman makes it again"
            )
        }
    }

    @Test("a link out of the repository leads nowhere", arguments: ["/etc", "../../../../etc", ""])
    func outside(_ target: String) async throws {
        let reader = PodmanStoreReader(
            kind: { path in
                switch "\(path)" {
                case "podmanStore/overlay-images/images.json", "podmanStore/overlay-layers/layers.json": .file(size: 1)
                case "podmanStore/overlay/b/diff": .symlink(target: Array(target.utf8))
                default: path.components.count < 5 ? .directory : nil
                }
            },
            bytes: { path in
                Array((path == PodmanStore.images ? #"[{"id":"a","layer":"b"}]"# : #"[{"id":"b"}]"#).utf8)
            },
            names: { _ in [] }
        )
        let faults = try PodmanStoreCheck(reader).faults()
        let fault = faults.first { "\($0.path)" == "podmanStore/overlay/b/diff" }
        #expect(fault?.problem == "leads to no directory")
    }

    @Test("layers that lie below each other in a circle end the walk")
    func circle() async throws {
        try await withStore { folder, image, _ in
            let list = try folder.text("\(PodmanStore.layers)")
            let circle = list.replacing(#""diff-size""#, with: #""parent":"\#(PodmanSamples.hex("c"))","diff-size""#)
            let below = #"{"id":"\#(PodmanSamples.hex("c"))","parent":"\#(PodmanSamples.hex("c"))"}"#
            try folder.write(PodmanStore.layers, Array(circle.replacing("\n]", with: ",\n\(below)]").utf8))
            #expect(try folder.check.faults(of: [image.id]).contains { $0.problem.hasSuffix("below itself") })
        }
    }

    @Test("a transaction's tree is read as it will be published")
    func revision() async throws {
        try await ConversionFixture.with { fixture in
            let publisher = NativePublisher(fixture.repository, WriteContext(lockTimeout: .seconds(10)))
            let images = try ["a", "b"].map { try PodmanSamples.image($0) }
            let trees = images.map { TreeEdit($0.tree, .directory) }
            try await publisher.withSession { session in
                for (image, tree) in zip(images, trees) {
                    _ = try await session.commit([tree] + image.edits(), requiring: [])
                }
            }
            let store = fixture.repository.reader.store
            let root = try fixture.repository.reader.published().manifest.root
            let check = PodmanStoreCheck(PodmanStoreReader(try CatalogTree(store: store, root: root)))
            #expect(try check.faults() == [])
            #expect(try check.faults(of: images.map(\.id)) == [])
            #expect(try check.faults(of: [PodmanSamples.hex("0")]).map(\.reach) == [.image])
        }
    }
}
