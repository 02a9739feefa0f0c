import CISAL

/// ISA-L: the fastest encoder, for the `fast` policy.
struct ISALEncoder: ZlibEncoder {
    private static let level: UInt32 = 2

    func encode(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
        // Deflate's stored blocks bound the growth: 5 bytes for each 65,535, and the zlib frame.
        let bound = bytes.count + bytes.count / 65_535 * 5 + 256
        let workspace = UnsafeMutablePointer<UInt8>.allocate(capacity: Int(ISAL_LEVEL2_WORKSPACE))
        defer { workspace.deallocate() }
        return try [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            var stream = isal_zstream()
            isal_deflate_init(&stream)
            stream.level = Self.level
            stream.level_buf = workspace
            stream.level_buf_size = UInt32(ISAL_LEVEL2_WORKSPACE)
            stream.gzip_flag = UInt16(IGZIP_ZLIB)
            stream.end_of_stream = 1
            stream.next_in = UnsafeMutablePointer(
                mutating: bytes.bindMemory(to: UInt8.self).baseAddress
            )
            stream.avail_in = UInt32(bytes.count)
            stream.next_out = buffer.baseAddress
            stream.avail_out = UInt32(bound)
            let status = isal_deflate(&stream)
            guard status == COMP_OK, stream.internal_state.state == ZSTATE_END else {
                throw CodecError("ISA-L: compression stopped with status \(status)")
            }
            count = Int(stream.total_out)
        }
    }
}
