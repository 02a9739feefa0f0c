import Plumbing

/// A manifest as it was read, with what its signature is verified by.
package struct SignedManifest: Sendable, Equatable {
    /// What the lines say.
    package let manifest: RepositoryManifest
    /// The bytes that were signed, their hash and the signature.
    package let text: SignedText

    /// Throws ``CVMFSError`` unless the certificate is the one that the manifest names and its key signed the manifest
    /// (docs/cvmfs-format.md §2.4, step 5). Whether that certificate is trusted, the whitelist says.
    package func verify(certificate: Certificate) throws {
        guard try certificate.publicKey.verify(manifestHash: text.hashText, signature: text.signature) else {
            throw CVMFSError(
                .notTrusted,
                "the manifest of \(Printable.text(manifest.fqrn)) is not signed by the key of its certificate"
            )
        }
    }
}
