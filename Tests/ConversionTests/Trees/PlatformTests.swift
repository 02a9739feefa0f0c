import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import Registry
import State
import TestSupport
import Testing

/// Images for several platforms.
@Suite("Several platforms") struct PlatformTests {
    private static let platforms = [
        Platform(os: "linux", architecture: "amd64"), Platform(os: "linux", architecture: "arm64", variant: "v8"),
        Platform(os: "linux", architecture: "arm", variant: "v7"), Platform(os: "windows", architecture: "amd64"),
    ]

    private func addIndex(
        _ fixture: ConversionFixture,
        _ mediaType: MediaType = .dockerManifest
    ) throws -> [InMemoryRegistry.Image] {
        let images = try Self.platforms.map { platform in
            try fixture.registry.addImage(
                "app",
                tag: nil,
                layers: [
                    SampleLayers.base, SampleLayers.single("arch", RawBytes(stringLiteral: platform.description)),
                ],
                platform: platform,
                mediaType: mediaType
            )
        }
        try fixture.registry.addIndex("app", tag: "1", images: images)
        return images
    }

    private func desire(_ fixture: ConversionFixture, _ platforms: [String]) async throws -> Desiderata {
        let desiderata = try await fixture.desire("app:1")
        return try await fixture.state.wishes.setDesiderata(desiderata.id, platforms: platforms, at: Date())
    }

    private func links(_ fixture: ConversionFixture, _ names: [String]) throws -> [String?] {
        let tree = try fixture.repository.reader.tree()
        return try names.map { name in
            try tree.entry(at: BytePath(name)).map { String(decoding: $0.symlink, as: UTF8.self) }
        }
    }

    @Test("are converted in one revision, with a tree and a name for each, and an index of thin images")
    func all() async throws {
        try await ConversionFixture.with { fixture in
            let images = try addIndex(fixture)
            let desiderata = try await desire(fixture, ["all"])
            let before = try fixture.revision
            let result = try await fixture.converter().convert(desiderata)
            #expect(result.revision == before + 1)
            let host = fixture.registry.host
            let trees = images.map { RepositoryLayout.tree($0.manifest.config.digest).description }
            let found = try links(
                fixture,
                [
                    "\(host)/app:1", ".multiarch/amd64/\(host)/app:1", ".multiarch/arm64/\(host)/app:1",
                    ".multiarch/arm:v7/\(host)/app:1", ".multiarch/x86_64", ".multiarch/aarch64",
                ]
            )
            #expect(
                found == [
                    "../.multiarch/$(CVMFS_ARCH:-amd64)/\(host)/app:1", "../../../\(trees[0])", "../../../\(trees[1])",
                    "../../../\(trees[2])", "../.multiarch/amd64", "../.multiarch/arm64",
                ]
            )
            // Nobody runs the one for Windows from a repository.
            #expect(try fixture.repository.reader.tree().entry(at: try BytePath(trees[3])) == nil)
            #expect(try await fixture.converter().convert(desiderata) == .upToDate(revision: result.revision))
            let thin = try #require(fixture.registry.manifest("thin/app", "1"))
            guard case .index(let index) = try RawManifest(bytes: thin).decoded else {
                Issue.record("no index")
                return
            }
            #expect(
                index.manifests.map { $0.platform?.description } == ["linux/amd64", "linux/arm64/v8", "linux/arm/v7"]
            )
            for entry in index.manifests {
                #expect(fixture.registry.manifest("thin/app", entry.digest.description) != nil)
            }
            try await fixture.expectSound()
        }
    }

    @Test("have one name in podman's store, and what a repository holds says whose it is") func podmanNames()
        async throws
    {
        try await ConversionFixture.with { fixture in
            _ = try addIndex(fixture, .ociManifest)
            let wish = try await fixture.desire("app:1", formats: [.layers, .flat, .podman, .thin])
            let both = try await fixture.state.wishes.setDesiderata(
                wish.id,
                platforms: ["linux/amd64", "linux/arm64"],
                at: Date()
            )
            _ = try await fixture.converter().convert(both)
            func names(_ platform: Platform) async throws -> [String]? {
                let image = try await fixture.client.open(ImageSource(both.input.reference), credentials: nil)
                    .resolve(platform: platform)
                return try await RepositoryHoldings(of: image, in: fixture.repository.reader, trees: TreeSettings())
                    .podmanNames
            }
            #expect(try await names(Self.platforms[0])?.count == 1)
            #expect(try await names(Self.platforms[1]) == [])
            #expect(try await names(Self.platforms[2]) == nil)
        }
    }

    @Test("come and go: the names of those that are no longer wanted go with them") func change() async throws {
        try await ConversionFixture.with { fixture in
            let images = try addIndex(fixture)
            let both = try await desire(fixture, ["linux/amd64", "linux/arm64"])
            _ = try await fixture.converter().convert(both)
            let one = try await fixture.state.wishes.setDesiderata(both.id, platforms: ["linux/arm64"], at: Date())
            let result = try await fixture.converter().convert(one)
            let host = fixture.registry.host
            let found = try links(
                fixture,
                ["\(host)/app:1", ".multiarch/amd64/\(host)/app:1", ".multiarch/arm64/\(host)/app:1"]
            )
            #expect(found == ["../\(RepositoryLayout.tree(images[1].manifest.config.digest))", nil, nil])
            #expect(try await fixture.converter().convert(one) == .upToDate(revision: result.revision))
            try await fixture.expectSound()
        }
    }
}
