import CVMFS
import Layers
import OCI
import Plumbing
import Registry

/// Brings layers from an image's source into a publishing session, a few at once.
struct LayerDownload: Sendable {
    let input: any ImageTransport
    let publisher: any Publisher
    let limits: LayerLimits
    let report: @Sendable (ConversionEvent) -> Void
    /// The clock of what is told of a layer's time.
    var now: @Sendable () -> ContinuousClock.Instant = { .now }

    /// Layers in work at the same time. One thread reads each; what they share are the compressing threads.
    private static let concurrency = 3
    /// Compressed bytes that wait between the network and a layer's reader.
    private static let pipeCapacity = 8 << 20
    /// What must stay free on the storage's device beside the layer itself.
    private static let spareBytes: Int64 = 64 << 20

    /// Ingests layers; the first failure ends the others. Returns what each was.
    func ingest(
        _ layers: [PlannedLayer],
        into session: any PublishingSession
    ) async throws -> IngestedLayers {
        guard !layers.isEmpty else { return IngestedLayers([:]) }
        report(.layersStarted(count: layers.count, size: layers.reduce(0) { $0 + $1.descriptor.size }))
        defer { report(.layersEnded) }
        return try await withThrowingTaskGroup(of: (Digest, IngestedLayer).self) { group in
            var ingested: [Digest: IngestedLayer] = [:]
            for (number, layer) in layers.enumerated() {
                if number >= Self.concurrency, let (digest, result) = try await group.next() {
                    ingested[digest] = result
                }
                group.addTask {
                    do {
                        return (layer.descriptor.digest, try await ingest(layer, into: session))
                    } catch {
                        report(.layerStopped(layer.descriptor.digest))
                        throw error
                    }
                }
            }
            for try await (digest, result) in group { ingested[digest] = result }
            return IngestedLayers(ingested)
        }
    }

    private func ingest(_ layer: PlannedLayer, into session: any PublishingSession) async throws -> IngestedLayer {
        let descriptor = layer.descriptor
        try await checkSpace(for: descriptor)
        report(.layerStarted(descriptor.digest, size: descriptor.size))
        let start = now()
        let pipe = BytePipe(capacity: Self.pipeCapacity)
        async let download: Void = input.fill(pipe, with: descriptor) {
            report(.layerAdvanced(descriptor.digest, received: $0))
        }
        do {
            let result = try await session.ingest(
                LayerExpectation(digest: descriptor.digest, size: descriptor.size, diffID: layer.diffID),
                limits: limits,
                at: RepositoryLayout.layerRoot(descriptor.digest),
                from: pipe
            )
            try await download
            report(
                .layerFinished(
                    descriptor.digest,
                    size: descriptor.size,
                    content: result.content,
                    duration: now() - start
                )
            )
            if !result.losses.isEmpty { report(.layerLosses(descriptor.digest, result.losses)) }
            return result
        } catch let error as LayerError {
            throw ConversionError("layer \(descriptor.digest) of \(input.source): \(error)")
        } catch let error as CVMFSError {
            throw ConversionError("layer \(descriptor.digest) of \(input.source): \(error)")
        }
    }

    private func checkSpace(for descriptor: Descriptor) async throws {
        let needed = descriptor.size + Self.spareBytes
        guard let free = try await publisher.freeBytes(), free < needed else { return }
        throw ConversionError(
            "layer \(descriptor.digest) of \(input.source) needs about \(ByteCount.text(needed)) in \(publisher.fqrn), "
                + "whose storage has \(ByteCount.text(free)) free: make room there and run the command again"
        )
    }
}
