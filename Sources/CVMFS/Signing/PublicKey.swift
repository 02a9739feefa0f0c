import COpenSSL
import Plumbing
package import SystemPackage

/// An RSA public key: what a client has of a master key (docs/cvmfs-format.md §2.3).
package struct PublicKey: Sendable {
    let handle: KeyHandle

    /// A key from PEM text (SubjectPublicKeyInfo). Throws ``CVMFSError`` where it is none.
    package init(pem: [UInt8]) throws {
        handle = try Self.decoded.value(of: pem) {
            let bio = try MemoryBIO(pem)
            guard let key = PEM_read_bio_PUBKEY(bio.pointer, nil, nil, nil) else {
                throw Libcrypto.error(.corrupt, "not a public key in PEM form")
            }
            return try KeyHandle(owning: key, "the public key")
        }
    }

    private static let decoded = RecentlyDecoded<KeyHandle>()

    /// A key from a PEM file. Throws ``CVMFSError``, ``CVMFSError/Code/notFound`` where there is no such file.
    package init(file: FilePath) throws {
        let bytes = try KeyFile.read(file, "public key")
        do {
            try self.init(pem: bytes)
        } catch let error as CVMFSError {
            throw CVMFSError(error.code, "\(Printable.text(file.string)): \(error)")
        }
    }

    init(handle: KeyHandle) {
        self.handle = handle
    }

    /// The key as PEM text.
    package var pem: [UInt8] {
        get throws {
            let bio = try MemoryBIO()
            guard PEM_write_bio_PUBKEY(bio.pointer, handle.pointer) == 1 else {
                throw Libcrypto.error(.system, "cannot encode the public key")
            }
            return bio.contents()
        }
    }

    /// Whether the signature of a manifest's hash is of this key: see ``PrivateKey/sign(manifestHash:)``.
    package func verify(manifestHash text: String, signature: [UInt8]) throws -> Bool {
        try handle.verify(text, signature: signature, as: .sha1)
    }

    /// Whether the signature of a whitelist's hash is of this key: see ``PrivateKey/signRaw(_:)``.
    package func verifyRaw(_ text: String, signature: [UInt8]) throws -> Bool {
        try handle.verify(text, signature: signature, as: .raw)
    }
}

extension PublicKey: Equatable {
    /// The same modulus and exponent.
    package static func == (left: PublicKey, right: PublicKey) -> Bool {
        left.handle.isPair(of: right.handle)
    }
}
