package import OCI

/// From a name to an image.
extension RegistryClient {
    /// Opens an image of any source. Nothing is asked of a registry yet; a folder's or archive's index is read.
    ///
    /// Throws ``RegistryError`` where there is no such file, or it is not what its name says.
    package func open(_ source: ImageSource, credentials: RegistryCredentials?) async throws -> any ImageTransport {
        switch source {
        case .registry(let reference): RegistryImage(client: self, reference: reference, credentials: credentials)
        case .local(let name): try await LocalImage.open(name)
        }
    }

    /// The image that a reference names, for a platform where it names an index: manifests and configuration.
    ///
    /// Throws ``RegistryError``: with ``RegistryError/Code/platformNotOffered`` where the index has no such image.
    package func resolve(
        _ reference: ImageReference,
        platform: Platform,
        credentials: RegistryCredentials?
    ) async throws -> ResolvedImage {
        try await RegistryImage(client: self, reference: reference, credentials: credentials).resolve(
            platform: platform
        )
    }
}
