import COpenSSL

/// AES-256 in Galois/counter mode with libcrypto (NIST SP 800-38D): encrypts, and shows every change.
///
/// What is sealed is a nonce of 12 bytes, the ciphertext, as long as the clear text, and a tag of 16 bytes.
package enum AESGCM {
    /// The length of a key in bytes.
    package static let keyByteCount = 32
    private static let nonceByteCount = 12
    private static let tagByteCount = 16

    /// Encrypts under a new random nonce. `context` is authenticated too, and is no part of the result.
    ///
    /// Throws ``CodecError`` for a key of another length, and where libcrypto does not offer the cipher.
    package static func seal(
        _ clear: [UInt8],
        with key: SecretKey,
        authenticating context: [UInt8]
    ) throws -> [UInt8] {
        let nonce = try RandomBytes.make(nonceByteCount)
        let pass = try CipherPass(.encrypting, key, nonce: nonce)
        try pass.authenticate(context)
        let ciphertext = try pass.update(clear)
        var tag = [UInt8](repeating: 0, count: tagByteCount)
        guard pass.finish(), pass.control(EVP_CTRL_AEAD_GET_TAG, &tag) else { throw CipherPass.refusal }
        return nonce + ciphertext + tag
    }

    /// Decrypts what ``seal(_:with:authenticating:)`` made; nil where the key, the context or a byte is another.
    ///
    /// Throws ``CodecError`` as that does.
    package static func open(
        _ sealed: [UInt8],
        with key: SecretKey,
        authenticating context: [UInt8]
    ) throws -> [UInt8]? {
        guard sealed.count >= nonceByteCount + tagByteCount else { return nil }
        let pass = try CipherPass(.decrypting, key, nonce: Array(sealed.prefix(nonceByteCount)))
        try pass.authenticate(context)
        let clear = try pass.update(Array(sealed.dropFirst(nonceByteCount).dropLast(tagByteCount)))
        var tag = Array(sealed.suffix(tagByteCount))
        guard pass.control(EVP_CTRL_AEAD_SET_TAG, &tag) else { throw CipherPass.refusal }
        return pass.finish() ? clear : nil
    }
}
