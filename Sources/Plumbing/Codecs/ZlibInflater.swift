import CZlib

/// Inflates one complete zlib stream piece by piece: what every compressed object of a repository is.
package final class ZlibInflater {
    private var stream = z_stream()
    private var isComplete = false
    private static let bufferSize = 256 << 10
    private let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: bufferSize)

    /// Throws ``CodecError`` where zlib has no memory.
    package init() throws {
        let status = inflateInit_(&stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw CodecError("zlib: inflation cannot start, status \(status)") }
    }

    deinit {
        inflateEnd(&stream)
        buffer.deallocate()
    }

    /// Feeds stored bytes; `output` gets what they stand for, at most 256 KiB at a time.
    package func inflate(_ input: UnsafeRawBufferPointer, _ output: (UnsafeRawBufferPointer) throws -> Void) throws {
        if input.isEmpty { return }
        if isComplete { throw CodecError("bytes follow the end of the zlib stream") }
        stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: Bytef.self).baseAddress)
        stream.avail_in = uInt(input.count)
        repeat {
            stream.next_out = buffer
            stream.avail_out = uInt(Self.bufferSize)
            let status = CZlib.inflate(&stream, Z_NO_FLUSH)
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                throw CodecError("not a valid zlib stream (status \(status))")
            }
            let produced = Self.bufferSize - Int(stream.avail_out)
            if produced > 0 { try output(UnsafeRawBufferPointer(start: buffer, count: produced)) }
            isComplete = status == Z_STREAM_END
        } while !isComplete && (stream.avail_in > 0 || stream.avail_out == 0)
        if stream.avail_in > 0 { throw CodecError("bytes follow the end of the zlib stream") }
    }

    /// Throws where the stream has not ended properly.
    package func finish() throws {
        guard isComplete else { throw CodecError("the zlib stream is cut") }
    }

    /// The content of one whole stream. Throws where it is corrupt, cut, or longer than `limit` bytes.
    package static func inflate(_ bytes: [UInt8], limit: Int) throws -> [UInt8] {
        let inflater = try ZlibInflater()
        var content: [UInt8] = []
        try bytes.withUnsafeBytes { input in
            try inflater.inflate(input) { piece in
                guard content.count + piece.count <= limit else {
                    throw CodecError("the zlib stream holds more than the \(limit) bytes that are allowed")
                }
                content.append(contentsOf: piece)
            }
        }
        try inflater.finish()
        return content
    }

    /// No stream holds more bytes for each of its own (https://zlib.net/zlib_tech.html, "Maximum Compression Factor").
    package static let greatestFactor = 1032

    /// Writes the content of one whole stream, which is not empty, to where it is wanted. Throws where it is corrupt, cut, or
    /// has another length than there is room for.
    package static func inflate(_ bytes: [UInt8], into room: UnsafeMutableRawBufferPointer) throws {
        try LibdeflateInflater.inflate(bytes, into: room)
    }
}
