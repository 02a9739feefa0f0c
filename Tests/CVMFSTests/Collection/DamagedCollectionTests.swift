import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Whatever cannot be read ends a collection before anything is removed.
@Suite("Garbage collection of a damaged repository")
struct DamagedCollectionTests {
    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Breaks it, given the storage and its reader.
        let run: @Sendable (NativeRepository) throws -> Void
    }

    private static func path(_ new: NativeRepository, _ hash: ContentHash?, _ kind: ObjectKind) throws -> FilePath {
        new.storage.appending(try #require(hash).objectPath(kind))
    }

    private static func flip(_ path: FilePath, at part: Double = 0.5) throws {
        var bytes = try path.contents()
        bytes[Int(Double(bytes.count - 1) * part)] ^= 0x40
        try Data(bytes).write(to: URL(fileURLWithPath: path.string))
    }

    private static func oldRoot(_ new: NativeRepository) throws -> ContentHash {
        try #require(try new.repository.reader.revisions().links.dropFirst(3).first).root
    }

    static let damages = [
        Damage(testDescription: "the published root catalog is torn") { new in
            try flip(path(new, new.repository.reader.published().manifest.root.hash, .catalog))
        },
        Damage(testDescription: "the published root catalog is missing") { new in
            let root = try new.repository.reader.published().manifest.root.hash
            try FileManager.default.removeItem(atPath: path(new, root, .catalog).string)
        },
        Damage(testDescription: "a nested catalog is torn") { new in
            try flip(path(new, nested(new), .catalog))
        },
        Damage(testDescription: "a nested catalog is missing") { new in
            try FileManager.default.removeItem(atPath: path(new, nested(new), .catalog).string)
        },
        Damage(testDescription: "an old root catalog is torn") { new in
            try flip(path(new, oldRoot(new), .catalog))
        },
        Damage(testDescription: "the tag database is torn") { new in
            try flip(path(new, new.repository.reader.published().manifest.history, .history))
        },
        Damage(testDescription: "the tag database is missing") { new in
            let history = try new.repository.reader.published().manifest.history
            try FileManager.default.removeItem(atPath: path(new, history, .history).string)
        },
        Damage(testDescription: "a tagged root catalog is missing") { new in
            let tag = try #require(try new.repository.reader.tags().first { $0.name == "release" })
            try FileManager.default.removeItem(atPath: path(new, tag.root.hash, .catalog).string)
        },
        Damage(testDescription: "the manifest is changed") { new in
            try flip(new.storage.appending(".cvmfspublished"), at: 0.1)
        },
        Damage(testDescription: "the manifest is cut") { new in
            let path = new.storage.appending(".cvmfspublished")
            try Data(try path.contents().prefix(60)).write(to: URL(fileURLWithPath: path.string))
        },
        Damage(testDescription: "the reference log is cut") { new in
            let path = new.storage.appending(".cvmfsreflog")
            try Data(try path.contents().prefix(5000)).write(to: URL(fileURLWithPath: path.string))
        },
        Damage(testDescription: "the reference log is no database") { new in
            try Data("nothing".utf8).write(to: URL(fileURLWithPath: new.storage.appending(".cvmfsreflog").string))
        },
        Damage(testDescription: "the reference log is missing") { new in
            try FileManager.default.removeItem(atPath: new.storage.appending(".cvmfsreflog").string)
        },
        Damage(testDescription: "the reference log is that of another time") { new in
            let log = try Reflog(fqrn: NativeRepository.fqrn)
            let path = new.storage.appending(".cvmfsreflog")
            for reference in try Reflog(bytes: path.contents()).references().dropLast(9) {
                try log.insert(reference.hash, reference.kind, timestamp: reference.timestamp)
            }
            try Data(try log.serialize()).write(to: URL(fileURLWithPath: path.string))
        },
        Damage(testDescription: "the times in the reference log are older") { new in
            let log = try Reflog(fqrn: NativeRepository.fqrn)
            let path = new.storage.appending(".cvmfsreflog")
            for reference in try Reflog(bytes: path.contents()).references() {
                try log.insert(reference.hash, reference.kind, timestamp: reference.timestamp - 100_000_000)
            }
            try Data(try log.serialize()).write(to: URL(fileURLWithPath: path.string))
        },
        Damage(testDescription: "the reference log is another repository's") { new in
            let log = try Reflog(fqrn: "other.example.org")
            try log.insert(oldRoot(new), .catalog, timestamp: 1)
            let path = new.storage.appending(".cvmfsreflog").string
            try Data(try log.serialize()).write(to: URL(fileURLWithPath: path))
        },
    ]

    private static func nested(_ new: NativeRepository) throws -> ContentHash? {
        let root = try new.repository.reader.published().manifest.root.hash
        let catalog = try Catalog(bytes: try new.repository.reader.store.loadInflated(root, .catalog))
        return try catalog.nestedCatalogs().first?.reference.hash
    }

    @Test("nothing is removed", arguments: damages)
    func nothingGoes(_ damage: Damage) async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            for number in 1...6 as ClosedRange<UInt8> {
                try new.publish(["kept": [1], "f": [number + 10]], at: "a/layer")
                if number == 2 { try new.repository.tags.add("release", description: "", .test) }
            }
            let collection = GarbageCollection(new.repository, CollectionPolicy(revisions: 1), .test)
            #expect(try collection.plan().removedObjects > 0)
            try damage.run(new)
            let before = try FileManager.default.subpathsOfDirectory(atPath: new.storage.string).sorted()
            for attempt in [collection.plan, collection.run] {
                let error = #expect(throws: CVMFSError.self) { _ = try attempt() }
                #expect(error?.description.isEmpty == false)
            }
            #expect(try FileManager.default.subpathsOfDirectory(atPath: new.storage.string).sorted() == before)
        }
    }
}
