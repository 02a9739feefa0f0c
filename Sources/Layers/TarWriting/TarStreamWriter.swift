import Plumbing

/// Writes a tar archive of any size from front to back: ustar, with pax records where that cannot hold something.
///
/// The same entries give the same bytes: there are no names of users, and no times but the entries' own. Names, link
/// targets and attributes are bytes. Whiteouts take the form of image layers. Without ``finish()`` the archive lacks its
/// end, which readers notice.
package final class TarStreamWriter {
    private static let bufferLimit = 64 << 10
    private let sink: (UnsafeRawBufferPointer) throws -> Void
    private var buffer: [UInt8] = []
    /// The content that the last file still lacks, in bytes.
    private var missing: Int64 = 0
    private var padding = 0

    /// An archive whose bytes `sink` gets in order; its errors come out unchanged.
    package init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        self.sink = sink
        buffer.reserveCapacity(2 * Self.bufferLimit)
    }

    /// Writes the header of a member; ``write(_:)`` has to give all content of a file before the next one.
    package func add(_ entry: LayerEntry) throws {
        try endMember()
        let member = PaxMember(entry)
        try append(member.header)
        missing = member.size
        padding = Int(-member.size & Int64(TarField.blockSize - 1))
    }

    /// Writes the next bytes of the file's content. Throws ``TarWriter/Unrepresentable`` for more than it announced.
    package func write(_ piece: UnsafeRawBufferPointer) throws {
        missing -= Int64(piece.count)
        guard missing >= 0 else { throw TarWriter.Unrepresentable(description: "a file longer than announced") }
        if piece.count < Self.bufferLimit { return try append(piece) }
        try flush()
        try sink(piece)
    }

    /// Writes the end of the archive.
    package func finish() throws {
        try endMember()
        try append([UInt8](repeating: 0, count: 2 * TarField.blockSize))
        try flush()
    }

    private func endMember() throws {
        guard missing == 0 else { throw TarWriter.Unrepresentable(description: "a file shorter than announced") }
        try append(repeatElement(0, count: padding))
        padding = 0
    }

    private func append(_ bytes: some Sequence<UInt8>) throws {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferLimit { try flush() }
    }

    private func flush() throws {
        try buffer.withUnsafeBytes(sink)
        buffer.removeAll(keepingCapacity: true)
    }
}
