import CZlib

/// zlib at its default level, whose output equals that of the stock publisher byte for byte
/// (docs/cvmfs-format.md §1.1).
struct DefaultZlibEncoder: ZlibEncoder {
    func encode(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
        let bound = compressBound(uLong(bytes.count))
        return try [UInt8](unsafeUninitializedCapacity: Int(bound)) { buffer, count in
            var length = bound
            let input = bytes.bindMemory(to: Bytef.self).baseAddress
            let status = compress2(buffer.baseAddress, &length, input, uLong(bytes.count), Z_DEFAULT_COMPRESSION)
            guard status == Z_OK else { throw CodecError("zlib: compression stopped with status \(status)") }
            count = Int(length)
        }
    }
}
