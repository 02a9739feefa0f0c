import NIOHTTP1
package import OCI

/// Pushing.
extension RegistryClient {
    /// Pushes a blob where it is missing. Returns whether it was.
    ///
    /// A repository of the same registry that this client knows to have it is mounted from. Throws ``RegistryError``; a cut
    /// upload leaves nothing behind that anybody could pull.
    package func push(
        blob bytes: [UInt8],
        digest: Digest,
        to reference: ImageReference,
        credentials: RegistryCredentials?
    ) async throws -> Bool {
        let purpose = Self.purpose(.pushBlob, digest, reference)
        try Self.check(bytes, digest, purpose)
        let upload = BlobUpload(
            client: self,
            bytes: bytes,
            digest: digest,
            reference: reference,
            credentials: credentials,
            mountSource: knownBlobs.repository(with: digest, like: reference)
        )
        let isNew = try await noting(reference) { try await upload.run() }
        knownBlobs.add(digest, in: reference)
        return isNew
    }

    /// Pushes a manifest to the reference's tag (to its digest where it has no tag). Returns the manifest's digest.
    ///
    /// A digest of the reference must be the manifest's. Blobs have to be there before.
    package func push(
        manifest bytes: [UInt8],
        mediaType: MediaType,
        to reference: ImageReference,
        credentials: RegistryCredentials?
    ) async throws -> Digest {
        let purpose = Purpose(.pushManifest, reference.description, host: reference.canonicalHost)
        let digest = try Digest.of(bytes, reference.digest?.algorithm ?? .sha256)
        if let pinned = reference.digest { try Self.check(bytes, pinned, purpose) }
        var request = try request(
            .PUT,
            "manifests/\(reference.tag ?? digest.description)",
            of: reference,
            for: purpose,
            credentials: credentials
        )
        request.headers.add(name: "Content-Type", value: mediaType.rawValue)
        request.body = bytes
        // The specification's answer is 201; older registries send 202 or 200.
        let stored = try await send(request, expecting: [200, 201, 202])
        await stored.discardBody()
        try checkDigest(of: bytes, against: stored, purpose)
        return digest
    }

    private static func check(_ bytes: [UInt8], _ digest: Digest, _ purpose: Purpose) throws {
        let actual = try Digest.of(bytes, digest.algorithm)
        guard actual == digest else {
            throw RegistryError(.digestMismatch, purpose, detail: "it has digest \(actual), not \(digest)")
        }
    }
}
