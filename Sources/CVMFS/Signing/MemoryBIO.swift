import COpenSSL
import Plumbing

/// A buffer that libcrypto reads from and writes to.
final class MemoryBIO {
    let pointer: OpaquePointer

    /// An empty buffer to write to.
    init() throws {
        pointer = try Libcrypto.allocated(LibcryptoStart.withoutCleanup ? BIO_new(BIO_s_mem()) : nil)
    }

    /// A buffer that holds bytes to read.
    convenience init(_ bytes: [UInt8]) throws {
        try self.init()
        guard bytes.isEmpty || BIO_write(pointer, bytes, Int32(clamping: bytes.count)) == Int32(clamping: bytes.count)
        else { throw Libcrypto.error(.system, "libcrypto cannot take \(bytes.count) bytes") }
    }

    deinit { BIO_free(pointer) }

    /// Takes out everything that was written.
    func contents() -> [UInt8] {
        let size = BIO_ctrl_pending(pointer)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = max(0, Int(BIO_read(pointer, buffer.baseAddress, Int32(clamping: size))))
        }
    }
}
