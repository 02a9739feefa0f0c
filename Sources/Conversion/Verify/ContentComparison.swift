import CVMFS
import Plumbing
import Synchronization

/// Compares stored contents with the hashes that they should have, several at a time, while one thread walks the catalogs.
final class ContentComparison: Sendable {
    private let store: any ObjectReader
    private let workers: WorkerThreads
    private let differences = Mutex<[BytePath: String]>([:])

    /// A comparison with what lies in a store.
    init(store: any ObjectReader) throws {
        self.store = store
        workers = try WorkerThreads(name: "compare", count: store.usefulReaders, queueLimit: 64)
    }

    deinit { workers.stop() }

    /// Compares a content with its SHA-256; a difference is told of `path`. Blocks while the queue is full.
    func compare(_ content: StoredContent, with expected: [UInt8], at path: BytePath) {
        workers.submit { [self] in
            guard let difference = difference(content, expected) else { return }
            differences.withLock { $0[path] = difference }
        }
    }

    /// Waits for all of them. Returns a line for each difference, in path order. Nothing may be compared afterwards.
    func finish() -> [String] {
        workers.finish()
        return differences.withLock { $0.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" } }
    }

    private func difference(_ content: StoredContent, _ expected: [UInt8]) -> String? {
        do {
            let digest = try MessageDigest(.sha256)
            try store.readContent(content) { digest.update($0) }
            return digest.finish() == expected ? nil : "the content differs"
        } catch {
            return "the content cannot be read: \(error)"
        }
    }
}
