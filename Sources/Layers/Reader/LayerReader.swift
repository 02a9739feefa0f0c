import OCI
import Plumbing

/// Reads one layer from front to back: verifies, inflates, and hands out its entries.
///
/// Nothing is unpacked and memory does not grow with the layer. The layer is only to be believed after ``next()`` has
/// given nil: then size, digest and diff id were compared and equal. A tar without end blocks, an empty one, even one of
/// no bytes at all, are layers like others when their digests are right. Blocking; to be used from one dedicated thread.
///
/// ```swift
/// let reader = try LayerReader(expecting: expectation) { try pipe.read() }
/// while let entry = try reader.next() {
///     if entry.contentSize != nil { try reader.readContent { piece in … } }
/// }
/// record(try reader.summary)
/// ```
package final class LayerReader {
    let limits: LayerLimits
    let policy: LayerPolicy
    var notes = LayerNotes()
    private let input: InflatedInput
    private let tar: TarStream
    private var members = 0
    private var entries = 0
    /// The file whose content was not asked for yet.
    private var unreadFile: TarHeader?
    private var result: LayerSummary?
    private var failure: (any Error)?

    /// - Parameters:
    ///   - expecting: what the image says of the layer; nil for a tar that no image names, where only its own checksums
    ///     are compared.
    ///   - limits: how much it may make of the machine.
    ///   - policy: what the store behind cannot hold.
    ///   - read: gives the next compressed bytes, nil at the end. Its errors come out unchanged.
    /// - Throws: ``CodecError`` where a library has no memory.
    package init(
        expecting: LayerExpectation?,
        limits: LayerLimits = LayerLimits(),
        policy: LayerPolicy = LayerPolicy(),
        read: @escaping () throws -> [UInt8]?
    ) throws {
        self.limits = limits
        self.policy = policy
        let input = try InflatedInput(expecting: expecting, limits: limits, read)
        self.input = input
        tar = TarStream { try input.read() }
    }

    /// The next entry; nil only after the whole stream was read and its size, digest and diff id are the expected ones.
    ///
    /// Content that was not read is skipped. Throws ``LayerError`` and the errors of `read`; a reader that threw once
    /// throws the same again.
    package func next() throws -> LayerEntry? {
        if result != nil { return nil }
        return try remembering {
            unreadFile = nil
            while let header = try tar.next() {
                members += 1
                guard members <= limits.entries else {
                    throw LayerError(.overLimit(.entries, limit: Int64(limits.entries)))
                }
                guard let entry = try entry(header) else { continue }
                if !entry.isLeftOut { entries += 1 }
                if entry.contentSize != nil { unreadFile = header }
                return entry
            }
            try finish()
            return nil
        }
    }

    /// Hands out the content of the file that ``next()`` gave last, holes as zeros; once for each file.
    ///
    /// Entries of other kinds have no content. `body` gets at most 256 KiB at a time, valid during the call. Throws
    /// ``LayerError`` where the archive ends before the content, and the errors of `body` and `read`.
    package func readContent(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try remembering {
            guard let file = unreadFile else { return }
            unreadFile = nil
            try tar.readContent(of: file, hole: { try input.addHole($0) }, body)
        }
    }

    /// What the layer was. Throws ``LayerError/Reason/unfinished`` before ``next()`` has given nil.
    package var summary: LayerSummary {
        get throws {
            guard let result else { throw LayerError(.unfinished) }
            return result
        }
    }

    private func finish() throws {
        if try tar.readTail() { notes.warn(.trailingBytes, "behind the end of the archive") }
        let verified = try input.verify()
        result = LayerSummary(
            digest: verified.digest,
            diffID: verified.diffID,
            compressedSize: verified.compressedSize,
            uncompressedSize: input.count,
            entries: entries,
            notes: notes
        )
    }

    /// Keeps an error for later calls. For a damaged stream, says rather that it is not the image's, where that is so.
    private func remembering<T>(_ body: () throws -> T) throws -> T {
        if let failure { throw failure }
        do {
            return try body()
        } catch {
            let reason = (error as? LayerError).map(input.explain) ?? error
            failure = reason
            throw reason
        }
    }
}
