package import CVMFS
package import Layers
package import OCI
import Plumbing
package import Registry

/// Compares an image in a repository with its registry: every layer there, complete, and equal to a fresh download in
/// entries and content; and all of them upon each other.
package struct ImageVerification: Sendable {
    private let registry: RegistryClient
    private let repository: RepositoryReader
    private let limits: LayerLimits
    private let report: @Sendable (ConversionEvent) -> Void
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Layers are downloaded one after another through a bounded pipe.
    private static let pipeCapacity = 8 << 20

    /// A verification of images in one repository; `now` is the clock of what is told of a layer's time.
    package init(
        registry: RegistryClient,
        repository: RepositoryReader,
        limits: LayerLimits = LayerLimits(),
        report: @escaping @Sendable (ConversionEvent) -> Void,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.now = now
        self.registry = registry
        self.repository = repository
        self.limits = limits
        self.report = report
    }

    /// What a verification found.
    package struct Findings: Sendable {
        /// One line each; none where the image is as it should be.
        package fileprivate(set) var differences: [String]
        /// What is not stored of its layers, and was said when they were published. These are no differences.
        package fileprivate(set) var losses: [(layer: Digest, losses: [LayerLoss: Int])] = []
    }

    /// Compares every layer with its bytes, and the manifest. Throws where registry or repository cannot be read at all.
    package func findings(
        of source: ImageSource,
        platform: Platform,
        credentials: RegistryCredentials?
    ) async throws -> Findings {
        let input = try await registry.open(source, credentials: credentials)
        let image = try await input.resolve(platform: platform)
        PlatformRemarks(report).compare(source, image.platform, wanted: platform)
        var findings = Findings(differences: try await metadataDifferences(of: image))
        var sizes: [Digest: Int64] = [:]
        for layer in image.manifest.layers { sizes[layer.digest] = layer.size }
        report(.layersStarted(count: sizes.count, size: sizes.values.reduce(0, +)))
        defer { report(.layersEnded) }
        var layers: [(digest: Digest, nodes: LayerNodes<PlainDigest>)] = []
        for (descriptor, diffID) in zip(image.manifest.layers, image.configuration.diffIDs) {
            report(.layerStarted(descriptor.digest, size: descriptor.size))
            let expectation = LayerExpectation(digest: descriptor.digest, size: descriptor.size, diffID: diffID)
            let start = now()
            let found = try await compare(expectation, descriptor, over: layers.map(\.nodes), input)
            if let nodes = found.nodes { layers.append((descriptor.digest, nodes)) }
            let duration = now() - start
            report(.layerCompared(descriptor.digest, size: descriptor.size, duration: duration))
            if !found.losses.isEmpty {
                report(.layerLosses(descriptor.digest, found.losses))
                findings.losses.append((descriptor.digest, found.losses))
            }
            findings.differences += found.differences.map { "layer \(descriptor.digest): \($0)" }
        }
        findings.differences += try await mountedDifferences(layers, findings)
        return findings
    }

    /// What differs of the layers upon each other, where each by itself is as it should be.
    private func mountedDifferences(
        _ layers: [(digest: Digest, nodes: LayerNodes<PlainDigest>)],
        _ findings: Findings
    ) async throws -> [String] {
        guard findings.differences.isEmpty else { return [] }
        let losses = Set(findings.losses.flatMap(\.losses.keys))
        return try await onDedicatedThread("verify image") { [repository] in
            let comparison = MountedComparison(tree: try repository.tree(), layers: layers, losses: losses)
            return try comparison.differences().map { "the whole image: \($0)" }
        }
    }

    private func metadataDifferences(of image: ResolvedImage) async throws -> [String] {
        let paths = try RepositoryLayout.manifests(of: image.source)
        let stored = try await onDedicatedThread("verify") {
            let tree = try repository.tree()
            return try paths.lazy.compactMap { path in try tree.readFile(path).map { (path, $0) } }.first
        }
        guard let (path, bytes) = stored else {
            return ["\(paths[0]) is missing: the image was not converted into \(repository.fqrn)"]
        }
        if bytes == image.raw.bytes { return [] }
        return ["\(path) is not the manifest \(image.manifestDigest) that its source has now"]
    }

    private func compare(
        _ expectation: LayerExpectation,
        _ descriptor: Descriptor,
        over below: [LayerNodes<PlainDigest>],
        _ input: any ImageTransport
    ) async throws -> LayerComparison.Result {
        let pipe = BytePipe(capacity: Self.pipeCapacity)
        async let result = onDedicatedThread("verify layer") { [repository, limits] in
            do {
                let tree = try repository.tree()
                let comparison = LayerComparison(
                    tree: tree,
                    expectation: expectation,
                    limits: limits,
                    below: below
                )
                return try comparison.run(pipe.read)
            } catch {
                pipe.cancel(error)
                throw error
            }
        }
        do {
            try await input.fill(pipe, with: descriptor) { report(.layerAdvanced(descriptor.digest, received: $0)) }
        } catch {
            // The comparison ends by it, once it has read what came before.
        }
        do {
            return try await result
        } catch let error as LayerError {
            throw ConversionError("layer \(expectation.digest) of \(input.source): \(error)")
        }
    }
}
