/// What the input's reference turned out to be at the registry.
package struct ConversionInput: Sendable, Hashable {
    /// The digest that the reference resolved to: of the index where there was one, else of the manifest.
    package let referenceDigest: String
    /// The digest of the platform's manifest.
    package let manifestDigest: String
    /// `linux/amd64`, `linux/arm64/v8`.
    package let platform: String
    /// The digest of the image's configuration.
    package let configDigest: String

    /// The digests with their algorithm, `sha256:…`.
    package init(referenceDigest: String, manifestDigest: String, platform: String, configDigest: String) {
        self.referenceDigest = referenceDigest
        self.manifestDigest = manifestDigest
        self.platform = platform
        self.configDigest = configDigest
    }
}
