import Plumbing

/// A tar archive read from a stream: where every member begins, its header, its content.
///
/// Members are framed as Go's `archive/tar` frames them, with which Docker and containerd read
/// (https://pkg.go.dev/archive/tar); what a header says is decoded by ``TarHeader``. Names are bytes here. Memory does not
/// grow with the archive: a piece of the stream, and the header blocks of one member.
final class TarStream {
    /// More header bytes for one member are refused. The maps of sparse files stand there too.
    static let headerLimit = 4 << 20

    private let source: () throws -> UnsafeRawBufferPointer?
    /// What is not read yet of the last piece.
    private var piece = UnsafeRawBufferPointer(start: nil, count: 0)
    private var hasEnded = false
    /// Whether a sound header was seen.
    private var hasBegun = false
    /// Bytes of the content of the member in hand that are not read yet.
    private var rest: Int64 = 0
    /// Those that fill its last block.
    private var padding: Int64 = 0
    /// The blocks of one header.
    private var header: [UInt8] = []

    /// - Parameter source: the next bytes of the tar stream, each piece valid until the next call; nil at the end.
    init(_ source: @escaping () throws -> UnsafeRawBufferPointer?) {
        self.source = source
    }

    /// The next member, nil at the end of the archive. What was not read of the last one is skipped.
    ///
    /// Throws ``LayerError`` and the source's errors; after an error the archive cannot be read further.
    func next() throws -> TarHeader? {
        if hasEnded { return nil }
        try skip()
        header.removeAll(keepingCapacity: true)
        guard try readBlocks() else {
            hasEnded = true
            return nil
        }
        try readSparseMap()
        let member = try header.withUnsafeBytes { try TarHeader($0) }
        rest = member.storedSize - Int64(member.mapLength)
        padding = TarField.padded(member.storedSize) - member.storedSize
        return member
    }

    /// Reads what follows the last member; to be called once ``next()`` gave nil. Says whether there was something.
    func readTail() throws -> Bool {
        var tail = TarTail()
        try header.withUnsafeBytes { try tail.add($0) }
        while let bytes = try take(.max) { try tail.add(bytes) }
        try tail.finish()
        return tail.hasTrailingBytes
    }

    /// Up to so many bytes of the content of the member in hand, nil where none are left of the stream.
    func readContent(_ limit: Int64) throws -> UnsafeRawBufferPointer? {
        let bytes = try take(min(limit, rest))
        rest -= Int64(bytes?.count ?? 0)
        return bytes
    }

    // MARK: - Headers

    /// Collects the blocks of the next header, the member's own as the last; false at the end of the archive, where
    /// ``header`` holds what was read of its end. Extended headers before that are nobody's, as in Go.
    private func readBlocks() throws -> Bool {
        while true {
            let start = header.count
            let count = try append(TarField.blockSize)
            let block = header[start...]
            guard count > 0 || start == 0 else { throw fault("the archive ends in the middle of a member") }
            if count == 0 || count == TarField.blockSize && block.allSatisfy({ $0 == 0 }) {
                header.removeFirst(start)
                return false
            }
            guard count == TarField.blockSize else { throw fault("the archive is cut in a header") }
            guard block.withUnsafeBytes(TarHeaderBlocks.isChecked) else {
                throw fault("a header block does not have the checksum that it says")
            }
            hasBegun = true
            guard let size = try block.withUnsafeBytes(TarHeaderBlocks.bodySize) else { return true }
            guard try append(TarField.padded(size)) == TarField.padded(size) else {
                throw LayerError(.malformed("the archive is cut in an extended header"))
            }
        }
    }

    private func fault(_ problem: String) -> LayerError {
        LayerError(
            .malformed(hasBegun ? problem : "not a tar archive, nor one compressed with gzip, zstd, xz or bzip2")
        )
    }

    /// Collects the map of a sparse file behind the member's own block, in whatever form.
    private func readSparseMap() throws {
        // Most members have nothing but their own block, and then only GNU's type says that there is a map.
        let type = header[header.count - TarField.blockSize + TarField.typeFlag]
        guard header.count > TarField.blockSize || type == TarHeader.TypeFlag.oldSparseFile else { return }
        var scan = try header.withUnsafeBytes { try SparseMapScan($0) }
        while scan.isIncomplete {
            let start = header.count
            guard try append(TarField.blockSize) == TarField.blockSize else {
                throw LayerError(.malformed("the archive is cut in the map of a sparse file"), entry: scan.path)
            }
            try header[start...].withUnsafeBytes { try scan.add($0) }
        }
    }

    /// Adds so many bytes to the header. Returns how many there were.
    private func append(_ count: some BinaryInteger) throws -> Int {
        guard Int64(header.count) + Int64(clamping: count) <= Int64(Self.headerLimit) else {
            throw LayerError(.malformed("the headers of one member have more than \(Self.headerLimit) bytes"))
        }
        let end = header.count + Int(count)
        while header.count < end, let bytes = try take(Int64(end - header.count)) { header.append(contentsOf: bytes) }
        return Int(count) - (end - header.count)
    }

    // MARK: - Bytes

    /// Up to so many bytes, at least one; nil at the end of the stream.
    private func take(_ limit: Int64) throws -> UnsafeRawBufferPointer? {
        while piece.isEmpty {
            guard let next = try source() else { return nil }
            piece = next
        }
        let count = Int(min(limit, Int64(piece.count)))
        defer { piece = UnsafeRawBufferPointer(rebasing: piece[count...]) }
        return UnsafeRawBufferPointer(rebasing: piece[..<count])
    }

    /// Reads over what is left of a member. The padding of the last one may be missing.
    private func skip() throws {
        while rest > 0 {
            guard let bytes = try take(rest) else {
                throw LayerError(.malformed("the archive ends in the middle of a member"))
            }
            rest -= Int64(bytes.count)
        }
        while padding > 0, let bytes = try take(padding) { padding -= Int64(bytes.count) }
        padding = 0
    }
}
