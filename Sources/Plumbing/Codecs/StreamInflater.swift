/// Inflates a stream of any size through one buffer: gzip, zstd, xz, bzip2 or plain, told apart by content (``StreamFormat``).
///
/// It pulls: memory stays the same however far the content expands, and a consumer that stops reading stops the
/// producer. A cut or corrupt stream throws ``CodecError``, at the latest when its end is read. Behind the last gzip
/// member zero bytes are accepted as padding, and nothing else; behind the last zstd frame nothing is. How much may
/// come out is the caller's business, which sees every 256 KiB of it. Blocking; one value belongs to one thread at a
/// time.
package final class StreamInflater {
    /// The size of a full piece, a multiple of every block size of tar.
    package static let pieceSize = 256 << 10

    private let source: () throws -> [UInt8]?
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 64)
    private var input: [UInt8] = []
    private var offset = 0
    private var hasMoreInput = true
    private var isComplete = false
    private var decoder: (any StreamDecoder)?

    /// How the stream is compressed, nil before the first ``read()``.
    package private(set) var format: StreamFormat?

    /// - Parameter source: gives the next compressed bytes, nil at the end. Its errors reach the reader unchanged.
    package init(_ source: @escaping () throws -> [UInt8]?) {
        self.source = source
    }

    deinit { output.deallocate() }

    /// The next piece of content, nil at the end of a complete stream.
    ///
    /// Every piece but the last is full. It is valid until the next call. Throws ``CodecError`` and the source's errors;
    /// after an error the stream cannot be read further.
    package func read() throws -> UnsafeRawBufferPointer? {
        if isComplete { return nil }
        let decoder = try decoder ?? start()
        var filled = 0
        while filled < output.count {
            if offset == input.count { try refill() }
            let step = try input.withUnsafeBytes { bytes in
                try decoder.decode(
                    UnsafeRawBufferPointer(rebasing: bytes[offset...]),
                    into: UnsafeMutableRawBufferPointer(rebasing: output[filled...])
                )
            }
            offset += step.consumed
            filled += step.produced
            if step.consumed == 0, step.produced == 0 {
                guard offset == input.count else { throw CodecError("the decoder does not get on") }
                if hasMoreInput { continue }
                try decoder.finish()
                isComplete = true
                break
            }
        }
        return filled == 0 ? nil : UnsafeRawBufferPointer(rebasing: output[..<filled])
    }

    /// Gets the next bytes of the source that are not none.
    private func refill() throws {
        while hasMoreInput {
            guard let bytes = try source() else {
                hasMoreInput = false
                input = []
                offset = 0
                return
            }
            if bytes.isEmpty { continue }
            input = bytes
            offset = 0
            return
        }
    }

    private func start() throws -> any StreamDecoder {
        try refill()
        while hasMoreInput, input.count < StreamFormat.prefixLength {
            if let more = try source() { input += more } else { hasMoreInput = false }
        }
        let format = StreamFormat(firstBytes: input)
        let decoder: any StreamDecoder =
            switch format {
            case .gzip: GzipInflater()
            case .zstd: try ZstdInflater()
            case .xz: try XZInflater()
            case .bzip2: Bzip2Inflater()
            case .plain: PlainDecoder()
            }
        self.format = format
        self.decoder = decoder
        return decoder
    }
}
