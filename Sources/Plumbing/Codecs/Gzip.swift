import CLibdeflate

/// gzip of whole buffers, always the same bytes for the same content: no name, no time.
package enum Gzip {
    private static let level: Int32 = 6

    /// One gzip member.
    package static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
        guard let compressor = libdeflate_alloc_compressor(level) else {
            throw CodecError("libdeflate: no compressor of level \(level)")
        }
        defer { libdeflate_free_compressor(compressor) }
        let bound = libdeflate_gzip_compress_bound(compressor, bytes.count)
        return try [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count = libdeflate_gzip_compress(compressor, bytes, bytes.count, buffer.baseAddress, bound)
            guard count > 0 else { throw CodecError("libdeflate: the output did not fit its own bound") }
        }
    }
}
