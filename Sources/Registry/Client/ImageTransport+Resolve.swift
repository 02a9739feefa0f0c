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
        case .image(let manifest): return try await resolve(nil, first, manifest)
        case .index(let index):
            try refuseEmpty(index)
            return try await resolve(first, index, platform)
        }
    }

    /// The images for several platforms, each once, in the order in which they are wanted; the one image where the source names
    /// no index.
    ///
    /// Throws ``RegistryError``: with ``RegistryError/Code/platformNotOffered`` where the index has none for one of them.
    package func resolve(_ wanted: WantedPlatforms) async throws -> [ResolvedImage] {
        let first = try await manifest(nil)
        var images: [ResolvedImage] = []
        if case .index(let index) = first.decoded { try refuseEmpty(index) }
        switch (first.decoded, wanted) {
        case (.image(let manifest), _): images = [try await resolve(nil, first, manifest)]
        case (.index(let index), .these(let platforms)):
            for platform in platforms { images.append(try await resolve(first, index, platform)) }
        case (.index(let index), .all):
            for chosen in wanted.images(of: index) { images.append(try await resolve(first, chosen)) }
            guard !images.isEmpty else {
                throw RegistryError(
                    .platformNotOffered,
                    purpose,
                    detail: "its index has no image that says it is for Linux"
                        + (offered(index).map { "; it offers \($0)" } ?? ""),
                    nextStep: "name the wanted one with --platform"
                )
            }
        }
        var seen: Set<Digest> = []
        return images.filter { seen.insert($0.manifestDigest).inserted }
    }

    private func resolve(_ first: RawManifest, _ index: Index, _ platform: Platform) async throws -> ResolvedImage {
        if let chosen = index.image(for: platform) { return try await resolve(first, chosen) }
        return try await resolve(first, index, platformByConfiguration: platform)
    }

    /// Throws where an index has no image for anybody, and nothing that cannot be read might be one.
    private func refuseEmpty(_ index: Index) throws {
        guard index.images.isEmpty, index.unreadable.isEmpty else { return }
        let others = index.manifests.count
        throw RegistryError(
            .invalidDocument,
            purpose,
            detail: others == 0
                ? "its index is empty: it names no image"
                : "its index names no image, only \(Counted.text(others, "attachment")) of a builder",
            nextStep: "name another tag or digest, or push it again with its images"
        )
    }

    private func offered(_ index: Index) -> String? {
        index.offeredPlatforms.isEmpty ? nil : index.offeredPlatforms.joined(separator: ", ")
    }

    private var purpose: Purpose { Purpose(.pullManifest, source.description, host: source.canonicalHost) }

    /// The best of the entries that do not say what they are for: as with containerd, their configurations do. A single one is
    /// taken whatever it is for, as an image without an index is.
    private func resolve(
        _ first: RawManifest,
        _ index: Index,
        platformByConfiguration wanted: Platform
    ) async throws -> ResolvedImage {
        let candidates = index.imagesOfUnknownPlatform
        if index.images.count == 1, let only = candidates.first { return try await resolve(first, only) }
        var best: (rank: Int, image: ResolvedImage)?
        var found: [Platform] = []
        for candidate in candidates.prefix(maximumCandidates) {
            let image = try await resolve(first, candidate)
            found.append(image.platform)
            guard let rank = wanted.rank(of: image.platform), rank < best?.rank ?? .max else { continue }
            best = (rank, image)
            if rank == 0 { break }
        }
        if let best { return best.image }
        throw RegistryError(
            .platformNotOffered,
            purpose,
            detail: index.notOffered(wanted, found: found).description
                + (candidates.count > maximumCandidates
                    ? "; only \(maximumCandidates) of \(candidates.count) images without a platform were looked into"
                    : ""),
            nextStep: "choose another one with --platform"
        )
    }

    /// Entries without a platform that are looked into, each at the price of two requests: no builder makes so many.
    private var maximumCandidates: Int { 20 }

    private func resolve(_ index: RawManifest, _ chosen: Descriptor) async throws -> ResolvedImage {
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
                detail: "the index has another index, \(chosen.digest), in the place of an image"
            )
        }
        return try await resolve(index, raw, manifest)
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
            throw RegistryError(
                .invalidDocument,
                purpose,
                detail: "its configuration \(manifest.config.digest) cannot be used: \(error)",
                nextStep: "push the image again, or name another tag or digest"
            )
        }
    }
}
