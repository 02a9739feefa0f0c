import COpenSSL

/// A hash computed piece by piece with libcrypto.
///
/// One value belongs to one thread at a time. After ``finish()`` it starts again from nothing.
package final class MessageDigest {
    private let algorithm: DigestAlgorithm
    private let context: OpaquePointer

    /// Throws ``CodecError`` where libcrypto does not offer the algorithm (a policy may switch off RIPEMD-160).
    package init(_ algorithm: DigestAlgorithm) throws {
        let function = algorithm.function
        guard LibcryptoStart.withoutCleanup, let context = EVP_MD_CTX_new() else {
            throw CodecError("libcrypto: out of memory")
        }
        self.algorithm = algorithm
        self.context = context
        // Without a function libcrypto would take that of the context's last digest.
        guard let function, EVP_DigestInit_ex(context, function, nil) == 1 else {
            throw CodecError("libcrypto does not offer \(algorithm)")
        }
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes.
    package func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    /// Adds bytes.
    package func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes(update)
    }

    /// The digest of everything added since the start or the last call.
    package func finish() -> [UInt8] {
        let digest = take()
        EVP_DigestInit_ex(context, algorithm.function, nil)
        return digest
    }

    /// The digest, after which this is of no use any more.
    private func take() -> [UInt8] {
        let algorithm = algorithm
        return [UInt8](unsafeUninitializedCapacity: algorithm.byteCount) { buffer, count in
            if case .shake128 = algorithm {
                EVP_DigestFinalXOF(context, buffer.baseAddress, algorithm.byteCount)
            } else {
                EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
            }
            count = algorithm.byteCount
        }
    }

    /// The digest of one buffer.
    package static func hash(_ algorithm: DigestAlgorithm, _ bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
        let digest = try MessageDigest(algorithm)
        digest.update(bytes)
        return digest.take()
    }

    /// The digest of one buffer.
    package static func hash(_ algorithm: DigestAlgorithm, _ bytes: [UInt8]) throws -> [UInt8] {
        try bytes.withUnsafeBytes { try hash(algorithm, $0) }
    }
}
