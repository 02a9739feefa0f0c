import COpenSSL
import Plumbing
package import SystemPackage

/// The X.509 certificate of a repository key: what the manifest's signature is checked with, and what the whitelist
/// lists (docs/cvmfs-format.md §2.3).
package struct Certificate: Sendable {
    /// The text as it was given: the stored object is exactly this.
    package let pem: [UInt8]
    /// The certificate proper; its hash is the fingerprint.
    package let der: [UInt8]
    /// The repository's public key.
    package let publicKey: PublicKey

    /// A certificate from PEM text. Throws ``CVMFSError`` where it is none.
    package init(pem: [UInt8]) throws {
        self = try Self.decoded.value(of: pem) { try Certificate(decoding: pem) }
    }

    private static let decoded = RecentlyDecoded<Certificate>()

    private init(decoding pem: [UInt8]) throws {
        let bio = try MemoryBIO(pem)
        guard let certificate = PEM_read_bio_X509(bio.pointer, nil, nil, nil) else {
            throw Libcrypto.error(.corrupt, "not a certificate in PEM form")
        }
        defer { X509_free(certificate) }
        guard let key = X509_get_pubkey(certificate) else {
            throw Libcrypto.error(.corrupt, "a certificate without a usable public key")
        }
        publicKey = PublicKey(handle: try KeyHandle(owning: key, "the certificate's key"))
        der = try Self.encode(certificate)
        self.pem = pem
    }

    /// A certificate from a PEM file. Throws ``CVMFSError``, ``CVMFSError/Code/notFound`` where there is no such file.
    package init(file: FilePath) throws {
        let bytes = try KeyFile.read(file, "certificate")
        do {
            try self.init(pem: bytes)
        } catch let error as CVMFSError {
            throw CVMFSError(error.code, "\(Printable.text(file.string)): \(error)")
        }
    }

    /// The hash that whitelists list, over the DER form: white space in the PEM text does not matter.
    package func fingerprint(_ algorithm: HashAlgorithm) throws -> ContentHash {
        try ContentHash(algorithm, of: der)
    }

    private static func encode(_ certificate: OpaquePointer) throws -> [UInt8] {
        let length = Int(i2d_X509(certificate, nil))
        guard length > 0 else { throw Libcrypto.error(.corrupt, "cannot encode the certificate") }
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            var position = buffer.baseAddress
            count = max(0, Int(i2d_X509(certificate, &position)))
        }
    }
}
