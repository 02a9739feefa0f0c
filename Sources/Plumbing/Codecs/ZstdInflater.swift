import CZstd

/// zstd: frames one after another, skippable ones ignored (RFC 8878 §3.1).
///
/// A frame's window is at most 128 MiB (the library's default), which bounds the memory. Content checksums are compared
/// where a frame has one. Bytes behind the last frame that start no other are refused.
final class ZstdInflater: StreamDecoder {
    private let context: OpaquePointer
    private var isInsideFrame = false

    init() throws {
        guard let context = ZSTD_createDCtx() else { throw CodecError("zstd: out of memory") }
        self.context = context
    }

    deinit { ZSTD_freeDCtx(context) }

    func decode(
        _ input: UnsafeRawBufferPointer,
        into output: UnsafeMutableRawBufferPointer
    ) throws -> (consumed: Int, produced: Int) {
        if input.isEmpty, !isInsideFrame { return (0, 0) }
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        // 0 when a frame is complete and all of it is in the output, otherwise a hint of what is missing.
        let hint = ZSTD_decompressStream(context, &target, &source)
        if ZSTD_getErrorCode(hint) == ZSTD_error_frameParameter_windowTooLarge {
            throw CodecError(
                "zstd: written for readers with more than 128 MiB for each stream (zstd --long=28 and more, --ultra): "
                    + "compress the layer anew with --long=27 or without it"
            )
        }
        guard ZSTD_isError(hint) == 0 else {
            throw CodecError("zstd: \(String(cString: ZSTD_getErrorName(hint)))")
        }
        isInsideFrame = hint != 0
        return (source.pos, target.pos)
    }

    func finish() throws {
        if isInsideFrame { throw CodecError("zstd: the stream is cut inside a frame") }
    }
}
