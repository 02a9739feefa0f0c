import COpenSSL

/// The bytes of a secret key. They are overwritten when nobody holds the key any more, and nothing prints them.
// Safe: the memory is written by the initializer and the deinitializer alone.
package final class SecretKey: @unchecked Sendable, CustomStringConvertible, CustomReflectable {
    private let memory: UnsafeMutableRawBufferPointer

    /// A key of these bytes; they stay where else they are.
    package init(_ bytes: some Collection<UInt8>) {
        memory = .allocate(byteCount: bytes.count, alignment: 16)
        memory.copyBytes(from: bytes)
    }

    /// A new key of so many random bytes. Throws ``CodecError`` where the system has none to give.
    package convenience init(randomBytes count: Int) throws {
        self.init(repeatElement(0, count: count))
        try RandomBytes.fill(memory)
    }

    deinit {
        OPENSSL_cleanse(memory.baseAddress, memory.count)
        memory.deallocate()
    }

    /// How many bytes it has.
    package var byteCount: Int { memory.count }

    /// Calls `body` with the bytes, which are valid until it returns.
    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeRawBufferPointer(memory))
    }

    /// HMAC-SHA-256 of a text under this key (RFC 2104): 32 bytes. Throws ``CodecError`` where libcrypto does not offer it.
    package func authenticationCode(of text: [UInt8]) throws -> [UInt8] {
        var code = [UInt8](repeating: 0, count: 32)
        var count = 0
        let isDone =
            LibcryptoStart.withoutCleanup
            && EVP_Q_mac(
                nil,
                "HMAC",
                nil,
                "SHA2-256",
                nil,
                memory.baseAddress,
                memory.count,
                text,
                text.count,
                &code,
                code.count,
                &count
            ) != nil
        guard isDone, count == code.count else { throw CodecError("libcrypto does not offer HMAC-SHA-256") }
        return code
    }

    /// A placeholder, never the key.
    package var description: String { "<key>" }

    /// No children: `dump` and string reflection find nothing.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
