import OCI

/// An image of a registry.
struct RegistryImage: ImageTransport {
    let client: RegistryClient
    let reference: ImageReference
    let credentials: RegistryCredentials?

    var source: ImageSource { .registry(reference) }

    func digest() async throws -> Digest {
        try await client.digest(of: reference, credentials: credentials)
    }

    func manifest(_ digest: Digest?) async throws -> RawManifest {
        try await client.manifest(digest.map(reference.pinned) ?? reference, credentials: credentials)
    }

    func blob(_ descriptor: Descriptor) async throws -> [UInt8] {
        try await client.blob(descriptor, of: reference, credentials: credentials)
    }

    func streamBlob(_ descriptor: Descriptor, into body: ([UInt8]) async throws -> Void) async throws {
        try await client.streamBlob(descriptor, of: reference, credentials: credentials, into: body)
    }
}
