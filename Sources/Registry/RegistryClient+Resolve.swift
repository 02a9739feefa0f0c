package import OCI
import Plumbing

/// From a reference to an image.
extension RegistryClient {
    /// The image that a reference names, for a platform where it names an index: manifests and configuration.
    ///
    /// Throws ``RegistryError``: with ``RegistryError/Code/platformNotOffered`` where the index has no such image.
    package func resolve(
        _ reference: ImageReference,
        platform: Platform,
        credentials: RegistryCredentials?
    ) async throws -> ResolvedImage {
        let first = try await manifest(reference, credentials: credentials)
        switch first.decoded {
        case .image(let manifest):
            return try await resolve(reference, nil, first, manifest, credentials)
        case .index(let index):
            let (raw, manifest) = try await image(for: platform, in: index, of: reference, credentials)
            return try await resolve(reference, first, raw, manifest, credentials)
        }
    }

    private func image(
        for platform: Platform,
        in index: Index,
        of reference: ImageReference,
        _ credentials: RegistryCredentials?
    ) async throws -> (RawManifest, Manifest) {
        let purpose = Purpose(.pullManifest, reference.description, host: reference.canonicalHost)
        let chosen: Descriptor
        do {
            chosen = try index.image(for: platform)
        } catch let error as OCIError {
            throw RegistryError(
                .platformNotOffered,
                purpose,
                detail: error.description,
                nextStep: "choose another one with --platform"
            )
        }
        let raw = try await manifest(reference.pinned(to: chosen.digest), credentials: credentials)
        guard chosen.size == Int64(raw.bytes.count) else {
            throw RegistryError(
                .sizeMismatch,
                purpose,
                detail: "\(chosen.digest) has \(raw.bytes.count) bytes, the index says \(chosen.size)"
            )
        }
        guard case .image(let manifest) = raw.decoded else {
            throw RegistryError(
                .invalidDocument,
                purpose,
                detail: "the index has another index for \(platform), not an image"
            )
        }
        return (raw, manifest)
    }

    private func resolve(
        _ reference: ImageReference,
        _ index: RawManifest?,
        _ raw: RawManifest,
        _ manifest: Manifest,
        _ credentials: RegistryCredentials?
    ) async throws -> ResolvedImage {
        let purpose = Purpose(.pullManifest, reference.description, host: reference.canonicalHost)
        guard manifest.config.mediaType.isImageConfiguration else {
            throw RegistryError(
                .invalidDocument,
                purpose,
                detail: "it is not a container image, but holds \(Printable.text(manifest.config.mediaType.rawValue))"
            )
        }
        let bytes = try await blob(manifest.config, of: reference, credentials: credentials)
        do {
            return ResolvedImage(
                reference: reference,
                index: index,
                raw: raw,
                manifest: manifest,
                configuration: try ImageConfiguration(bytes: bytes)
            )
        } catch let error as OCIError {
            throw RegistryError(.invalidDocument, purpose, detail: error.description)
        }
    }
}
