import Foundation
import Logging
package import Plumbing

/// Objects on their way into a repository, before any revision refers to them.
///
/// Takes no lock while it works: several processes prepare at once. Its journal says what it wrote, for the case that
/// its process does not come to ``end()`` (docs/decisions/010-crash-and-power.md).
package final class Preparation: Sendable {
    /// Turns file contents into objects.
    package let content: ContentWriter
    private let writing: ObjectWriting
    private let flusher: ObjectFlusher
    private static let manyEntries = 1000

    init(_ writing: ObjectWriting) throws {
        self.writing = writing
        flusher = ObjectFlusher(writing.staging, writing.index)
        content = try ContentWriter(writing, flusher)
    }

    var algorithm: HashAlgorithm { writing.form.algorithm }
    var markers: MarkerForm { writing.form.markers }
    var journal: Journal { writing.journal }
    /// Bytes of the new objects that it stored so far.
    package var storedBytes: Int64 { writing.writer.storedBytes }

    /// Writes the catalog of a subtree, and nested ones below it where it is larger than the limits. The content of its
    /// files must be stored; `markerAttributes` are the extended attributes of its markers. Throws ``CVMFSError`` where it does not begin with a directory, the root, and what `entries`
    /// throws. Blocks.
    package func catalog(
        of entries: some Subtree,
        at path: BytePath,
        limits: CatalogLimits = .standard,
        markerAttributes: [ExtendedAttribute] = []
    ) throws -> PreparedCatalog {
        // The content of the subtree is stored: it goes to the disk while the catalogs of many entries are made.
        if entries.count >= Self.manyEntries { flusher.start() }
        // Every nested catalog has a marker, an empty file, whose object must exist (docs/cvmfs-format.md, pitfall P3).
        try storeEmptyFile()
        var marker = try CatalogEntry.marker(algorithm: algorithm, markers)
        marker.xattrs = try ExtendedAttributes(markerAttributes).blob
        let writer = SubtreeWriter(
            path: path,
            algorithm: algorithm,
            limits: limits,
            marker: marker,
            store: { try self.storeInflatable($0, .catalog) }
        )
        return try writer.write(entries)
    }

    /// Waits for what is on its way to the disk. Throws where that refused something. Blocks.
    func waitForFlush() throws { try flusher.wait() }

    /// Makes durable what was stored. Throws where the disk refused something of it, now or earlier. Blocks.
    func synchronize() throws {
        try flusher.wait()
        try writing.staging.synchronize()
    }

    /// Makes everything durable and ends the journal. Blocks.
    package func end() throws {
        // No thread of it keeps a file open after this.
        content.finish()
        try flusher.finish(isDurable: !journal.hasNewNotes)
        try journal.end()
        try writing.use.add(storedBytes)
    }

    /// Notes that all it has stored so far is durable: a revision that has it was published.
    func didSynchronize() { journal.didSynchronize() }

    /// Gives up: what was stored is in vain, and the next preparation removes it. Waits for what is being stored. Blocks.
    package func abandon() throws {
        content.finish()
        try journal.endUnlessUsed()
        journal.release()
    }

    func storeCatalog(_ bytes: [UInt8]) throws -> ContentHash {
        try storeInflatable(bytes, .catalog)
    }

    func storeInflatable(_ bytes: [UInt8], _ kind: ObjectKind) throws -> ContentHash {
        try bytes.withUnsafeBytes { try storeInflatable($0, kind) }
    }

    private func storeInflatable(_ bytes: UnsafeRawBufferPointer, _ kind: ObjectKind) throws -> ContentHash {
        try writing.writer.store(bytes, kind, algorithm: algorithm, compressor: ZlibCompressor(writing.form.policy))
    }

    /// Stores the content of a small file. Blocks.
    package func storeFile(_ bytes: [UInt8]) throws -> StoredContent {
        let batch = ContentBatch()
        let writer = content.begin(size: Int64(bytes.count), in: batch)
        try bytes.withUnsafeBytes(writer.append)
        let pending = try writer.finish()
        try batch.wait()
        return try pending.stored()
    }

    func storeEmptyFile() throws {
        _ = try storeInflatable([], .file)
    }
}
