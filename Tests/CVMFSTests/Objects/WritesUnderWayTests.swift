import CVMFS
import Foundation
import Logging
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
