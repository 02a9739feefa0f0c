import CBzip2

/// bzip2: streams one after another, each with a checksum that is compared. One takes 4 MB of memory at most.
final class Bzip2Inflater: StreamDecoder {
    private var stream = bz_stream()
    private var isInsideStream = false

    deinit { end() }

    func decode(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws -> (consumed: Int, produced: Int) {
        if input.isEmpty { return (0, 0) }
        if !isInsideStream {
            guard BZ2_bzDecompressInit(&stream, 0, 0) == BZ_OK else { throw CodecError("bzip2: out of memory") }
            isInsideStream = true
        }
        // The library's pieces are of 32 bits.
        let given = UInt32(clamping: input.count)
        let room = UInt32(clamping: output.count)
        // It only reads what stands there.
        stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: CChar.self).baseAddress)
        stream.avail_in = given
        stream.next_out = output.bindMemory(to: CChar.self).baseAddress
        stream.avail_out = room
        let result = BZ2_bzDecompress(&stream)
        let progress = (Int(given - stream.avail_in), Int(room - stream.avail_out))
        switch result {
        case BZ_OK: break
        case BZ_STREAM_END: end()
        case BZ_MEM_ERROR: throw CodecError("bzip2: out of memory")
        case BZ_DATA_ERROR_MAGIC: throw CodecError("bzip2: bytes behind the end of the stream")
        default: throw CodecError("bzip2: the stream is damaged")
        }
        return progress
    }

    func finish() throws {
        if isInsideStream { throw CodecError("bzip2: the stream is cut") }
    }

    private func end() {
        guard isInsideStream else { return }
        BZ2_bzDecompressEnd(&stream)
        isInsideStream = false
    }
}
