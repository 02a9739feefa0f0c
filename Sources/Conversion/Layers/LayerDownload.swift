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
    /// What all images share.
    let room: LayerRoom
    let registry: String
    let report: @Sendable (ConversionEvent) -> Void
    /// The clock of what is told of a layer's time.
    var now: @Sendable () -> ContinuousClock.Instant = { .now }

    /// Layers in work at the same time. One thread reads each; what they share are the compressing threads.
    private static let concurrency = 3
    /// Compressed bytes that wait between the network and a layer's reader.
    private static let pipeCapacity = 8 << 20
    /// What must stay free on the storage's device beside the layer itself.
    private static let spareBytes: Int64 = 64 << 20
    /// From here on a layer's catalogs may need temporary files.
    private static let largeSize: Int64 = 64 << 20

    /// Ingests the layers that are missing; the first failure ends the others. Returns what each was, and what the known
    /// ones have of other images.
    func ingest(_ layers: PlannedLayers, into session: any PublishingSession) async throws -> IngestedLayers {
        let ingested = try await ingestMissing(layers, into: session)
        for layer in layers.missing where layer.record != nil {
            try await tellWhereRebased(layer.descriptor.digest, layers, ingested)
        }
        var others: [Digest: Int] = [:]
        var seen: Set<Digest> = []
        let digests = layers.image.manifest.layers.map(\.digest)
        let known = Set(layers.known.map(\.descriptor.digest))
        for (position, digest) in digests.enumerated() {
            // A layer that the image has twice is stored once, as it is the first time.
            guard !seen.insert(digest).inserted || known.contains(digest) else { continue }
            let count = try await entriesOfAnotherBase(digest, ingested[digest]?.base, digests[..<position], session)
            if count > 0 { others[digest, default: 0] += count }
        }
        for digest in layers.all.map(\.descriptor.digest) {
            if let count = others[digest] { report(.layerLosses(digest, [.otherBase: count])) }
        }
        return IngestedLayers(ingested, ofAnotherBase: others)
    }

    /// Tells where a layer that is replaced was as it is on other layers.
    private func tellWhereRebased(
        _ layer: Digest,
        _ layers: PlannedLayers,
        _ ingested: [Digest: IngestedLayer]
    ) async throws {
        guard let base = ingested[layer]?.base else { return }
        let path = RepositoryLayout.layerBase(at: RepositoryLayout.layerRoot(layer))
        let published = try await publisher.contents([path])[path]
        if published != (try layers.baseFile(of: layer, base)) { report(.layerRebased(layer)) }
    }

    private func entriesOfAnotherBase(
        _ layer: Digest,
        _ prepared: LayerBase?,
        _ below: ArraySlice<Digest>,
        _ session: any PublishingSession
    ) async throws -> Int {
        do {
            return try await session.entriesOfAnotherBase(
                RepositoryLayout.layerRoot(layer),
                prepared: prepared,
                over: LayersBelow(below.map(RepositoryLayout.layerRoot))
            )
        } catch let error as LayerError {
            throw ConversionError("layer \(layer) of \(input.source): \(error)")
        }
    }

    private func ingestMissing(
        _ layers: PlannedLayers,
        into session: any PublishingSession
    ) async throws -> [Digest: IngestedLayer] {
        let missing = layers.missing
        guard !missing.isEmpty else { return [:] }
        report(.layersStarted(count: missing.count, size: missing.reduce(0) { $0 + $1.descriptor.size }))
        defer { report(.layersEnded) }
        let latches = Dictionary(uniqueKeysWithValues: missing.map { ($0.descriptor.digest, Latch()) })
        return try await withThrowingTaskGroup(of: (Digest, IngestedLayer).self) { group in
            var ingested: [Digest: IngestedLayer] = [:]
            for (number, layer) in missing.enumerated() {
                if number >= Self.concurrency, let (digest, result) = try await group.next() {
                    ingested[digest] = result
                }
                let digest = layer.descriptor.digest
                let below = Self.below(digest, in: layers, latches)
                // In the order of the layers: whoever waits for lower ones has a place and room after them.
                let permits = try await NetworkActivity.waiting {
                    [try await room.places.take(at: registry)] + (try await takeSpace(for: layer.descriptor))
                }
                group.addTask {
                    defer { for permit in permits { permit.release() } }
                    do {
                        let result = try await ingest(layer, over: below, into: session)
                        latches[digest]?.open()
                        return (digest, result)
                    } catch {
                        // Those above that wait for it end by the same error.
                        latches[digest]?.fail(error)
                        report(.layerStopped(digest))
                        throw error
                    }
                }
            }
            for try await (digest, result) in group { ingested[digest] = result }
            return ingested
        }
    }

    /// Layers begin bottom to top, so that whoever waits for lower ones waits for some that are in work.
    private static func below(_ layer: Digest, in layers: PlannedLayers, _ latches: [Digest: Latch]) -> LayersBelow {
        let below = layers.below(layer)
        return LayersBelow(below.map(RepositoryLayout.layerRoot)) {
            for digest in below { try await latches[digest]?.wait() }
        }
    }

    private func ingest(
        _ layer: PlannedLayer,
        over below: LayersBelow,
        into session: any PublishingSession
    ) async throws -> IngestedLayer {
        let descriptor = layer.descriptor
        report(.layerStarted(descriptor.digest, size: descriptor.size))
        let start = now()
        let pipe = BytePipe(capacity: Self.pipeCapacity, in: room.downloads)
        async let download: Void = input.fill(pipe, with: descriptor) {
            report(.layerAdvanced(descriptor.digest, received: $0))
        }
        do {
            let result = try await session.ingest(
                LayerExpectation(digest: descriptor.digest, size: descriptor.size, diffID: layer.diffID),
                limits: limits,
                at: RepositoryLayout.layerRoot(descriptor.digest),
                over: below,
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
            let type = descriptor.mediaType
            let stranger =
                type.isLayer
                ? "" : "; its media type is \(type.rawValue.isEmpty ? "missing" : Printable.text(type.rawValue))"
            let step = error.isOfTheImage ? "; push the image again, or name another tag or digest" : ""
            throw ConversionError("layer \(descriptor.digest) of \(input.source): \(error)\(stranger)\(step)")
        } catch let error as CVMFSError {
            throw ConversionError("layer \(descriptor.digest) of \(input.source): \(error)")
        }
    }

    /// Waits for room beside the layers that are on their way; throws where there never will be enough.
    private func takeSpace(for descriptor: Descriptor) async throws -> [Permit] {
        let needed = descriptor.size + Self.spareBytes
        let stored: Permit
        do {
            stored = try await room.space.take(needed, at: publisher.fqrn, free: publisher.freeBytes)
        } catch let error as StorageSpace.TooLittle {
            throw ConversionError(
                "layer \(descriptor.digest) of \(input.source) needs about \(ByteCount.text(needed)) in \(publisher.fqrn), "
                    + "whose storage has \(ByteCount.text(error.free)) free: make room there and run the command again"
            )
        }
        // Catalogs of small layers stay in memory.
        guard descriptor.size >= Self.largeSize else { return [stored] }
        let folder = TemporaryFiles.folder
        let temporary = descriptor.size / 16
        do {
            let permit = try await room.space.take(temporary, at: "temporary files") {
                try await BlockingExecutor.shared.run { try FreeSpace.bytes(at: folder) }
            }
            return [stored, permit]
        } catch let error as StorageSpace.TooLittle {
            throw ConversionError(
                "layer \(descriptor.digest) of \(input.source) needs about \(ByteCount.text(temporary)) of temporary files, "
                    + "and \(folder) has \(ByteCount.text(error.free)) free: name another folder in TMPDIR, or make room there"
            )
        }
    }
}

extension LayerError {
    /// Whether the parts of the image contradict each other: no other attempt helps.
    fileprivate var isOfTheImage: Bool {
        if case .wrongDiffID = reason { true } else { false }
    }
}
