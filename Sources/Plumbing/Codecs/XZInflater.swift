import CLZMA

/// xz: streams one after another, with padding of zeros between them (https://tukaani.org/xz/xz-file-format.txt).
///
/// Checks are compared where a stream has them. The memory of one stream is bounded; what `xz -9` makes takes 65 MiB.
final class XZInflater: StreamDecoder {
    private var stream = lzma_stream()
    private var isComplete = false

    private static let memoryLimit: UInt64 = 128 << 20
    /// `LZMA_CONCATENATED`, which Swift does not import.
    private static let concatenated: UInt32 = 0x08

    init() throws {
        guard lzma_stream_decoder(&stream, Self.memoryLimit, Self.concatenated) == LZMA_OK else {
            throw CodecError("xz: out of memory")
        }
    }

    deinit { lzma_end(&stream) }

    func decode(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws -> (consumed: Int, produced: Int) {
        if isComplete {
            guard input.isEmpty else { throw CodecError("xz: bytes behind the end of the stream") }
            return (0, 0)
        }
        stream.next_in = input.bindMemory(to: UInt8.self).baseAddress
        stream.avail_in = input.count
        stream.next_out = output.bindMemory(to: UInt8.self).baseAddress
        stream.avail_out = output.count
        // Only at the end of the input does the library know that no other stream follows.
        let result = lzma_code(&stream, input.isEmpty ? LZMA_FINISH : LZMA_RUN)
        let progress = (input.count - stream.avail_in, output.count - stream.avail_out)
        switch result {
        case LZMA_OK, LZMA_BUF_ERROR: break
        case LZMA_STREAM_END: isComplete = true
        case LZMA_MEMLIMIT_ERROR:
            throw CodecError("xz: the stream needs more memory than \(Self.memoryLimit >> 20) MiB to be read")
        case LZMA_FORMAT_ERROR, LZMA_OPTIONS_ERROR: throw CodecError("xz: the stream is of an unknown form")
        case LZMA_MEM_ERROR: throw CodecError("xz: out of memory")
        default: throw CodecError("xz: the stream is damaged")
        }
        return progress
    }

    func finish() throws {
        if !isComplete { throw CodecError("xz: the stream is cut") }
    }
}
