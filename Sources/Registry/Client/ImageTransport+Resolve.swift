package import OCI
import Plumbing

/// From a source to the image of a platform.
extension ImageTransport {
    /// The image for a platform where the source names an index: manifests and configuration.
    ///
    /// Throws ``RegistryError``: with ``RegistryError/Code/platformNotOffered`` where the index has no such image.
    package func resolve(platform: Platform) async throws -> ResolvedImage {
        let first = try await manifest(nil)
        switch first.decoded {
        case .image(let manifest):
            return try await resolve(nil, first, manifest)
        case .index(let index):
            let (raw, manifest) = try await image(for: platform, in: index)
            return try await resolve(first, raw, manifest)
        }
    }

    private var purpose: Purpose { Purpose(.pullManifest, source.description, host: source.canonicalHost) }

    private func image(for platform: Platform, in index: Index) async throws -> (RawManifest, Manifest) {
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
        let raw = try await manifest(chosen.digest)
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

    private func resolve(_ index: RawManifest?, _ raw: RawManifest, _ manifest: Manifest) async throws -> ResolvedImage
    {
        guard manifest.config.mediaType.isImageConfiguration else {
            throw RegistryError(
                .invalidDocument,
                purpose,
                detail: "it is not a container image, but holds \(Printable.text(manifest.config.mediaType.rawValue))"
            )
        }
        let bytes = try await blob(manifest.config)
        do {
            return ResolvedImage(
                source: source,
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
