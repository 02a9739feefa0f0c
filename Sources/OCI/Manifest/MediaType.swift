/// The type of a document or blob, as `application/vnd.oci.image.manifest.v1+json`.
///
/// Compared as written: the known ones are lower case, and what registries send in other case is not one of them.
package struct MediaType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The text.
    package let rawValue: String

    /// Takes any text: unknown types must be kept.
    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The text.
    package var description: String { rawValue }

    /// The type of a `Content-Type` header, without its parameters.
    package init(contentType: String) {
        let type = contentType.prefix { $0 != ";" }
        rawValue = type.split(separator: " ").joined().lowercased()
    }
}

extension MediaType {
    /// Docker image manifest, version 2 schema 2.
    package static let dockerManifest = MediaType(rawValue: "application/vnd.docker.distribution.manifest.v2+json")
    /// Docker manifest list.
    package static let dockerManifestList = MediaType(
        rawValue: "application/vnd.docker.distribution.manifest.list.v2+json"
    )
    /// OCI image manifest.
    package static let ociManifest = MediaType(rawValue: "application/vnd.oci.image.manifest.v1+json")
    /// OCI image index.
    package static let ociIndex = MediaType(rawValue: "application/vnd.oci.image.index.v1+json")
    /// Docker image configuration.
    package static let dockerConfiguration = MediaType(rawValue: "application/vnd.docker.container.image.v1+json")
    /// OCI image configuration.
    package static let ociConfiguration = MediaType(rawValue: "application/vnd.oci.image.config.v1+json")
    /// Docker layer, gzip.
    package static let dockerLayer = MediaType(rawValue: "application/vnd.docker.image.rootfs.diff.tar.gzip")

    /// What a manifest request accepts: images and indexes of both families.
    package static let acceptedManifests = [ociIndex, ociManifest, dockerManifestList, dockerManifest]

    /// Whether it names an image manifest.
    package var isManifest: Bool { self == .dockerManifest || self == .ociManifest }

    /// Whether it names an index, which lists images for platforms.
    package var isIndex: Bool { self == .dockerManifestList || self == .ociIndex }

    /// Whether it may name the configuration of a container image; other artifacts have other types.
    ///
    /// Old registries and tools wrote types that say nothing, and
    /// [Docker](https://github.com/moby/moby/blob/master/daemon/internal/distribution/registry.go) takes them.
    package var isImageConfiguration: Bool {
        self == .dockerConfiguration || self == .ociConfiguration
            || ["", "application/octet-stream", "application/json", "text/html"].contains(rawValue)
    }

    /// Whether it is Docker's schema 1, which has neither layer sizes nor a configuration.
    package var isSchema1: Bool { rawValue.hasPrefix("application/vnd.docker.distribution.manifest.v1+") }

    /// Whether it names a layer that the registry may not hold (Docker "foreign", OCI "nondistributable").
    package var isForeignLayer: Bool {
        rawValue.hasPrefix("application/vnd.docker.image.rootfs.foreign.diff.tar")
            || rawValue.hasPrefix("application/vnd.oci.image.layer.nondistributable.v1.tar")
    }

    /// Whether it names a file system layer, compressed or not.
    package var isLayer: Bool {
        isForeignLayer || rawValue.hasPrefix("application/vnd.oci.image.layer.v1.tar")
            || rawValue.hasPrefix("application/vnd.docker.image.rootfs.diff.tar")
    }
}
