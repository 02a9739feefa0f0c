import Foundation
import Plumbing
import Synchronization

/// Turns the content of files into objects on all cores: hash, look up, compress, store.
///
/// A thread feeds it with ``begin(size:in:)`` and reads the results once its batch is complete; several threads may do
/// so at once. What waits in memory is bounded by constants, whatever the size of a file
/// (docs/decisions/012-dedicated-threads.md).
package final class ContentWriter: Sendable {
    /// Plain bytes that wait for a worker or are in one's hands: one budget for all images of the process.
    private static let budget = ByteBudget(limit: 32 << 20)
    private static let queueLimit = 1024

    /// Lets so many bytes of files wait for compression, for all images of the process together; 32 MiB before.
    package static func limitMemory(to bytes: Int) { budget.setLimit(bytes) }

    /// Below this size compressing a sample first costs more than it saves.
    private static let probeThreshold = 256 << 10
    private static let sampleSize = 64 << 10

    private let writing: ObjectWriting
    private let flusher: ObjectFlusher
    private let workers: WorkerThreads
    private let idleCompressors = Mutex<[CompressorBox]>([])

    // Safe: a compressor is in one thread's hands, or in the list of idle ones.
    private struct CompressorBox: @unchecked Sendable {
        let compressor: ZlibCompressor
    }

    init(_ writing: ObjectWriting, _ flusher: ObjectFlusher) throws {
        self.writing = writing
        self.flusher = flusher
        let cores = ProcessInfo.processInfo.activeProcessorCount
        workers = try WorkerThreads(name: "objects", count: cores, queueLimit: Self.queueLimit)
    }

    deinit { workers.stop() }

    /// Waits until nothing is being stored any more. Nothing may be added afterwards. Blocks.
    func finish() {
        workers.finish()
        writing.writer.drain()
    }

    /// Starts a file of a known length in bytes.
    package func begin(size: Int64, in batch: ContentBatch) -> FileContentWriter {
        FileContentWriter(size: size, batch: batch, writer: self)
    }

    /// Where large files are cut.
    var chunking: ChunkingStrategy { writing.form.chunking }

    private var policy: CompressionPolicy { writing.form.policy }

    /// The compression of a file that is not cut; nil where each content is looked at.
    var wholeFileCompression: ObjectCompression? {
        policy == .none ? ObjectCompression.none : nil
    }

    /// Hands over piece `number` of a file, from 0. Blocks while there is no room; throws where its batch failed.
    func submit(_ bytes: [UInt8], number: Int, of file: PendingFile) throws {
        try file.batch.begin()
        Self.budget.take(bytes.count)
        let ticket = Ticket(file: file, number: number, size: bytes.count)
        workers.submit { [self] in
            do {
                try store(bytes, ticket)
            } catch {
                end(ticket, .failure(error))
            }
        }
    }

    /// What is to be done once a piece is stored. It does not hold the piece, whose bytes are gone by then.
    private struct Ticket: Sendable {
        let file: PendingFile
        let number: Int
        /// Plain bytes.
        let size: Int
    }

    private func end(_ ticket: Ticket, _ outcome: Result<(record: ContentIndex.Record, isNew: Bool), any Error>) {
        Self.budget.giveBack(ticket.size)
        let piece = outcome.map { ContentBatch.StoredPiece(record: $0.record, size: ticket.size, isNew: $0.isNew) }
        ticket.file.batch.end(ticket.file.number, piece: ticket.number, piece)
    }

    /// Finds or stores a piece. Whoever throws has not ended it.
    private func store(_ piece: [UInt8], _ ticket: Ticket) throws {
        let kind = ticket.file.kind
        // That of the file's other pieces, or nil where it may be chosen.
        let compression = ticket.file.compression
        let plain = try MessageDigest.hash(.sha256, piece)
        let key = ContentIndex.Key(plain: plain, kind: kind, algorithm: writing.form.algorithm)
        if let known = writing.index.record(for: key), compression == nil || known.compression == compression,
            try writing.reader.size(of: known.hash, kind) == known.storedSize
        {
            return end(ticket, .success((known, false)))
        }
        let (stored, used) = try encode(piece, compression: compression)
        let hash = try ContentHash(writing.form.algorithm, of: stored)
        let record = ContentIndex.Record(hash: hash, storedSize: Int64(stored.count), compression: used)
        writing.writer.write(stored, as: hash, kind) { [self] result in
            if case .success(let isNew) = result {
                writing.index.note(record, for: key)
                if isNew { flusher.note(stored: Int(record.storedSize)) }
            }
            end(ticket, result.map { (record, $0) })
        }
    }

    /// Whether a sample of the content shrinks at all: compressing what does not is wasted twice.
    func probe(_ piece: [UInt8]) throws -> ObjectCompression {
        // The stock publisher compresses everything, and this policy does what it does.
        if policy == .zlib { return .zlib }
        if policy == .none { return .none }
        let start = max(0, piece.count / 2 - Self.sampleSize / 2)
        let sample = piece[start..<min(piece.count, start + Self.sampleSize)]
        let compressed = try withCompressor { compressor in
            try sample.withUnsafeBytes { try compressor.compress($0) }
        }
        return compressed.count * 100 < sample.count * 98 ? .zlib : .none
    }

    private func encode(_ piece: [UInt8], compression: ObjectCompression?) throws -> ([UInt8], ObjectCompression) {
        if compression == ObjectCompression.none { return (piece, .none) }
        let mayChoose = compression == nil && policy != .zlib && !piece.isEmpty
        if mayChoose, piece.count > Self.probeThreshold, try probe(piece) == .none { return (piece, .none) }
        let compressed = try withCompressor { compressor in
            try piece.withUnsafeBytes { try compressor.compress($0) }
        }
        return mayChoose && compressed.count >= piece.count ? (piece, .none) : (compressed, .zlib)
    }

    private func withCompressor<T>(_ body: (ZlibCompressor) throws -> T) throws -> T {
        let box = try idleCompressors.withLock { $0.popLast() } ?? CompressorBox(compressor: ZlibCompressor(policy))
        defer { idleCompressors.withLock { $0.append(box) } }
        return try body(box.compressor)
    }
}
