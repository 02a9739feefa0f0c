package import OCI

/// How the parts of one image come here: from a registry, a layout's folder or an archive.
///
/// Everything but layers is verified before it is returned. Failures are ``RegistryError``, whatever the source.
package protocol ImageTransport: Sendable {
    /// The image.
    var source: ImageSource { get }

    /// The digest of what the source names now, at the lowest price there is.
    func digest() async throws -> Digest

    /// The manifest or index that the source names now, or with a digest that one of its index. Exact bytes.
    func manifest(_ digest: Digest?) async throws -> RawManifest

    /// A small blob, verified. Throws ``RegistryError/Code/tooLarge`` above 16 MiB.
    func blob(_ descriptor: Descriptor) async throws -> [UInt8]

    /// Hands over a blob part by part, each when the one before was used: exactly `descriptor.size` bytes.
    ///
    /// The digest is not compared: who reads a layer hashes it anyway. What `body` throws ends the transfer and is thrown on.
    func streamBlob(_ descriptor: Descriptor, into body: ([UInt8]) async throws -> Void) async throws
}
