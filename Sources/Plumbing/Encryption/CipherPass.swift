import COpenSSL

/// One message on its way through AES-256-GCM (EVP_EncryptInit(3), "AEAD Interface").
final class CipherPass {
    enum Direction: Int32 {
        case decrypting = 0
        case encrypting = 1
    }

    private let context: OpaquePointer

    static var refusal: CodecError { CodecError("libcrypto does not offer AES-256-GCM") }

    init(_ direction: Direction, _ key: SecretKey, nonce: [UInt8]) throws {
        guard key.byteCount == AESGCM.keyByteCount else {
            throw CodecError("a key of AES-256 has 32 bytes, this one has \(key.byteCount)")
        }
        guard LibcryptoStart.withoutCleanup, let context = EVP_CIPHER_CTX_new() else {
            throw CodecError("libcrypto: out of memory")
        }
        self.context = context
        let isReady = key.withUnsafeBytes { key in
            EVP_CipherInit_ex(
                context,
                EVP_aes_256_gcm(),
                nil,
                key.baseAddress?.assumingMemoryBound(to: UInt8.self),
                nonce,
                direction.rawValue
            )
        }
        guard isReady == 1 else { throw Self.refusal }
    }

    // Overwrites its key, too.
    deinit { EVP_CIPHER_CTX_free(context) }

    /// Takes in what is authenticated and not encrypted.
    func authenticate(_ bytes: [UInt8]) throws {
        guard !bytes.isEmpty else { return }
        var count: Int32 = 0
        guard let length = Int32(exactly: bytes.count), EVP_CipherUpdate(context, nil, &count, bytes, length) == 1
        else {
            throw Self.refusal
        }
    }

    /// The other form of the bytes, as many as they are.
    func update(_ bytes: [UInt8]) throws -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        var result = [UInt8](repeating: 0, count: bytes.count)
        var count: Int32 = 0
        guard let length = Int32(exactly: bytes.count),
            EVP_CipherUpdate(context, &result, &count, bytes, length) == 1, count == length
        else { throw Self.refusal }
        return result
    }

    /// Ends the message; false where a tag was given and is not that of the message.
    func finish() -> Bool {
        // Galois/counter mode has nothing left to write: the buffer is for a cipher with blocks.
        var rest = [UInt8](repeating: 0, count: Int(EVP_MAX_BLOCK_LENGTH))
        var count: Int32 = 0
        return EVP_CipherFinal_ex(context, &rest, &count) == 1
    }

    /// Reads or sets the tag.
    func control(_ command: Int32, _ tag: inout [UInt8]) -> Bool {
        EVP_CIPHER_CTX_ctrl(context, command, Int32(tag.count), &tag) == 1
    }
}
