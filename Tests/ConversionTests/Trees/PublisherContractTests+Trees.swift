import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import State
import TestSupport
import Testing

/// What a publisher makes of an image beside its layers.
extension PublisherContractTests {
    @Test("an image is a root file system by name, in as many transactions as without it", arguments: Kind.allCases)
    func tree(kind: Kind) async throws {
        try await with(kind) { subject in
            let layers = [SampleLayers.base, SampleLayers.application]
            let image = try subject.fixture.registry.addImage("app", tag: "1", layers: layers)
            let desiderata = try await subject.fixture.desire("app:1")
            let result = try await subject.convert(desiderata)
            if case .converted(_, _, _, _, _, let transactions) = result, kind == .server { #expect(transactions == 2) }
            let root = RepositoryLayout.tree(image.manifest.config.digest)
            let host = subject.fixture.registry.host
            let names = ["etc/motd", "var/cache/old", "var/cache/new", "app/run", "tmp", "etc/mtab"]
            let rows = try await subject.rows(names.map { "\(root)/\($0)" } + ["\(host)/app:1"])
            #expect(rows[0] == nil && rows[1] == nil && rows[2] != nil)
            #expect(rows[3]?.hasPrefix("104755 ") == true && rows[4]?.hasPrefix("41777 ") == true, "\(rows)")
            #expect(rows[5]?.hasSuffix("/proc/mounts") == true && rows[6]?.hasSuffix(" ../\(root)") == true)
            let run = root.appending(try BytePath("app/run"))
            #expect(try await subject.publisher.contents([run])[run] == Array("#!/bin/sh\n".utf8))
            #expect(try await subject.convert(desiderata) == .upToDate(revision: result.revision))
            // A tree that is there as it is stays.
            let again = try await subject.convert(desiderata, ConversionOptions(convertAgain: true))
            #expect(again.revision <= result.revision + 1)
            // Other settings make another one, in its place.
            let other = try subject.fixture.registry.addImage(
                "app",
                tag: "1",
                layers: layers + [SampleLayers.single("new")]
            )
            _ = try await subject.convert(desiderata)
            #expect(try await subject.has(RepositoryLayout.tree(other.manifest.config.digest)))
            try await subject.expectSettled()
        }
    }

    @Test("what is no longer wanted of an image goes, and what others need stays", arguments: Kind.allCases)
    func formerPlaces(kind: Kind) async throws {
        try await with(kind) { subject in
            let registry = subject.fixture.registry
            let layers = [SampleLayers.base, SampleLayers.application]
            let image = try registry.addImage("app", tag: "1", layers: layers, mediaType: .ociManifest)
            try registry.addManifest(image.bytes, .ociManifest, to: "app", tag: "2")
            let digest = image.manifest.config.digest
            let all: OutputFormats = [.layers, .flat, .podman, .thin]
            var desideratas: [Desiderata] = []
            for tag in ["1", "2"] {
                desideratas.append(try await subject.fixture.desire("app:\(tag)", as: "thin/app:\(tag)", formats: all))
                _ = try await subject.convert(desideratas[desideratas.endIndex - 1])
            }
            let paths =
                try ["1", "2"].map { try BytePath("\(registry.host)/app:\($0)") } + [
                    RepositoryLayout.tree(digest), RepositoryLayout.treeRecord(digest),
                    BytePath("podmanStore/overlay-images/\(digest.hex)"),
                ]
            #expect(try await there(subject, paths) == [true, true, true, true, true])
            for (desiderata, left) in zip(
                desideratas,
                [[false, true, true, true, true], [false, false, false, false, false]]
            ) {
                let less = try await subject.fixture.state.wishes.setDesiderata(
                    desiderata.id,
                    formats: [.layers, .thin],
                    at: Date()
                )
                let result = try await subject.convert(less)
                #expect(try await there(subject, paths) == left)
                #expect(try await subject.convert(less) == .upToDate(revision: result.revision))
            }
            try await subject.expectSettled()
        }
    }

    @Test("nothing is published that podman could not read", arguments: Kind.allCases)
    func podmanStore(kind: Kind) async throws {
        try await with(kind) { subject in
            let before = try subject.fixture.revision
            let broken = TreeEdit(PodmanStore.images, .file(Array("[{".utf8)))
            let error = await #expect(throws: ConversionError.self) { _ = try await subject.commit([broken]) }
            #expect(error?.description.contains("since podman could not read it") == true)
            #expect(try subject.fixture.revision == before)
        }
    }

    private func there(_ subject: Subject, _ paths: [BytePath]) async throws -> [Bool] {
        let contents = try await subject.publisher.contents(paths)
        return paths.map { contents[$0] != nil }
    }
}
