import OCI

/// The index of thin images where there are several platforms: a pure function of them.
struct ThinImageIndex {
    private let images: [(image: ThinImage, platform: Platform)]

    /// An index of these, which are of one form.
    init(_ images: [(image: ThinImage, platform: Platform)]) {
        self.images = images
    }

    /// The index's type: Docker's list for Docker's manifests.
    var mediaType: MediaType { images.first?.image.form == .oci ? .ociIndex : .dockerManifestList }

    /// Its bytes.
    func encoded() throws -> [UInt8] {
        let manifests = images.map { image, platform in
            Descriptor(
                mediaType: image.form.manifest,
                digest: image.digest,
                size: Int64(image.manifest.count),
                platform: platform
            )
        }
        return try Index(mediaType: mediaType, manifests: manifests).encoded()
    }
}
