import Plumbing

/// Takes the content of one file and hands it to the workers of a ``ContentWriter``, in pieces where it is large.
package final class FileContentWriter {
    private let writer: ContentWriter
    private let batch: ContentBatch
    private let size: Int64
    /// Nil for a file that is too small to be cut.
    private var chunker: Chunker?
    private var piece: [UInt8] = []
    private var pieceNumber = 0
    private var received: Int64 = 0
    private var pending: PendingFile?

    init(size: Int64, batch: ContentBatch, writer: ContentWriter) {
        self.size = size
        self.batch = batch
        self.writer = writer
        let chunker = writer.chunking.makeChunker()
        self.chunker = size > Int64(chunker.minimum) ? chunker : nil
        piece.reserveCapacity(Int(min(max(0, size), Int64(chunker.maximum))))
    }

    /// Adds the next bytes. Blocks while the workers are busy; throws where one of them failed, or where there are more
    /// bytes than announced.
    package func append(_ bytes: UnsafeRawBufferPointer) throws {
        received += Int64(bytes.count)
        // What waits here is bounded only by the announced length.
        guard received <= size else { throw wrongLength() }
        var rest = bytes
        while let cut = chunker?.nextCut(in: rest) {
            piece.append(contentsOf: UnsafeRawBufferPointer(rebasing: rest[..<cut]))
            rest = UnsafeRawBufferPointer(rebasing: rest[cut...])
            try flushChunk()
        }
        piece.append(contentsOf: rest)
    }

    /// Ends the file. The result is complete once the batch is. Throws where the length is not the announced one.
    package func finish() throws -> PendingContent {
        guard received == size else { throw wrongLength() }
        if let pending {
            try flushChunk()
            return pending.content
        }
        // Where no cut fell, there is one object for the whole file, as the stock publisher has it.
        let file = PendingFile(in: batch, size: size, .file, writer.wholeFileCompression)
        let whole = piece
        piece = []
        try writer.submit(whole, number: 0, of: file)
        return file.content
    }

    private func flushChunk() throws {
        // All pieces of a file share one compression (docs/cvmfs-format.md §3.6), so the first one decides.
        let file = try pending ?? PendingFile(in: batch, size: size, .chunk, writer.probe(piece))
        pending = file
        // A copy holds no more memory than it has bytes, which is what the writer's budget counts.
        let chunk = piece.withUnsafeBytes(Array.init)
        piece.removeAll(keepingCapacity: true)
        pieceNumber += 1
        try writer.submit(chunk, number: pieceNumber - 1, of: file)
    }

    private func wrongLength() -> CVMFSError {
        CVMFSError(.corrupt, "a file of \(size) bytes has \(received)")
    }
}
