import Logging
import NIOHTTP1
package import OCI
import Plumbing

/// Manifests and indexes.
extension RegistryClient {
    /// Larger manifests are refused; registries take no larger ones either (distribution specification, "Pushing Manifests").
    package static let maximumManifestSize = 4 << 20

    /// The manifest or index of a reference, exactly as the registry sends it.
    ///
    /// Its digest is the one that the reference pins, where it does, and the one that the registry says.
    package func manifest(
        _ reference: ImageReference,
        credentials: RegistryCredentials?
    ) async throws -> RawManifest {
        try await fromFirst(of: reference, credentials) { try await manifest(from: $0) }
    }

    func manifest(from source: RegistrySource) async throws -> RawManifest {
        let reference = source.reference
        var request = try manifestRequest(.GET, reference, source.credentials)
        request.isForMirror = source.isMirror
        request.isAnonymous = source.isAnonymous
        let budget = budget(source)
        request.retries = budget
        let (response, bytes) = try await retrying(budget) {
            let response = try await send(request, expecting: [200])
            let bytes = try await body(of: response, request, limit: Self.maximumManifestSize, name: "manifest")
            return (response, bytes)
        }
        let algorithm = reference.digest?.algorithm ?? .sha256
        let digest = try Digest.of(bytes, algorithm)
        if let pinned = reference.digest, pinned != digest {
            throw RegistryError(
                .digestMismatch,
                request.purpose,
                detail: "the registry sent a manifest with digest \(digest), not \(pinned)"
            )
        }
        try checkDigest(of: bytes, against: response, request.purpose)
        do {
            let raw = try RawManifest(
                bytes: bytes,
                contentType: response.headers.first(name: "Content-Type"),
                algorithm: algorithm
            )
            if let type = raw.mistakenType {
                logger.notice(
                    "the registry sends a manifest as another type than its own; its own counts",
                    metadata: ["image": "\(reference)", "sent as": "\(type)", "type": "\(raw.mediaType)"]
                )
            }
            return raw
        } catch let error as OCIError {
            throw RegistryError(.invalidDocument, request.purpose, detail: error.description)
        }
    }

    /// The digest that a reference stands for now, at the price of one HEAD where its registry tells it.
    ///
    /// Registries do not count a HEAD as a pull. One that refuses it, or does not tell the digest, is asked for the manifest.
    /// Nothing is verified: use it to find out whether something changed.
    package func digest(
        of reference: ImageReference,
        credentials: RegistryCredentials?
    ) async throws -> Digest {
        try await fromFirst(of: reference, credentials) { source in
            if let digest = try await saidDigest(by: source) { return digest }
            return try await manifest(from: source).digest
        }
    }

    /// A HEAD that fails is not worth a long wait: the GET may work.
    private static let headAttempts = RetryTransport.unreachableAttempts

    /// Nil where the registry does not answer a HEAD as it should: the GET may work, and its answer has a body that tells why
    /// where it does not. What is about the user, the certificate or the time is the same for both.
    func saidDigest(by source: RegistrySource) async throws -> Digest? {
        var request = try manifestRequest(.HEAD, source.reference, source.credentials)
        request.isForMirror = source.isMirror
        request.isAnonymous = source.isAnonymous
        request.retries = budget(source, atMost: Self.headAttempts)
        do {
            let response = try await send(request, expecting: [200])
            await response.discardBody()
            return saidDigest(response)
        } catch let error as RegistryError
            where error.code != .unauthorized
            && (error.status != nil || [.cut, .unexpectedAnswer].contains(error.code))
        {
            logger.debug("HEAD is refused", metadata: ["reason": "\(error)"])
            return nil
        }
    }

    private func manifestRequest(
        _ method: HTTPMethod,
        _ reference: ImageReference,
        _ credentials: RegistryCredentials?
    ) throws -> RegistryRequest {
        var request = try request(
            method,
            "manifests/\(reference.reference)",
            of: reference,
            for: Purpose(.pullManifest, reference.description, host: reference.canonicalHost),
            credentials: credentials
        )
        let accepted = MediaType.acceptedManifests.map(\.rawValue).joined(separator: ", ")
        request.headers.add(name: "Accept", value: accepted)
        return request
    }

    /// Compares bytes with the `Docker-Content-Digest` of an answer, where there is one that can be compared.
    func checkDigest(of bytes: [UInt8], against response: RegistryResponse, _ purpose: Purpose) throws {
        guard let said = saidDigest(response) else { return }
        let digest = try Digest.of(bytes, said.algorithm)
        guard said == digest else {
            throw RegistryError(
                .digestMismatch,
                purpose,
                detail: "the registry says digest \(said) of what has digest \(digest)"
            )
        }
    }

    private func saidDigest(_ response: RegistryResponse) -> Digest? {
        guard let text = response.headers.first(name: "Docker-Content-Digest") else { return nil }
        do {
            return try Digest(parsing: text)
        } catch {
            // Other algorithms may be registered one day: what is recorded is the digest that is computed here.
            logger.debug("digest header not understood", metadata: ["error": "\(error)"])
            return nil
        }
    }
}
