import Foundation
import Plumbing

/// The files of one layer on their way through the workers: several layers share those, and each waits for its own.
package final class ContentBatch: Sendable {
    // Safe: every access holds `condition`'s lock.
    private nonisolated(unsafe) var state = State()
    private let condition = NSCondition()

    fileprivate struct State {
        var outstanding = 0
        var failure: (any Error)?
        var statistics = ContentStatistics()
        var files = Segments<File>()
        /// The pieces of files that are cut, by the files' numbers.
        var pieces: [Int: [StoredPiece?]] = [:]
    }

    /// A file, in few bytes: a layer may have millions.
    fileprivate struct File {
        /// That of the only object, once it is there.
        var hash: ContentHash?
        var compression = ObjectCompression.zlib
        let isChunked: Bool
        let size: Int64
    }

    /// An empty batch.
    package init() {}

    /// Waits until every piece handed over so far is stored. Throws the first failure. Blocks.
    package func wait() throws {
        condition.lock()
        defer { condition.unlock() }
        while state.outstanding > 0 { condition.wait() }
        if let failure = state.failure { throw failure }
    }

    /// What was stored so far.
    package var statistics: ContentStatistics {
        condition.lock()
        defer { condition.unlock() }
        return state.statistics
    }

    /// Counts a piece that is about to be handed over. Throws where another one failed: the rest is in vain.
    func begin() throws {
        condition.lock()
        defer { condition.unlock() }
        if let failure = state.failure { throw failure }
        state.outstanding += 1
    }

    /// Adds a file of a size in bytes, whose content becomes one object or several. Returns its number.
    func add(size: Int64, isChunked: Bool) -> Int {
        condition.lock()
        defer { condition.unlock() }
        return state.files.append(File(isChunked: isChunked, size: size))
    }

    /// A piece whose object is there.
    struct StoredPiece {
        let record: ContentIndex.Record
        /// Its plain bytes.
        let size: Int
        /// Whether the object was not there before.
        let isNew: Bool
    }

    /// Takes what became of a piece of a file.
    func end(_ file: Int, piece number: Int, _ outcome: Result<StoredPiece, any Error>) {
        condition.lock()
        defer { condition.unlock() }
        switch outcome {
        case .success(let piece):
            state.set(piece, file, number)
            state.statistics.count(plain: piece.size, stored: Int(piece.record.storedSize), isNew: piece.isNew)
        case .failure(let error): state.failure = state.failure ?? error
        }
        state.outstanding -= 1
        condition.broadcast()
    }

    /// Where the content of a file lies. Throws unless all of it is stored.
    func stored(_ number: Int) throws -> StoredContent {
        condition.lock()
        defer { condition.unlock() }
        return try state.stored(number)
    }
}

extension ContentBatch.State {
    fileprivate mutating func set(_ piece: ContentBatch.StoredPiece, _ file: Int, _ number: Int) {
        guard files[file].isChunked else {
            // A piece of another length is none of this file, which then is not complete.
            guard Int64(piece.size) == files[file].size else { return }
            files[file].hash = piece.record.hash
            files[file].compression = piece.record.compression
            return
        }
        while pieces[file, default: []].count <= number { pieces[file, default: []].append(nil) }
        pieces[file]?[number] = piece
    }

    fileprivate func stored(_ number: Int) throws -> StoredContent {
        let file = files[number]
        if let hash = file.hash { return .whole(hash: hash, size: file.size, compression: file.compression) }
        let found = pieces[number] ?? []
        let pieces = found.compactMap { $0 }
        // A hole would shift all that follows it, and without its end a file would only be shorter.
        guard let first = pieces.first, pieces.count == found.count,
            pieces.reduce(0, { $0 + Int64($1.size) }) == file.size
        else {
            throw CVMFSError(.corrupt, "the content of a file was not stored")
        }
        var chunks: [FileChunk] = []
        var offset: Int64 = 0
        for piece in pieces {
            chunks.append(FileChunk(offset: offset, size: Int64(piece.size), hash: piece.record.hash))
            offset += Int64(piece.size)
        }
        return .chunked(chunks, algorithm: first.record.hash.algorithm, compression: first.record.compression)
    }
}
