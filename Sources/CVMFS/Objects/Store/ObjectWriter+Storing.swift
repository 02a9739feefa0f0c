import Foundation
import Plumbing

extension ObjectWriter {
    /// Stores bytes under their hash. Returns whether the object is new. Blocks until it is written.
    @discardableResult
    package func store(_ bytes: [UInt8], as hash: ContentHash, _ kind: ObjectKind) throws -> Bool {
        let outcome = WriteOutcome()
        write(bytes, as: hash, kind) { outcome.set($0) }
        return try outcome.wait()
    }

    /// Compresses and stores an object that is always a zlib stream; returns its hash. Blocks.
    func store(
        _ content: [UInt8],
        _ kind: ObjectKind,
        algorithm: HashAlgorithm,
        compressor: ZlibCompressor
    ) throws -> ContentHash {
        try content.withUnsafeBytes { try store($0, kind, algorithm: algorithm, compressor: compressor) }
    }

    /// The same for bytes that are no array.
    func store(
        _ content: UnsafeRawBufferPointer,
        _ kind: ObjectKind,
        algorithm: HashAlgorithm,
        compressor: ZlibCompressor
    ) throws -> ContentHash {
        // A stock replica fetches these two inflated, compresses them anew with zlib and stores that under the name it
        // knows: with any other encoder's bytes the replica would be damaged.
        let mustEqualStock = kind == .certificate || kind == .metainfo
        let compressor = mustEqualStock ? try ZlibCompressor(.zlib) : compressor
        let stored = try compressor.compress(content)
        let hash = try ContentHash(algorithm, of: stored)
        try store(stored, as: hash, kind)
        return hash
    }
}

/// How one write ends, for the thread that waits for it.
private final class WriteOutcome: Sendable {
    // Safe: every access holds `condition`'s lock.
    private nonisolated(unsafe) var result: Result<Bool, any Error>?
    private let condition = NSCondition()

    func set(_ result: Result<Bool, any Error>) {
        condition.lock()
        defer { condition.unlock() }
        self.result = result
        condition.signal()
    }

    func wait() throws -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result { return try result.get() }
            condition.wait()
        }
    }
}
