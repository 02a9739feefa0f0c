import CLibdeflate

/// libdeflate: whole buffers, twice as fast as zlib at the same ratio.
final class LibdeflateEncoder: ZlibEncoder {
    private let compressor: OpaquePointer

    init(level: Int32) throws {
        guard let compressor = libdeflate_alloc_compressor(level) else {
            throw CodecError("libdeflate: no compressor of level \(level)")
        }
        self.compressor = compressor
    }

    deinit { libdeflate_free_compressor(compressor) }

    func encode(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
        let bound = libdeflate_zlib_compress_bound(compressor, bytes.count)
        return try [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count = libdeflate_zlib_compress(compressor, bytes.baseAddress, bytes.count, buffer.baseAddress, bound)
            guard count > 0 else { throw CodecError("libdeflate: the output did not fit its own bound") }
        }
    }
}
