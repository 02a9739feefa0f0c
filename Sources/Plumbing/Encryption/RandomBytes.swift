import COpenSSL

/// Bytes that nobody can guess, of libcrypto's generator (RAND_bytes(3)).
enum RandomBytes {
    /// So many of them. Throws ``CodecError`` where the system has none to give.
    static func make(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes(fill)
        return bytes
    }

    /// Writes over the buffer.
    static func fill(_ buffer: UnsafeMutableRawBufferPointer) throws {
        guard LibcryptoStart.withoutCleanup,
            RAND_bytes(buffer.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(clamping: buffer.count)) == 1
        else { throw CodecError("libcrypto: no random bytes to be had") }
    }
}
