import COpenSSL
import Plumbing
package import SystemPackage

/// An RSA private key: a repository key or a master key (docs/cvmfs-format.md §2.3).
package struct PrivateKey: Sendable {
    let handle: KeyHandle

    /// A key from PEM text, PKCS#1 or unencrypted PKCS#8. Throws ``CVMFSError`` where it is none.
    package init(pem: [UInt8]) throws {
        let bio = try MemoryBIO(pem)
        // Without a callback libcrypto would ask the terminal for the passphrase of an encrypted key.
        guard let key = PEM_read_bio_PrivateKey(bio.pointer, nil, { _, _, _, _ in -1 }, nil) else {
            let hint =
                String(decoding: pem, as: UTF8.self).contains("ENCRYPTED")
                ? " (it has a passphrase, which is not supported: take it off with openssl pkey)" : ""
            throw Libcrypto.error(.corrupt, "not a private key in PEM form\(hint)")
        }
        handle = try KeyHandle(owning: key, "the private key")
    }

    /// A key from a PEM file. Throws ``CVMFSError``, ``CVMFSError/Code/notFound`` where there is no such file.
    package init(file: FilePath) throws {
        let bytes = try KeyFile.read(file, "private key")
        do {
            try self.init(pem: bytes)
        } catch let error as CVMFSError {
            throw CVMFSError(error.code, "\(Printable.text(file.string)): \(error)")
        }
    }

    private init(handle: KeyHandle) {
        self.handle = handle
    }

    /// A new key. Stock uses 2048 bits; the manifest's limit of 4 KiB is the only upper one.
    package static func generate(bits: Int = 2048) throws -> PrivateKey {
        let context = try Libcrypto.allocated(
            LibcryptoStart.withoutCleanup ? EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil) : nil
        )
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1,
            EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(clamping: bits)) == 1,
            EVP_PKEY_keygen(context, &key) == 1, let key
        else { throw Libcrypto.error(.system, "cannot make an RSA key of \(bits) bits") }
        return PrivateKey(handle: try KeyHandle(owning: key, "the new key"))
    }

    /// The key as PEM text, PKCS#8, unencrypted. Whoever writes it to a file gives that mode 0400.
    package var pem: [UInt8] {
        get throws {
            let bio = try MemoryBIO()
            guard PEM_write_bio_PrivateKey(bio.pointer, handle.pointer, nil, nil, 0, nil, nil) == 1 else {
                throw Libcrypto.error(.system, "cannot encode the private key")
            }
            return bio.contents()
        }
    }

    /// The public half.
    package var publicKey: PublicKey {
        get throws {
            let bio = try MemoryBIO()
            guard PEM_write_bio_PUBKEY(bio.pointer, handle.pointer) == 1 else {
                throw Libcrypto.error(.system, "cannot encode the public key")
            }
            return try PublicKey(pem: bio.contents())
        }
    }

    /// The signature of a repository manifest: RSASSA-PKCS1-v1_5 with SHA-1 over the text of the manifest's hash, SHA-1
    /// whatever function that hash is of (docs/cvmfs-format.md §2.1).
    package func sign(manifestHash text: String) throws -> [UInt8] {
        try handle.sign(text, as: .sha1)
    }

    /// The signature of a whitelist: the text itself in PKCS#1 padding of block type 1, without DigestInfo
    /// (docs/cvmfs-format.md §2.2).
    package func signRaw(_ text: String) throws -> [UInt8] {
        try handle.sign(text, as: .raw)
    }

    /// Whether the certificate is of this key.
    package func matches(_ certificate: Certificate) -> Bool {
        handle.isPair(of: certificate.publicKey.handle)
    }
}

extension PrivateKey: CustomStringConvertible {
    /// Shows nothing of the key.
    package var description: String { "RSA private key" }
}
