import CVMFS
import Layers
import OCI
import Plumbing
import Registry

/// Compares the layers of one image with their bytes, each by itself and all upon each other.
struct LayersVerification {
    let repository: RepositoryReader
    /// Whether other programs may have made layers.
    let isAdopted: Bool
    let limits: LayerLimits
    let report: @Sendable (ConversionEvent) -> Void
    let now: @Sendable () -> ContinuousClock.Instant

    /// Layers are downloaded one after another through a bounded pipe.
    private static let pipeCapacity = 8 << 20

    /// What was found.
    struct Result {
        /// One line each.
        var differences: [String] = []
        /// What is not stored of its layers, and was said when they were published.
        var losses: [(layer: Digest, losses: [LayerLoss: Int])] = []
        /// Whether one of them is another program's: they do not lie upon each other as overlayfs wants it.
        var isAdopted = false
    }

    /// Compares them. Throws where source or repository cannot be read at all.
    func run(_ image: ResolvedImage, from input: any ImageTransport) async throws -> Result {
        var result = Result()
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
            if found.isAdopted { result.isAdopted = true }
            if let nodes = found.nodes { layers.append((descriptor.digest, nodes)) }
            let duration = now() - start
            report(.layerCompared(descriptor.digest, size: descriptor.size, duration: duration))
            if !found.losses.isEmpty {
                report(.layerLosses(descriptor.digest, found.losses))
                result.losses.append((descriptor.digest, found.losses))
            }
            result.differences += found.differences.map { "layer \(descriptor.digest): \($0)" }
        }
        result.differences += try await mountedDifferences(layers, result)
        return result
    }

    /// What differs of the layers upon each other, where each by itself is as it should be.
    private func mountedDifferences(
        _ layers: [(digest: Digest, nodes: LayerNodes<PlainDigest>)],
        _ result: Result
    ) async throws -> [String] {
        guard result.differences.isEmpty, !result.isAdopted else { return [] }
        let losses = Set(result.losses.flatMap(\.losses.keys))
        return try await onDedicatedThread("verify image") { [repository] in
            let readers = try RevisionReaders(repository, for: layers.count)
            let comparison = MountedComparison(readers: readers, layers: layers, losses: losses)
            return try comparison.differences().map { "the whole image: \($0)" }
        }
    }

    private func compare(
        _ expectation: LayerExpectation,
        _ descriptor: Descriptor,
        over below: [LayerNodes<PlainDigest>],
        _ input: any ImageTransport
    ) async throws -> LayerComparison.Result {
        let pipe = BytePipe(capacity: Self.pipeCapacity)
        async let result = onDedicatedThread("verify layer") { [repository, isAdopted, limits] in
            do {
                let tree = try repository.tree()
                let comparison = LayerComparison(
                    tree: tree,
                    expectation: expectation,
                    limits: limits,
                    below: below,
                    isAdopted: isAdopted
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
