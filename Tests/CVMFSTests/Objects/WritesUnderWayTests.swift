import CVMFS
import Foundation
import Logging
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// A store at the end of a network has many writes under way, whatever the number of threads that compress.
@Suite("Writes under way", .timeLimit(.minutes(5)))
struct WritesUnderWayTests {
    /// Runs `body` with a repository in a store whose writes `delayed` holds back.
    private func with(
        _ delayed: DelayedCalls,
        _ body: (Repository, MemoryObjectStore) throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let native = try NativeRepository(in: folder)
            let memory = try MemoryObjectStore(folder: native.storage)
            let store = WatchedStore(memory, delayed)
            let reader = RepositoryReader(
                fqrn: NativeRepository.fqrn,
                store: store,
                keys: native.keys,
                logger: Logger(label: "test")
            )
            let workspace = RepositoryWorkspace(storage: native.storage)
            try body(Repository(reader: reader, storage: store, workspace: workspace), memory)
        }
    }

    private static let count = 64

    private func write(_ preparation: Preparation, in batch: ContentBatch) throws -> [PendingContent] {
        try (0..<Self.count).map { number in
            let bytes = Array("file \(number)".utf8)
            let writer = preparation.content.begin(size: Int64(bytes.count), in: batch)
            try bytes.withUnsafeBytes { try writer.append($0) }
            return try writer.finish()
        }
    }

    @Test("the threads that compress wait for none of them, and a batch is complete when all are done")
    func many() async throws {
        let delayed = DelayedCalls { $0 == .announced }
        try await with(delayed) { repository, memory in
            let preparation = try repository.prepare(.test)
            let batch = ContentBatch()
            let pending = try write(preparation, in: batch)
            delayed.waitForCalls(24)
            #expect(batch.statistics.newObjects == 0)
            #expect(throws: CVMFSError.self) { try pending[0].stored() }
            delayed.release()
            try batch.wait()
            #expect(batch.statistics.newObjects == Self.count)
            for content in pending { try repository.reader.store.readContent(content.stored()) { _ in } }
            try preparation.end()
        }
    }

    @Test("a file whose last piece is missing is not a shorter one")
    func lastPiece() async throws {
        let announced = Mutex(0)
        let delayed = DelayedCalls { call in
            guard call == .announced else { return false }
            return announced.withLock { count in
                count += 1
                return count == 3
            }
        }
        try await with(delayed) { repository, _ in
            let preparation = try repository.prepare(.test, chunking: .fixedSize)
            let batch = ContentBatch()
            var random = SeededRandom(seed: 3)
            let pieces = [(16 << 20) + 1, 100].map { count in
                (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            }
            let writer = preparation.content.begin(size: Int64(pieces[0].count + pieces[1].count), in: batch)
            // The first two are cut, and stored.
            try pieces[0].withUnsafeBytes { try writer.append($0) }
            try batch.wait()
            try pieces[1].withUnsafeBytes { try writer.append($0) }
            let content = try writer.finish()
            delayed.waitForCalls(1)
            let error = #expect(throws: CVMFSError.self) { try content.stored() }
            #expect(error?.code == .corrupt)
            delayed.release()
            try batch.wait()
            #expect(try content.stored().chunks.map(\.size) == [8 << 20, 8 << 20, 101])
            try preparation.end()
        }
    }

    @Test("a preparation that is given up waits for what is under way")
    func abandoned() async throws {
        let delayed = DelayedCalls { $0 == .announced }
        try await with(delayed) { repository, memory in
            let preparation = try repository.prepare(.test)
            let batch = ContentBatch()
            _ = try write(preparation, in: batch)
            delayed.waitForCalls(1)
            delayed.release()
            try preparation.abandon()
            #expect(batch.statistics.newObjects == Self.count)
        }
    }
}
