import NIOHTTP1
package import OCI

/// Configurations and layers.
extension RegistryClient {
    /// Blobs that are held in memory are refused above this size.
    package static let maximumSmallBlobSize: Int64 = 16 << 20

    /// A small blob, verified. Throws ``RegistryError/Code/tooLarge`` above 16 MiB.
    package func blob(
        _ descriptor: Descriptor,
        of reference: ImageReference,
        credentials: RegistryCredentials?
    ) async throws -> [UInt8] {
        let purpose = Self.purpose(.pullBlob, descriptor.digest, reference)
        guard descriptor.size <= Self.maximumSmallBlobSize else {
            throw RegistryError(
                .tooLarge,
                purpose,
                detail: "it has \(descriptor.size) bytes, more than the \(Self.maximumSmallBlobSize >> 20) MiB"
                    + " that this program takes"
            )
        }
        var bytes: [UInt8] = []
        try await streamBlob(descriptor, of: reference, credentials: credentials) { bytes += $0 }
        let digest = try Digest.of(bytes, descriptor.digest.algorithm)
        guard digest == descriptor.digest else {
            throw RegistryError(
                .digestMismatch,
                purpose,
                detail: "the registry sent bytes with digest \(digest), not \(descriptor.digest)"
            )
        }
        return bytes
    }

    /// Hands over a blob in parts of at most 256 KiB, each when the one before was used: exactly `descriptor.size` bytes.
    ///
    /// The digest is not compared: who reads a layer hashes it anyway. What `body` throws ends the transfer and is thrown on.
    package func streamBlob(
        _ descriptor: Descriptor,
        of reference: ImageReference,
        credentials: RegistryCredentials?,
        into body: ([UInt8]) async throws -> Void
    ) async throws {
        let request = try request(
            .GET,
            "blobs/\(descriptor.digest)",
            of: reference,
            for: Self.purpose(.pullBlob, descriptor.digest, reference),
            credentials: credentials
        )
        let response = try await send(request, expecting: [200])
        func wrongSize(_ detail: String) -> RegistryError {
            RegistryError(.sizeMismatch, request.purpose, detail: detail)
        }
        if let length = response.contentLength, length != descriptor.size {
            throw wrongSize("the registry has \(length) bytes, the manifest says \(descriptor.size)")
        }
        var count: Int64 = 0
        let fault: (any Error) -> any Error = { error in
            RegistryError.network(error, request, progress: "after \(count) of \(descriptor.size) bytes")
        }
        try await response.forEachChunk(fault: fault) { chunk in
            count += Int64(chunk.count)
            guard count <= descriptor.size else {
                throw wrongSize("the registry sent more than the \(descriptor.size) bytes that the manifest says")
            }
            try await body(chunk)
        }
        guard count == descriptor.size else {
            throw RegistryError(
                .cut,
                request.purpose,
                detail: "it was cut after \(count) of \(descriptor.size) bytes",
                nextStep: RegistryError.nextStep(for: .cut, request)
            )
        }
    }

    static func purpose(_ operation: Purpose.Operation, _ digest: Digest, _ reference: ImageReference) -> Purpose {
        Purpose(operation, "\(digest) of \(reference)", host: reference.canonicalHost)
    }
}
