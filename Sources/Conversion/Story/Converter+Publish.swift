import CVMFS
import OCI
import Plumbing
import Registry
import State

/// Bringing an image into a repository.
extension Converter {
    /// Publishes by a plan, or by a new one where another process was faster with a layer. Returns which it was.
    func publish(
        _ plan: Plan,
        _ wish: Wish,
        _ input: any ImageTransport,
        _ publisher: any Publisher
    ) async throws -> (image: PublishedImage, plan: Plan) {
        var plan = plan
        var isOvertaken = false
        while true {
            try await admit(plan, wish, publisher)
            let layers = plan.missing.map {
                LayersInWork.Layer(
                    repository: wish.repository,
                    registry: wish.input.canonicalRegistry,
                    digest: $0.descriptor.digest
                )
            }
            do {
                let image = try await layersInWork.during(layers) { [plan] in
                    try await spaceInWork.during(plan.bytesToDownload, in: publisher) {
                        try await publish(plan, input, publisher, from: wish.input.canonicalRegistry)
                    }
                }
                if let image { return (image, plan) }
            } catch is LayerOvertaken where !isOvertaken {
                isOvertaken = true
            }
            // The layer is known now: what it has of another image is found and said.
            plan = try await self.plan(wish, input, publisher, plan.former)
        }
    }

    /// Ingests what is missing and makes the image visible, all in one revision.
    private func publish(
        _ plan: Plan,
        _ input: any ImageTransport,
        _ publisher: any Publisher,
        from registry: String
    ) async throws -> PublishedImage {
        if !plan.needsPublication, let earlier = plan.earlier?.published {
            return PublishedImage(
                revision: UInt64(clamping: earlier.revision),
                isNew: false,
                traffic: Traffic(),
                transactions: earlier.transactions.map { Int(clamping: $0) },
                losses: earlier.losses
            )
        }
        for layer in plan.known {
            report(.layerKnown(layer.descriptor.digest, size: layer.descriptor.size))
            if let losses = layer.record?.losses, !losses.isEmpty {
                report(.layerLosses(layer.descriptor.digest, losses))
            }
        }
        for remark in plan.outputs.compactMap(\.remark) { report(.notMade(remark)) }
        let download = LayerDownload(
            input: input,
            publisher: publisher,
            limits: options.limits,
            room: layerRoom,
            registry: registry,
            report: report
        )
        return try await publisher.withSession { session in
            var edits = plan.removals
            var podman = plan.podman
            var traffic = Traffic()
            var ingestions: [(image: ImagePlan, layers: IngestedLayers)] = []
            for image in plan.images {
                let ingested = try await download.ingest(image.layers, into: session)
                let prepared = PreparedImage(
                    layers: ingested,
                    trees: try await assemble(image, in: session, of: publisher.fqrn)
                )
                edits += try image.outputs.flatMap { try $0.edits(prepared) }
                podman.images += image.outputs.compactMap { $0.podmanImage(prepared) }
                if !plan.isAdopted { edits += try ImageFiles(plan: image, ingested: ingested, time: now()).edits() }
                traffic.add(ingested.traffic(known: image.layers.known.count))
                ingestions.append((image, ingested))
            }
            edits += try podman.edits() + plan.conclusion
            let outcome = try await session.commit(edits, requiring: plan.outputs.flatMap(\.required))
            for layer in plan.missing {
                let losses = session.losses(at: RepositoryLayout.layerRoot(layer.descriptor.digest))
                if !losses.isEmpty { report(.layerLosses(layer.descriptor.digest, losses)) }
            }
            if case .published(let revision) = outcome { report(.published(revision: revision)) }
            let losses = ingestions.compactMap { $0.image.layers.losses($0.layers, later: session.losses) }
            return PublishedImage(
                revision: outcome.revision,
                isNew: outcome.isPublished,
                traffic: traffic,
                transactions: session.transactions,
                losses: losses.isEmpty ? nil : losses.joined(separator: "; ")
            )
        }
    }

    /// Makes the trees that are missing.
    private func assemble(
        _ plan: ImagePlan,
        in session: any PublishingSession,
        of repository: String
    ) async throws -> [BytePath: AssembledTree] {
        var trees: [BytePath: AssembledTree] = [:]
        for tree in plan.outputs.flatMap(\.trees) {
            let place = try await treePlaces.take(at: repository)
            defer { place.release() }
            let start = ContinuousClock.now
            let made = try await session.assemble(tree)
            trees[tree.root] = made
            report(.treeAssembled(entries: made.entries, merging: made.merging, duration: .now - start))
        }
        return trees
    }
}
