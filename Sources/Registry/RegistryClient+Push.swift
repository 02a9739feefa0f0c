import NIOHTTP1
package import OCI

/// Pushing.
extension RegistryClient {
    /// Pushes a blob where it is missing. Returns whether it was.
    ///
    /// Throws ``RegistryError``; a cut upload leaves nothing behind that anybody could pull.
    package func push(
        blob bytes: [UInt8],
        digest: Digest,
        to reference: ImageReference,
        credentials: RegistryCredentials?
    ) async throws -> Bool {
        let purpose = Self.purpose(.pushBlob, digest, reference)
        try Self.check(bytes, digest, purpose)
        let question = try request(.HEAD, "blobs/\(digest)", of: reference, for: purpose, credentials: credentials)
        let presence = try await send(question, expecting: [200, 404])
        await presence.discardBody()
        if presence.status == 200 { return false }

        var upload = try request(.POST, "blobs/uploads/", of: reference, for: purpose, credentials: credentials)
        upload.body = []
        let session = try await send(upload, expecting: [202])
        await session.discardBody()
        upload.method = .PUT
        upload.url = try Self.uploadURL(session, upload).adding(query: [("digest", digest.description)])
        upload.limit = TargetPolicy.limit(of: upload.url, namedBy: upload.registry)
        upload.headers.add(name: "Content-Type", value: "application/octet-stream")
        upload.body = bytes
        let stored = try await send(upload, expecting: [201])
        await stored.discardBody()
        try checkDigest(of: bytes, against: stored, purpose)
        return true
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

    /// Where a new upload session takes the bytes.
    private static func uploadURL(_ session: RegistryResponse, _ request: RegistryRequest) throws -> RequestURL {
        func refused(_ detail: String, nextStep: String? = nil) -> RegistryError {
            RegistryError(.redirectRefused, request.purpose, detail: detail, nextStep: nextStep)
        }
        guard let location = session.headers.first(name: "Location") else {
            throw refused("the upload session has no Location")
        }
        let target: RequestURL
        do {
            target = try session.url.resolving(location)
        } catch let fault as RequestURLFault {
            throw refused("the address of the upload session \(fault.reason)")
        }
        if let reason = TargetPolicy.refusal(of: target, namedBy: request.registry) {
            throw refused(
                "the address of the upload session, \(target), \(reason)",
                nextStep: target.scheme == .http && request.registry.scheme == .https
                    ? "its proxy has to tell the registry that it is reached by https (X-Forwarded-Proto)" : nil
            )
        }
        return target
    }
}
