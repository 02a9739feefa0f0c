import CLibdeflate

/// libdeflate: whole buffers of known sizes, three times as fast as zlib.
enum LibdeflateInflater {
    /// Writes the content of one whole zlib stream to where it is wanted. Throws where it is corrupt, cut, or has another
    /// length than there is room for.
    static func inflate(_ bytes: [UInt8], into room: UnsafeMutableRawBufferPointer) throws {
        guard let decompressor = libdeflate_alloc_decompressor() else {
            throw CodecError("libdeflate: no memory for a decompressor")
        }
        defer { libdeflate_free_decompressor(decompressor) }
        var read = 0
        let result = bytes.withUnsafeBytes { input in
            // Without a place for the length it must be the room's.
            libdeflate_zlib_decompress_ex(
                decompressor,
                input.baseAddress,
                input.count,
                room.baseAddress,
                room.count,
                &read,
                nil
            )
        }
        guard result == LIBDEFLATE_SUCCESS, read == bytes.count else {
            throw CodecError("not a zlib stream of \(room.count) bytes (\(result.rawValue))")
        }
    }
}
