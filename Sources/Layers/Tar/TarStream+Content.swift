import CArchive
import Plumbing

extension TarStream {
    private static let zeros = [UInt8](repeating: 0, count: 64 << 10)

    /// Hands out the content of the member in hand from front to back, holes as zeros.
    ///
    /// - Parameters:
    ///   - header: that member.
    ///   - hole: told of the size of every hole before its zeros are made.
    ///   - body: gets at most 256 KiB at a time, valid during the call.
    /// - Throws: ``LayerError`` where the content is not all there, and the errors of the closures and the source.
    func readContent(
        of header: TarHeader,
        hole: (Int64) throws -> Void,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var position: Int64 = 0
        func skip(to offset: Int64) throws {
            guard offset > position else { return }
            guard header.isSparse else {
                throw LayerError(.malformed("the content ends after \(position) bytes"), entry: header.path)
            }
            try hole(offset - position)
            while position < offset {
                let count = Int(min(offset - position, Int64(Self.zeros.count)))
                try Self.zeros.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
                position += Int64(count)
            }
        }
        while let block = try nextBlock() {
            let (end, overflow) = block.offset.addingReportingOverflow(Int64(block.bytes.count))
            guard block.offset >= position, !overflow, end <= header.size else {
                throw LayerError(.malformed("the map of a sparse file is not in order"), entry: header.path)
            }
            try skip(to: block.offset)
            try body(block.bytes)
            position = end
        }
        try skip(to: header.size)
    }

    /// The next stored piece of the content and its place in the file, nil at the end.
    private func nextBlock() throws -> (bytes: UnsafeRawBufferPointer, offset: Int64)? {
        while true {
            var start: UnsafeRawPointer?
            var count = 0
            var offset: la_int64_t = 0
            let status = archive_read_data_block(archive, &start, &count, &offset)
            if status == ARCHIVE_EOF { return nil }
            try check(status)
            if count > 0 { return (UnsafeRawBufferPointer(start: start, count: count), offset) }
        }
    }
}
