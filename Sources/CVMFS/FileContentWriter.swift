import Plumbing

/// Takes the content of one file and hands it to the workers of a ``ContentWriter``, in pieces where it is large.
package final class FileContentWriter {
    private let writer: ContentWriter
    private let batch: ContentBatch
    private let size: Int64
    private let isChunked: Bool
    private var piece: [UInt8] = []
    private var pieceNumber = 0
    private var received: Int64 = 0
    private var pending: PendingContent?

    init(size: Int64, batch: ContentBatch, writer: ContentWriter) {
        self.size = size
        self.batch = batch
        self.writer = writer
        isChunked = size > Int64(ContentWriter.pieceSize)
        piece.reserveCapacity(Int(min(size, Int64(ContentWriter.pieceSize))))
    }

    /// Adds the next bytes. Blocks while the workers are busy; throws where one of them failed.
    package func append(_ bytes: UnsafeRawBufferPointer) throws {
        received += Int64(bytes.count)
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = rest.prefix(ContentWriter.pieceSize - piece.count)
            piece.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
            if piece.count == ContentWriter.pieceSize, isChunked { try flush() }
        }
    }

    /// Ends the file. The result is complete once the batch is. Throws where the length is not the announced one.
    package func finish() throws -> PendingContent {
        guard received == size else {
            throw CVMFSError(.corrupt, "a file of \(size) bytes ended after \(received)")
        }
        if !isChunked || !piece.isEmpty { try flush() }
        guard let pending else { throw CVMFSError(.corrupt, "a file of \(size) bytes has no content") }
        return pending
    }

    private func flush() throws {
        let content = try pending ?? begin()
        let full = piece
        piece = []
        pieceNumber += 1
        let remaining = size - received
        if remaining > 0 { piece.reserveCapacity(Int(min(remaining, Int64(ContentWriter.pieceSize)))) }
        try writer.submit(full, number: pieceNumber - 1, of: content, in: batch)
    }

    private func begin() throws -> PendingContent {
        // All pieces of a file share one compression (docs/cvmfs-format.md §3.6), so the first one decides.
        let content = PendingContent(
            kind: isChunked ? .chunk : .file,
            compression: isChunked ? try writer.probe(piece) : nil
        )
        pending = content
        return content
    }
}
