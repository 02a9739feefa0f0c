import CISAL

/// ISA-L: the fastest encoder, for the `fast` policy.
///
/// State and workspace take half a megabyte; they are kept, for making them anew costs more than compressing a small
/// file.
final class ISALEncoder: ZlibEncoder {
    private static let level: UInt32 = 2
    private let workspace = UnsafeMutablePointer<UInt8>.allocate(capacity: Int(ISAL_LEVEL2_WORKSPACE))
    private let stream = UnsafeMutablePointer<isal_zstream>.allocate(capacity: 1)

    deinit {
        workspace.deallocate()
        stream.deallocate()
    }

    func encode(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
        // Deflate's stored blocks bound the growth: 5 bytes for each 65,535, and the zlib frame.
        let bound = bytes.count + bytes.count / 65_535 * 5 + 256
        return try [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            isal_deflate_init(stream)
            stream.pointee.level = Self.level
            stream.pointee.level_buf = workspace
            stream.pointee.level_buf_size = UInt32(ISAL_LEVEL2_WORKSPACE)
            stream.pointee.gzip_flag = UInt16(IGZIP_ZLIB)
            stream.pointee.end_of_stream = 1
            stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
            stream.pointee.avail_in = UInt32(bytes.count)
            stream.pointee.next_out = buffer.baseAddress
            stream.pointee.avail_out = UInt32(bound)
            let status = isal_deflate(stream)
            guard status == COMP_OK, stream.pointee.internal_state.state == ZSTATE_END else {
                throw CodecError("ISA-L: compression stopped with status \(status)")
            }
            count = Int(stream.pointee.total_out)
        }
    }
}
