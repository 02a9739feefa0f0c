import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import State
import TestSupport
import Testing

/// Lists of podman's store that somebody took away.
@Suite("Lost lists of podman's store") struct LostPodmanListTests {
    private static let lists = [
        PodmanStore.images, PodmanStore.layers, PodmanStore.imagesLock, PodmanStore.layersLock,
    ]

    /// Three images; the last one's tag has a second name.
    private func withStore(
        _ body: (ConversionFixture, [Desiderata]) async throws -> Void
    ) async throws {
        try await ConversionFixture.with { fixture in
            var wishes: [Desiderata] = []
            for name in ["a", "b", "c"] {
                let layers = [SampleLayers.base, SampleLayers.single("etc/name", RawBytes(stringLiteral: name))]
                for tag in name == "c" ? ["1", "2"] : ["1"] {
                    try fixture.registry.addImage(name, tag: tag, layers: layers, mediaType: .ociManifest)
                }
                wishes.append(try await fixture.desire("\(name):1", as: "thin/\(name):1", formats: Self.formats))
            }
            wishes.append(try await fixture.desire("c:2", as: "thin/c:2", formats: Self.formats))
            for wish in wishes { _ = try await fixture.converter().convert(wish) }
            try await body(fixture, wishes)
        }
    }

    private static let formats: OutputFormats = [.layers, .podman, .thin]

    private func listing(_ fixture: ConversionFixture) throws -> [BytePath: [UInt8]] {
        let tree = try fixture.repository.reader.tree()
        return Dictionary(uniqueKeysWithValues: try Self.lists.map { ($0, try #require(try tree.readFile($0))) })
    }

    private func warnings(_ fixture: ConversionFixture) -> [LayoutWarning] {
        LayoutCheck(fixture.repository.reader).run().warnings.filter { $0.kind == .podman }
    }

    @Test("come back whole, names and all, in the next pass", arguments: [[0], [1], [2], [3], [0, 1], [0, 1, 2, 3]])
    func comeBack(_ lost: [Int]) async throws {
        try await withStore { fixture, wishes in
            let before = try listing(fixture)
            #expect(warnings(fixture) == [])
            try fixture.edit { transaction in
                for number in lost { try transaction.remove(Self.lists[number]) }
            }
            #expect(Set(warnings(fixture).map(\.path)).isSuperset(of: lost.map { Self.lists[$0].absolute }))

            let first = try await fixture.converter().convert(wishes[1])
            #expect(first != .upToDate(revision: first.revision))
            // Every image is there at once, whatever it is called.
            #expect(warnings(fixture) == [])
            #expect(try fixture.podmanIDs() == Set(try wishes.map { try fixture.id(of: $0) }))

            for wish in wishes { _ = try await fixture.converter().convert(wish) }
            #expect(try listing(fixture) == before)
            let after = try fixture.revision
            for wish in wishes {
                let result = try await fixture.converter().convert(wish)
                #expect(result == .upToDate(revision: result.revision))
            }
            #expect(try fixture.revision == after)
            try await fixture.expectSound()
        }
    }

    @Test("the names of an image come back with the first conversion of it; those of a lost store with each image")
    func names() async throws {
        try await withStore { fixture, wishes in
            let before = try listing(fixture)
            try fixture.edit { try $0.remove(PodmanStore.images) }
            // The image of the last two wishes: both names are back.
            _ = try await fixture.converter().convert(wishes[2])
            #expect(try listing(fixture) == before)
            try fixture.edit { try $0.remove(PodmanStore.root) }
            for wish in wishes { _ = try await fixture.converter().convert(wish) }
            #expect(try listing(fixture) == before)
            // A name that another image took is noticed, too.
            let names = PodmanName.names(of: try ImageSource(wishes[0].input.reference))
            let link = try PodmanStore.name(#require(names.first))
            let other = Array(try fixture.id(of: wishes[1]).utf8)
            try fixture.edit { try $0.writeSymlink(link, other) }
            let result = try await fixture.converter().convert(wishes[0])
            #expect(try fixture.repository.reader.tree().entry(at: link)?.symlink != other)
            #expect(try await fixture.converter().convert(wishes[0]) == .upToDate(revision: result.revision))
            #expect(try listing(fixture) == before)
        }
    }

    @Test("an image whose documents are gone too is an error that says what to do") func damaged() async throws {
        try await withStore { fixture, wishes in
            let folder = PodmanStore.root.appending(try BytePath("overlay-images/\(try fixture.id(of: wishes[0]))"))
            try fixture.edit { transaction in
                try transaction.remove(PodmanStore.images)
                try transaction.remove(folder.appending(try BytePath("manifest")))
            }
            await #expect {
                try await fixture.converter().convert(wishes[1])
            } throws: { error in
                "\(error)".contains("\(folder.absolute) is damaged") && "\(error)".contains("wafer repository rm")
            }
            // The image itself puts its documents back, and with them the lists.
            _ = try await fixture.converter().convert(wishes[0])
            #expect(warnings(fixture) == [])
        }
    }

    @Test("an image that is wanted no more does not come back with them") func unwanted() async throws {
        try await withStore { fixture, wishes in
            try fixture.edit { try $0.remove(PodmanStore.images) }
            let less = try await fixture.state.wishes.setDesiderata(
                wishes[0].id,
                formats: [.layers, .thin],
                at: Date()
            )
            let gone = try fixture.id(of: wishes[0])
            _ = try await fixture.converter().convert(less)
            for wish in wishes[1...] { _ = try await fixture.converter().convert(wish) }
            #expect(try fixture.podmanIDs() == Set(try wishes[1...].map { try fixture.id(of: $0) }))
            #expect(try !fixture.podmanIDs().contains(gone))
            #expect(warnings(fixture) == [])
        }
    }

    @Test("a list that is without images that have a folder is told of") func half() async throws {
        try await withStore { fixture, wishes in
            try fixture.edit { try $0.writeFile(PodmanStore.images, Array("[]\n".utf8)) }
            let problems = Set(warnings(fixture).map(\.path))
            let ids = try wishes.map { try fixture.id(of: $0) }
            #expect(problems == Set(ids.map { "/podmanStore/overlay-images/\($0)" }))
        }
    }
}

extension ConversionFixture {
    /// The id of a desiderata's image.
    fileprivate func id(of wish: Desiderata) throws -> String {
        let source = try ImageSource(wish.input.reference)
        let manifest = RepositoryLayout.ImageFile.manifest.path(in: try RepositoryLayout.image(source))
        let bytes = try repository.reader.tree().readFile(manifest) ?? []
        guard case .image(let image) = try RawManifest(bytes: bytes).decoded else { return "" }
        return image.config.digest.hex
    }

    /// Changes the repository as somebody else would.
    fileprivate func edit(_ body: (Transaction) throws -> Void) throws {
        _ = try repository.edit(.test, body)
    }

    /// The ids in `images.json`.
    fileprivate func podmanIDs() throws -> Set<String> {
        let list = try JSONValue(parsing: repository.reader.tree().readFile(PodmanStore.images) ?? []).array ?? []
        return Set(list.compactMap { $0.object?["id"]?.string })
    }
}
