import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

@Suite("Publishing revisions")
struct RepositoryPublishingTests {
    @Test(
        "what was published is read back, and the independent checker finds it sound",
        arguments: CompressionPolicy.allCases
    )
    func roundTrip(policy: CompressionPolicy) async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder, policy: policy)
            let large = (0..<(20 << 20)).map { UInt8(truncatingIfNeeded: $0 >> 12) }
            var random = SeededRandom(seed: 7)
            let noise = (0..<(9 << 20)).map { _ in UInt8.random(in: 0...255, using: &random) }
            let files: [String: [UInt8]] = [
                "empty": [], "small": Array("hello world\n".utf8), "large": large, "noise": noise,
                "tiny-noise": Array(noise.prefix(40)), "edge": Array(large.prefix(4 << 20)),
            ]
            let outcome = try new.publish(files, at: ".layers/ab/abcd/layerfs") { transaction in
                try transaction.writeFile(BytePath(".layers/ab/abcd/note"), Array("note".utf8))
            }
            #expect(outcome == .published(revision: 2))
            try await new.expectSound()
            let tree = try new.repository.reader.tree()
            for (name, bytes) in files {
                let path = try BytePath(".layers/ab/abcd/layerfs/\(name)")
                #expect(try tree.readFile(path, limit: 32 << 20) == bytes)
            }
            #expect(try tree.readFile(BytePath(".layers/ab/abcd/note")) == Array("note".utf8))
            // Pieces for what is large, and noise stored as it is.
            #expect(try tree.content(of: BytePath(".layers/ab/abcd/layerfs/large")).chunks.count > 1)
            #expect(try tree.content(of: BytePath(".layers/ab/abcd/layerfs/edge")).chunks.isEmpty)
            if policy != .zlib {
                // Where the noise is cut, and whether it is, depends on its bytes.
                switch try tree.content(of: BytePath(".layers/ab/abcd/layerfs/noise")) {
                case .chunked(_, _, let compression), .whole(_, _, let compression): #expect(compression == .none)
                }
            }
        }
    }

    @Test("nothing new makes no revision; each edit makes one, with tags, log and counters")
    func revisions() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            #expect(try new.publish(["f": [1]], at: "a/layer") == .published(revision: 2))
            #expect(try new.publish(["f": [1]], at: "a/layer") == .unchanged(revision: 2))
            #expect(try new.publish(["f": [2]], at: "a/layer") == .published(revision: 3))
            for number in 0..<5 {
                let outcome = try new.publish(["g": [UInt8(number)]], at: "b/\(number)/layer") { transaction in
                    try transaction.makeDirectory(BytePath("deep/er/\(number)"), nested: true)
                    try transaction.writeFile(BytePath("deep/er/\(number)/file"), [UInt8(number)])
                    try transaction.writeFile(BytePath("deep/er/\(number)/file"), [9])
                }
                #expect(outcome == .published(revision: UInt64(4 + number)))
            }
            try await new.expectSound()
            let state = try new.repository.reader.published()
            let history = try History(
                bytes: try new.repository.reader.store.loadInflated(try #require(state.manifest.history), .history)
            )
            #expect(try history.tags().map(\.name).sorted() == ["trunk", "trunk-previous"])
            #expect(try history.tag("trunk")?.revision == 8)
            #expect(try history.tag("trunk-previous")?.revision == 7)
        }
    }

    @Test("the same subtree gives the same catalog, whenever and wherever it is written")
    func deterministic() async throws {
        try await withTemporaryFolder { folder in
            var hashes: Set<ContentHash> = []
            for name in ["one", "two"] {
                let place = folder.appending(name)
                try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: false)
                let new = try NativeRepository(in: place)
                let preparation = try new.repository.prepare(.test)
                let entries = try new.entries(["a": [1, 2, 3], "b": []], preparation)
                hashes.insert(try preparation.catalog(of: entries, at: BytePath("x/y")).reference.hash)
                try preparation.end()
            }
            #expect(hashes.count == 1)
        }
    }

    @Test("an error in the middle of a commit leaves the revision as it was")
    func failure() async throws {
        struct Stop: Error {}
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1]], at: "a/layer")
            let before = try new.storage.appending(".cvmfspublished").contents()
            #expect(throws: Stop.self) { try new.publish(["f": [2]], at: "b/layer") { _ in throw Stop() } }
            #expect(try new.storage.appending(".cvmfspublished").contents() == before)
            try await new.expectSound()
            // The lock went with it.
            #expect(try new.publish(["f": [2]], at: "b/layer") == .published(revision: 3))
            try await new.expectSound()
        }
    }

    @Test("a clock that was set back makes no revision that is older than the one before")
    func clockSetBack() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1]], at: "a/layer", now: Date(timeIntervalSinceNow: 3600))
            let before = try new.repository.reader.published().manifest.published
            try new.publish(["f": [2]], at: "b/layer")
            #expect(try new.repository.reader.published().manifest.published == before)
            try await new.expectSound()
        }
    }

    @Test("known content is not stored again, and the index is believed only where the object is there")
    func contentIndex() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 >> 5) }
            try new.publish(["f": content], at: "a/layer")
            let preparation = try new.repository.prepare(.test)
            #expect(try statistics(of: content, preparation).knownBytes == 100_000)
            let object = try new.repository.reader.tree().content(of: BytePath("a/layer/f"))
            guard case .whole(let hash, _, _) = object else {
                Issue.record("a file of 100,000 bytes is stored in pieces")
                return
            }
            let file = new.storage.appending(hash.objectPath(.file))
            let stored = try file.contents()
            try LocalObjectStore(root: new.storage).remove(hash, .file)
            #expect(try statistics(of: content, preparation).newBytes == 100_000)
            #expect(try file.contents() == stored)
            try file.write(Array(stored.dropLast()))
            #expect(try statistics(of: content, preparation).newBytes == 100_000)
            #expect(try file.contents() == stored)
            try preparation.end()
            try await new.expectSound()
        }
    }

    private func statistics(of content: [UInt8], _ preparation: Preparation) throws -> ContentStatistics {
        let batch = ContentBatch()
        let writer = preparation.content.begin(size: Int64(content.count), in: batch)
        try content.withUnsafeBytes { try writer.append($0) }
        _ = try writer.finish()
        try batch.wait()
        return batch.statistics
    }

    @Test("a commit waits for another writer, and names it when it gives up")
    func lock() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let preparation = try new.repository.prepare(.test)
            _ = try new.repository.commit(preparation, .test) { _ in
                let other = try new.repository.prepare(.test)
                let error = #expect(throws: CVMFSError.self) {
                    try new.repository.commit(other, WriteContext(lockTimeout: .milliseconds(100))) { _ in }
                }
                #expect(error?.code == .busy)
                #expect(error?.description.contains("process \(getpid()) (committing)") == true)
                #expect(error?.description.contains("--lock-timeout") == true)
                try other.end()
            }
            try preparation.end()
        }
    }

    @Test("writers that publish at once queue for the commit, and everything of both arrives")
    func concurrent() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        try await onDedicatedThread("writer") {
                            _ = try new.publish(["f": [UInt8(number)]], at: "w\(number)/layer")
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try new.repository.reader.published().manifest.revision == 9)
            #expect(try new.repository.reader.tree().entries(of: BytePath()).count == 8)
            try await new.expectSound()
        }
    }
}
