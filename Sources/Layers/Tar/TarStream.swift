import CArchive
import Glibc
import Plumbing

/// A tar archive read from a stream by libarchive, with the raw blocks of every header at hand.
///
/// libarchive frames the members and unfolds sparse files; what a header says is decoded from its raw bytes
/// (``TarHeader``). The two have to agree on where every member begins, how large it is and whether it has holes: an
/// archive that two readers understand differently is refused. libarchive's charset conversions are not used, and the
/// process's locale is never touched.
final class TarStream {
    /// More header bytes for one member are refused. GNU's sparse maps stand there too, and libarchive keeps a node in
    /// memory for each of their pieces.
    static let headerLimit = 4 << 20
    static let ambiguous = LayerError(.malformed("readers of tar disagree on where the members begin"))

    let archive: OpaquePointer
    private let entry: OpaquePointer
    private let source: () throws -> UnsafeRawBufferPointer?
    private var window = HeaderWindow()
    /// The first piece, which was looked at before libarchive asked for it.
    private var pendingPiece: UnsafeRawBufferPointer?
    /// What the source threw while libarchive called it.
    private var failure: (any Error)?
    private var isOpen = false
    /// The name of the member in hand.
    private var current: [UInt8]?
    private var nextStart: Int64 = 0

    /// - Parameter source: the next bytes of the tar stream, in pieces of whole blocks but the last, each valid until
    ///   the next call; nil at the end.
    /// - Throws: ``CodecError`` where there is no memory.
    init(_ source: @escaping () throws -> UnsafeRawBufferPointer?) throws {
        guard let archive = archive_read_new() else { throw CodecError("libarchive: out of memory") }
        guard let entry = archive_entry_new() else {
            archive_read_free(archive)
            throw CodecError("libarchive: out of memory")
        }
        self.archive = archive
        self.entry = entry
        self.source = source
        archive_read_support_format_tar(archive)
        archive_read_set_callback_data(archive, Unmanaged.passUnretained(self).toOpaque())
        archive_read_set_read_callback(archive) { _, stream, buffer in
            guard let stream, let buffer else { return la_ssize_t(ARCHIVE_FATAL) }
            return Unmanaged<TarStream>.fromOpaque(stream).takeUnretainedValue().give(buffer)
        }
    }

    deinit {
        archive_entry_free(entry)
        archive_read_free(archive)
    }

    /// The next member, nil at the end of the archive. What was not read of the last one is skipped.
    ///
    /// Throws ``LayerError`` and the source's errors; after an error the archive cannot be read further.
    func next() throws -> TarHeader? {
        if isOpen {
            try check(archive_read_data_skip(archive))
        } else if try !open() {
            return nil
        }
        let start = archive_filter_bytes(archive, 0)
        guard start == nextStart else { throw Self.ambiguous }
        window.keep(from: start)
        current = nil
        Self.forgetErrno()
        let status = archive_read_next_header2(archive, entry)
        if status == ARCHIVE_EOF, failure == nil { return nil }
        do { try check(status) } catch let error as LayerError { throw headerFault(error, status) }
        let header = try header(from: start, to: archive_filter_bytes(archive, 0))
        window.keepNothing()
        current = header.path
        return header
    }

    /// Reads what follows the last member; to be called once ``next()`` gave nil. Says whether there was something.
    func readTail() throws -> Bool {
        guard isOpen else { return false }
        var tail = TarTail()
        try window.withBytes(upTo: window.end) { bytes in
            let blocks = try TarHeaderBlocks(bytes)
            guard blocks.own == nil else { throw LayerError(.malformed("the archive ends in the middle of a member")) }
            try tail.add(UnsafeRawBufferPointer(rebasing: bytes[blocks.length...]))
        }
        while let piece = try source() { try tail.add(piece) }
        try tail.finish()
        return tail.hasTrailingBytes
    }

    /// Throws for every status that is not good, the source's error first. Names the member in hand.
    func check(_ status: Int32) throws {
        if let failure { throw failure }
        if status == ARCHIVE_OK { return }
        let message = archive_error_string(archive).map { String(cString: $0) } ?? "status \(status)"
        // Names are taken from the raw bytes, so that what the locale cannot express does no harm. Every other thing
        // that libarchive warns of is also looked at by `TarHeader`: a later warning may have replaced its text.
        if status == ARCHIVE_WARN, message.contains("can't be converted from") { return }
        if message == "Unrecognized archive format" {
            throw LayerError(.malformed("not a tar archive, nor one compressed with gzip or zstd"))
        }
        let reason = LayerError.Reason.malformed("tar: \(Printable.text(message))")
        throw current.map { LayerError(reason, entry: $0) } ?? LayerError(reason)
    }

    /// What to say of a header that libarchive does not take: rather what ``TarHeader`` says, which knows the name.
    private func headerFault(_ fault: LayerError, _ status: Int32) -> any Error {
        if failure != nil { return fault }
        do {
            let header = try window.withBytes(upTo: window.end) { try TarHeader($0) }
            return header.map { LayerError(fault.reason, entry: $0.path) } ?? fault
        } catch let error as LayerError {
            // Of a cut archive it only knows that something is missing.
            return error.entry != nil || status == ARCHIVE_WARN ? error : fault
        } catch {
            return error
        }
    }

    /// Starts libarchive; false where the stream is empty, which it would not take for an archive.
    private func open() throws -> Bool {
        guard let first = try source() else { return false }
        pendingPiece = first
        isOpen = true
        try check(archive_read_open1(archive))
        return true
    }

    /// To be called before libarchive goes on with a header.
    ///
    /// Where it cannot convert a name, it looks into `errno` for the cause, which nothing on that way need have set:
    /// an ENOMEM that anything left on this thread would make a sound name "Can't allocate memory for Pathname"
    /// ([set_conversion_failed_error](https://github.com/libarchive/libarchive/blob/v3.6.2/libarchive/archive_read_support_format_tar.c)).
    private static func forgetErrno() {
        errno = 0
    }

    /// What libarchive calls for more.
    private func give(_ buffer: UnsafeMutablePointer<UnsafeRawPointer?>) -> la_ssize_t {
        defer { Self.forgetErrno() }
        do {
            window.retire()
            guard window.keptCount <= Self.headerLimit else {
                throw LayerError(.malformed("the headers of one member have more than \(Self.headerLimit) bytes"))
            }
            guard let piece = try pendingPiece ?? source() else { return 0 }
            pendingPiece = nil
            window.install(piece)
            buffer.pointee = piece.baseAddress
            return piece.count
        } catch {
            failure = error
            return la_ssize_t(ARCHIVE_FATAL)
        }
    }

    private func header(from start: Int64, to end: Int64) throws -> TarHeader {
        guard let header = try window.withBytes(upTo: end, { try TarHeader($0) }) else { throw Self.ambiguous }
        guard end == start + Int64(header.length + header.mapLength) else { throw Self.ambiguous }
        let hasHoles = archive_entry_sparse_count(entry) > 0
        if header.isFile, archive_entry_size(entry) != header.size || (hasHoles && !header.isSparse) {
            throw LayerError(.malformed("readers of tar disagree on the size"), entry: header.path)
        }
        nextStart = start + header.memberLength
        return header
    }
}
