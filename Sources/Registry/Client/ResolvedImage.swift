package import OCI

/// An image of one platform as its source has it: manifest and configuration, fetched and verified.
package struct ResolvedImage: Sendable, Equatable {
    /// What was asked for.
    package let source: ImageSource
    /// The index that the source names, nil where it names the image itself.
    package let index: RawManifest?
    /// The image's manifest with its exact bytes.
    package let raw: RawManifest
    /// The image's manifest.
    package let manifest: Manifest
    /// The image's configuration.
    package let configuration: ImageConfiguration

    /// The digest that the name stands for now: the index's where there is one.
    package var referenceDigest: Digest { (index ?? raw).digest }
    /// The digest of the image's manifest.
    package var manifestDigest: Digest { raw.digest }
    /// What the image runs on, by its configuration.
    package var platform: Platform { configuration.platform }
}
