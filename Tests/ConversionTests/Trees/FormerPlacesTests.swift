import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import Registry
import State
import TestSupport
import Testing

/// What an image had in a repository and is no longer wanted: it goes in the revision that has what is wanted.
@Suite("Former places") struct FormerPlacesTests {
    private static let all: OutputFormats = [.layers, .flat, .podman, .thin]

    /// A repository, and how it names images at the moment.
    private struct Place {
        let fixture: ConversionFixture
        var host: String { fixture.registry.host }

        func converter(_ names: String? = nil) -> Converter {
            let trees = names.map { TreeSettings(names: $0) } ?? TreeSettings()
            let context = WriteContext(lockTimeout: .seconds(10))
            return fixture.converter(through: NativePublisher(fixture.repository, context, trees: trees))
        }

        func set(_ desiderata: Desiderata, formats: OutputFormats? = nil, platforms: [String]? = nil) async throws
            -> Desiderata
        {
            try await fixture.state.wishes.setDesiderata(
                desiderata.id,
                formats: formats,
                platforms: platforms,
                at: Date()
            )
        }

        func add(_ name: String, _ tag: String?, _ layer: String, _ platform: Platform = .linuxAMD64) throws
            -> InMemoryRegistry.Image
        {
            try fixture.registry.addImage(
                name,
                tag: tag,
                layers: [SampleLayers.base, SampleLayers.single(RawBytes(stringLiteral: layer))],
                platform: platform,
                mediaType: .ociManifest
            )
        }

        /// The names of podman's list.
        func podmanNames() throws -> [String] {
            let bytes = try fixture.repository.reader.tree().readFile(PodmanStore.images) ?? []
            let list = try JSONValue(parsing: bytes).array ?? []
            return list.flatMap { $0.object?["names"]?.array ?? [] }.compactMap(\.string).sorted()
        }

        /// Which of these paths are there.
        func there(_ paths: [BytePath]) throws -> [Bool] {
            let tree = try fixture.repository.reader.tree()
            return try paths.map { try tree.entry(at: $0) != nil }
        }

        /// Where these links lead, each to the tree of one of the images, by their numbers.
        func leads(_ names: [String], _ images: [InMemoryRegistry.Image]) throws -> [Int?] {
            let tree = try fixture.repository.reader.tree()
            return try names.map { name in
                guard let row = try tree.entry(at: BytePath(name)) else { return nil }
                return images.firstIndex {
                    String(decoding: row.symlink, as: UTF8.self).hasSuffix($0.manifest.config.digest.hex)
                }
            }
        }
    }

    /// The tree, its record, and its place in podman's store.
    private static func places(_ image: InMemoryRegistry.Image) throws -> [BytePath] {
        let digest = image.manifest.config.digest
        return [
            RepositoryLayout.tree(digest), RepositoryLayout.treeRecord(digest),
            try BytePath("podmanStore/overlay-images/\(digest.hex)/manifest"),
        ]
    }

    private func with(_ body: (Place) async throws -> Void) async throws {
        try await ConversionFixture.with { fixture in
            try await body(Place(fixture: fixture))
            try await fixture.expectSound()
        }
    }

    @Test("names by another template replace those by the former one, also below or above them") func templates()
        async throws
    {
        try await with { place in
            let images = [try place.add("a/app", "1", "a"), try place.add("b/app", "1", "b")]
            let first = try await place.fixture.desire("a/app:1")
            let second = try await place.fixture.desire("b/app:1", as: "thin/app:2")
            for desiderata in [first, second] { _ = try await place.converter().convert(desiderata) }
            let former = ["\(place.host)/a/app:1", "\(place.host)/b/app:1"]
            #expect(try place.leads(former, images) == [0, 1])
            let before = try place.fixture.revision
            for names in [
                "{registry}/{repository}:{reference}/root", "{registry}/{repository}:{reference}",
                "x/{repository}:{reference}",
            ] {
                for desiderata in [first, second] { _ = try await place.converter(names).convert(desiderata) }
            }
            #expect(try place.leads(["x/a/app:1", "x/b/app:1"], images) == [0, 1])
            #expect(try place.fixture.revision == before + 6)
            // With the directories that were made for them.
            #expect(try place.there([try BytePath("\(place.host)/a"), BytePath(place.host)]) == [false, false])
            _ = try await place.converter("x/{repository}:{reference}").convert(first)
            #expect(try place.fixture.revision == before + 6)
        }
    }

    @Test("a name that another image has by now stays with it") func takenOver() async throws {
        try await with { place in
            let images = [try place.add("a", "b", "a"), try place.add("b", "a", "b")]
            let first = try await place.fixture.desire("a:b")
            let second = try await place.fixture.desire("b:a", as: "thin/app:2")
            let names = ["n/a-b", "n/b-a"]
            for desiderata in [first, second] {
                _ = try await place.converter("n/{repository}-{reference}").convert(desiderata)
            }
            #expect(try place.leads(names, images) == [0, 1])
            _ = try await place.converter("n/{reference}-{repository}").convert(first)
            #expect(try place.leads(names, images) == [nil, 0])
            // Its former name is the first one's now.
            _ = try await place.converter("n/{reference}-{repository}").convert(second)
            #expect(try place.leads(names, images) == [1, 0])
        }
    }

    @Test("fewer platforms leave nothing of the others") func platforms() async throws {
        try await with { place in
            let known = ["linux/amd64", "linux/arm64", "linux/riscv64"]
            let images = try known.map { try place.add("app", nil, $0, Platform(parsing: $0)) }
            try place.fixture.registry.addIndex("app", tag: "1", images: images)
            let wanted = try await place.fixture.desire("app:1", formats: Self.all)
            let name = "\(place.host)/app:1"
            let names = ["amd64", "arm64", "riscv64"].map { ".multiarch/\($0)/\(name)" }
            let source = try ImageSource(parsing: name, folder: "/")
            let manifests = try known.map {
                let image = try RepositoryLayout.image(source, .further(Platform(parsing: $0)))
                return RepositoryLayout.ImageFile.manifest.path(in: image)
            }
            for count in [3, 2, 1, 3, 1] {
                let changed = try await place.set(wanted, platforms: Array(known.prefix(count)))
                let result = try await place.converter().convert(changed)
                let expected = (0..<3).map { count > 1 && $0 < count }
                #expect(try place.leads(names, images) == (0..<3).map { expected[$0] ? $0 : nil })
                #expect(try place.there(manifests) == expected)
                for (number, image) in images.enumerated() {
                    #expect(try place.there(Self.places(image)) == Array(repeating: number < count, count: 3))
                }
                #expect(try await place.converter().convert(changed) == .upToDate(revision: result.revision))
            }
            #expect(try place.leads([name], images) == [0])
        }
    }

    @Test("a tag that moved leaves the tree that programs run from, and nothing in podman's store") func moved()
        async throws
    {
        try await with { place in
            let old = try place.add("app", "1", "old")
            let desiderata = try await place.fixture.desire("app:1", formats: Self.all)
            _ = try await place.converter().convert(desiderata)
            let new = try place.add("app", "1", "new")
            let result = try await place.converter().convert(desiderata)
            #expect(try place.there(Self.places(old)) == [true, true, false])
            #expect(try place.there(Self.places(new)) == [true, true, true])
            #expect(try await place.converter().convert(desiderata) == .upToDate(revision: result.revision))
            // Where it goes back, the tree is still there, and only a link moves.
            try place.fixture.registry.addManifest(old.bytes, .ociManifest, to: "app", tag: "1")
            _ = try await place.converter().convert(desiderata)
            #expect(try place.there(Self.places(old) + Self.places(new)) == [true, true, true, true, true, false])
            let less = try await place.set(desiderata, formats: [.layers, .thin])
            _ = try await place.converter().convert(less)
            #expect(try place.there(Self.places(old) + Self.places(new)) == [false, false, false, true, true, false])
        }
    }

    @Test("what another name of the same image needs stays") func shared() async throws {
        try await with { place in
            let image = try place.add("app", "1", "a")
            try place.fixture.registry.addManifest(image.bytes, .ociManifest, to: "app", tag: "2")
            let first = try await place.fixture.desire("app:1", formats: Self.all)
            let second = try await place.fixture.desire("app:2", as: "thin/app:2", formats: Self.all)
            for desiderata in [first, second] { _ = try await place.converter().convert(desiderata) }
            let names = ["\(place.host)/app:1", "\(place.host)/app:2"]
            let less = try await place.set(first, formats: [.layers, .thin])
            _ = try await place.converter().convert(less)
            #expect(try place.leads(names, [image]) == [nil, 0])
            #expect(try place.there(Self.places(image)) == [true, true, true])
            #expect(try place.podmanNames() == ["\(place.host)/app:2"])
            let result = try await place.converter().convert(second)
            guard case .upToDate = result else {
                Issue.record("what another one needs was taken away")
                return
            }
            let last = try await place.set(second, formats: [.layers, .thin])
            _ = try await place.converter().convert(last)
            #expect(try place.leads(names, [image]) == [nil, nil])
            #expect(try place.there(Self.places(image)) == [false, false, false])
        }
    }

    @Test("a record that says nothing sensible takes nothing away, and is written anew") func damagedRecord()
        async throws
    {
        try await with { place in
            let image = try place.add("app", "1", "a")
            let desiderata = try await place.fixture.desire("app:1", formats: Self.all)
            _ = try await place.converter().convert(desiderata)
            let path = try RepositoryLayout.imageRecord(
                ImageSource(parsing: place.fixture.registry.reference("app:1"), folder: "/")
            )
            let sane = try place.fixture.repository.reader.tree().readFile(path)
            let config = "sha256:\(String(repeating: "0", count: 64))"
            for (config, folder) in [("x", ".metadata/a"), (config, "etc"), (config, "../x")] {
                let image = "{\"platform\":\"a/b\",\"config\":\"\(config)\",\"folder\":\"\(folder)\",\"names\":[\"n\"],"
                let bytes = Array("{\"images\":[\(image)\"podman\":true}],\"chosen\":{}}".utf8)
                _ = try place.fixture.repository.edit(.test) { try $0.writeFile(path, bytes) }
                let result = try await place.converter().convert(desiderata)
                #expect(try place.fixture.repository.reader.tree().readFile(path) == sane)
                #expect(try await place.converter().convert(desiderata) == .upToDate(revision: result.revision))
            }
            #expect(try place.there(Self.places(image)) == [true, true, true])
        }
    }

    @Test("a name that a person chose stays, and so does its tree") func chosen() async throws {
        try await with { place in
            let image = try place.add("app", "1", "a")
            let desiderata = try await place.fixture.desire("app:1", formats: Self.all)
            let wish = Wish(
                input: desiderata.input.reference,
                output: nil,
                repository: ConversionFixture.fqrn,
                formats: [.layers, .flat],
                platforms: [],
                name: try BytePath("mine")
            )
            _ = try await place.converter().convert(wish)
            _ = try await place.converter().convert(desiderata)
            let less = try await place.set(desiderata, formats: [.layers, .thin])
            let result = try await place.converter().convert(less)
            #expect(try place.leads(["mine", "\(place.host)/app:1"], [image]) == [0, nil])
            #expect(try place.there(Self.places(image)) == [true, true, false])
            #expect(try await place.converter().convert(less) == .upToDate(revision: result.revision))
        }
    }

    @Test("a name that is chosen again for one platform is left for no other") func chosenAgain() async throws {
        try await with { place in
            let known = ["linux/amd64", "linux/arm64"]
            let images = try known.map { try place.add("app", nil, $0, Platform(parsing: $0)) }
            try place.fixture.registry.addIndex("app", tag: "1", images: images)
            func wish(_ platforms: [String]) throws -> Wish {
                Wish(
                    input: StoredReference(
                        try ImageReference(parsing: place.fixture.registry.reference("app:1")),
                        user: nil
                    ),
                    output: nil,
                    repository: ConversionFixture.fqrn,
                    formats: [.layers, .flat],
                    platforms: platforms,
                    name: try BytePath("my/app")
                )
            }
            _ = try await place.converter().convert(wish(known))
            let names = ["my/app", ".multiarch/amd64/my/app", ".multiarch/arm64/my/app"]
            #expect(try place.leads(names, images) == [nil, 0, 1])
            _ = try await place.converter().convert(wish(["linux/amd64"]))
            #expect(try place.leads(names, images) == [0, nil, nil])
            #expect(try place.there(Self.places(images[1])) == [false, false, false])

            // What leads to names of a platform is not the image's path.
            let desiderata = try await place.fixture.desire("app:1", formats: [.layers, .podman, .thin])
            _ = try await place.converter().convert(desiderata)
            let source = try ImageSource(desiderata.input.reference)
            let image = try await place.fixture.client.open(source, credentials: nil).resolve(platform: .linuxAMD64)
            let holdings = try await RepositoryHoldings(
                of: image,
                in: place.fixture.repository.reader,
                trees: TreeSettings()
            )
            #expect(holdings.tree == RepositoryLayout.tree(images[0].manifest.config.digest))
        }
    }

    @Test("two that want different things of one image take nothing from each other") func sameInput() async throws {
        try await with { place in
            let image = try place.add("app", "1", "a")
            var wishes: [Desiderata] = []
            let wanted: [OutputFormats] = [[.layers, .flat, .thin], [.layers, .podman, .thin], [.layers, .thin]]
            for (number, formats) in wanted.enumerated() {
                wishes.append(try await place.fixture.desire("app:1", as: "thin/app:\(number)", formats: formats))
                _ = try await place.converter().convert(wishes[number])
            }
            let revision = try place.fixture.revision
            for wish in wishes + wishes { _ = try await place.converter().convert(wish) }
            #expect(try place.fixture.revision == revision)
            #expect(try place.there(Self.places(image)) == [true, true, true])
            #expect(try place.leads(["\(place.host)/app:1"], [image]) == [0])
        }
    }
}
