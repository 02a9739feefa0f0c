package import CVMFS
package import Layers
package import OCI
import Plumbing
package import Registry

/// Compares an image in a repository with its registry: every layer there, complete, and equal to a fresh download in
/// entries and content.
package struct ImageVerification: Sendable {
    private let registry: RegistryClient
    private let repository: Repository
    private let limits: LayerLimits
    private let report: @Sendable (ConversionEvent) -> Void

    /// Layers are downloaded one after another through a bounded pipe.
    private static let pipeCapacity = 8 << 20

    /// A verification of images in one repository.
    package init(
        registry: RegistryClient,
        repository: Repository,
        limits: LayerLimits = LayerLimits(),
        report: @escaping @Sendable (ConversionEvent) -> Void
    ) {
        self.registry = registry
        self.repository = repository
        self.limits = limits
        self.report = report
    }

    /// The differences, one line each; none where the image is as it should be. Throws where registry or repository
    /// cannot be read at all.
    package func differences(
        of reference: ImageReference,
        platform: Platform,
        credentials: RegistryCredentials?
    ) async throws -> [String] {
        let image = try await registry.resolve(reference, platform: platform, credentials: credentials)
        var differences = try await metadataDifferences(of: image)
        var verified: Set<Digest> = []
        for (descriptor, diffID) in zip(image.manifest.layers, image.configuration.diffIDs)
        where verified.insert(descriptor.digest).inserted {
            report(.layerStarted(descriptor.digest, size: descriptor.size))
            let expectation = LayerExpectation(digest: descriptor.digest, size: descriptor.size, diffID: diffID)
            let found = try await layerDifferences(expectation, descriptor, of: image.reference, credentials)
            differences += found.map { "layer \(descriptor.digest): \($0)" }
        }
        return differences
    }

    private func metadataDifferences(of image: ResolvedImage) async throws -> [String] {
        let path = RepositoryLayout.image(image.reference).appending(Array("manifest.json".utf8))
        let stored = try await onDedicatedThread("verify") { try repository.tree().readFile(path) }
        if stored == image.raw.bytes { return [] }
        return [
            stored == nil
                ? "\(path) is missing: the image was not converted into \(repository.fqrn)"
                : "\(path) is not the manifest \(image.manifestDigest) that the registry has now"
        ]
    }

    private func layerDifferences(
        _ expectation: LayerExpectation,
        _ descriptor: Descriptor,
        of reference: ImageReference,
        _ credentials: RegistryCredentials?
    ) async throws -> [String] {
        let pipe = BytePipe(capacity: Self.pipeCapacity)
        async let differences = onDedicatedThread("verify layer") { [repository, limits] in
            do {
                let tree = try repository.tree()
                return try LayerComparison(tree: tree, expectation: expectation, limits: limits).differences(pipe.read)
            } catch {
                pipe.cancel(error)
                throw error
            }
        }
        do {
            try await registry.streamBlob(descriptor, of: reference, credentials: credentials) { chunk in
                try await pipe.write(chunk)
            }
            pipe.finish()
        } catch {
            pipe.finish(throwing: error)
        }
        return try await differences
    }
}
