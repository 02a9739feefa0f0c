import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import State
import StockServer
import TestSupport
import Testing

/// What a publisher makes of podman's store.
extension PublisherContractTests {
    @Test("lists of podman's store that somebody took away come back whole", arguments: Kind.allCases)
    func lostLists(kind: Kind) async throws {
        try await with(kind) { subject in
            var wishes: [Desiderata] = []
            for name in ["a", "b"] {
                let layer = SampleLayers.single("name", RawBytes(stringLiteral: name))
                try subject.fixture.registry.addImage(name, tag: "1", layers: [layer], mediaType: .ociManifest)
                let formats: OutputFormats = [.layers, .podman, .thin]
                wishes.append(try await subject.fixture.desire("\(name):1", as: "thin/\(name):1", formats: formats))
                _ = try await subject.convert(wishes[wishes.count - 1])
            }
            let lists = [PodmanStore.images, PodmanStore.layers, PodmanStore.imagesLock, PodmanStore.layersLock]
            let before = try subject.bytes(lists)
            #expect(before.count == 4)
            for list in lists { _ = try await subject.publisher.remove([list]) }
            #expect(try subject.bytes(lists).isEmpty)
            _ = try await subject.convert(wishes[1])
            let images = try JSONValue(parsing: subject.bytes(lists)[PodmanStore.images] ?? [])
            #expect(images.array?.count == 2)
            _ = try await subject.convert(wishes[0])
            #expect(try subject.bytes(lists) == before)
            for wish in wishes {
                let result = try await subject.convert(wish)
                #expect(result == .upToDate(revision: result.revision))
            }
            try await subject.expectSettled()
        }
    }
}

extension PublisherContractTests.Subject {
    /// The files of these that there are.
    fileprivate func bytes(_ paths: [BytePath]) throws -> [BytePath: [UInt8]] {
        if let server {
            return try MountReader(try ServerRepository.read(server.fqrn, from: server.configuration)).contents(paths)
        }
        return try StorageReader(fixture.repository.reader).contents(paths)
    }
}
