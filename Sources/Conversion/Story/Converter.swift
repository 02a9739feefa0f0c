import CVMFS
package import Foundation
import Layers
import OCI
import Plumbing
package import Registry
package import State

/// Brings one desiderata to be: input image → layers in the repository → thin image at its registry.
///
/// This file tells the whole story. Every step is idempotent, and what is done is recorded when it is done: repository
/// first, then the database, then the push (docs/decisions/002-record-what-is-done.md). A failure at any line leaves
/// the published revision as it was, or complete.
package struct Converter: Sendable {
    let state: StateDatabase
    let registry: RegistryClient
    let publisher: @Sendable (_ fqrn: String) async throws -> any Publisher
    let options: ConversionOptions
    let report: @Sendable (ConversionEvent) -> Void
    let now: @Sendable () -> Date
    let platforms: PlatformRemarks
    let forms = RegistryForms()

    /// - Parameters:
    ///   - state: what is wanted and what was done.
    ///   - registry: where images come from and thin images go.
    ///   - publisher: what writes a repository, by its name.
    ///   - options: how.
    ///   - now: the clock.
    ///   - report: hears of progress, from any thread.
    package init(
        state: StateDatabase,
        registry: RegistryClient,
        publisher: @escaping @Sendable (_ fqrn: String) async throws -> any Publisher,
        options: ConversionOptions,
        now: @escaping @Sendable () -> Date = { Date() },
        report: @escaping @Sendable (ConversionEvent) -> Void
    ) {
        self.state = state
        self.registry = registry
        self.publisher = publisher
        self.options = options
        self.now = now
        self.report = report
        platforms = PlatformRemarks(report)
    }

    /// Converts a desiderata, unless it is up to date. Throws `StateError.claimed` where another process is at it.
    ///
    /// `check` is what ``check(_:)`` found, where it was asked already; `began` hears of it where there is something to do.
    package func convert(
        _ desiderata: Desiderata,
        after check: UpToDateCheck? = nil,
        began: @escaping @Sendable () -> Void = {}
    ) async throws -> ConversionResult {
        let check = if let check { check } else { await self.check(desiderata) }
        if case .upToDate(let revision) = check { return .upToDate(revision: revision) }
        return try await state.claims.withClaim(on: .desiderata(desiderata.id)) {
            let ledger = ConversionLedger(state: state, desiderata: desiderata.id, now: now)
            do {
                if case .failed(let error) = check { throw error }
                // What is wanted may have been changed since it was read, and is not changed under the claim.
                let desiderata = try await state.wishes.desiderata(desiderata.id)
                let result = try await convert(desiderata, ledger, began)
                try await ledger.succeed()
                return result
            } catch {
                do {
                    try await ledger.fail(error)
                } catch let second {
                    throw ConversionError("\(error); and that could not be recorded: \(second)")
                }
                throw error
            }
        }
    }

    private func convert(
        _ desiderata: Desiderata,
        _ ledger: ConversionLedger,
        _ began: @escaping @Sendable () -> Void
    ) async throws -> ConversionResult {
        let publisher = try await publisher(desiderata.cvmfsRepository)
        let input = try await open(desiderata.input)
        var plan = try await self.plan(desiderata, input, publisher)
        if plan.isUpToDate, let earlier = plan.earlier?.published {
            return .upToDate(revision: UInt64(clamping: earlier.revision))
        }
        began()
        try await ledger.begin(plan.images.map(\.image))
        let published: PublishedImage
        do {
            published = try await publish(plan, input, publisher)
        } catch is LayerOvertaken {
            // The layer is known now: what it has of another image is found and said.
            plan = try await self.plan(desiderata, input, publisher)
            published = try await publish(plan, input, publisher)
        }
        // A wish to stop must not lose what is published.
        try await Task { try await ledger.recordPublished(published) }.value
        var thin: Digest?
        if !plan.pushes.isEmpty { thin = try await push(plan) }
        if let thin { try await ledger.recordPushed(thin) }
        return .converted(
            revision: published.revision,
            thin: thin,
            layersNew: plan.missing.count,
            layersKnown: plan.known.count,
            bytesNew: published.traffic.bytesNew,
            transactions: plan.needsPublication ? published.transactions : nil
        )
    }

    /// What a conversion would do now.
    package func plan(_ desiderata: Desiderata) async throws -> Plan {
        try await plan(desiderata, open(desiderata.input), publisher(desiderata.cvmfsRepository))
    }

    func open(_ input: State.Image) async throws -> any ImageTransport {
        let credentials = try await state.credentials(for: input.reference)
        return try await registry.open(ImageSource(input.reference), credentials: credentials)
    }

    private func plan(
        _ desiderata: Desiderata,
        _ input: any ImageTransport,
        _ publisher: any Publisher
    ) async throws -> Plan {
        let outputs = try desiderata.outputs(options, of: publisher)
        let wanted = try desiderata.wantedPlatforms(options.platform)
        var directories: Set<String> = []
        // Of two for one kind of machine the first counts, as everywhere.
        let images = try await input.resolve(wanted).filter { directories.insert($0.platform.directory).inserted }
        compare(images.map { ($0.source, $0.platform) }, wanted)
        return try Plan(
            images: images,
            outputs: outputs,
            contents: try await publisher.contents(Plan.paths(of: images, outputs)),
            earlier: try await state.history.lastPublished(of: desiderata.id),
            options: options
        )
    }

    /// Ingests what is missing and makes the image visible, all in one revision.
    private func publish(
        _ plan: Plan,
        _ input: any ImageTransport,
        _ publisher: any Publisher
    ) async throws -> PublishedImage {
        if !plan.needsPublication, let earlier = plan.earlier?.published {
            return PublishedImage(
                revision: UInt64(clamping: earlier.revision),
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
        let download = LayerDownload(input: input, publisher: publisher, limits: options.limits, report: report)
        return try await publisher.withSession { session in
            var edits: [TreeEdit] = []
            var traffic = Traffic()
            var ingestions: [(image: ImagePlan, layers: IngestedLayers)] = []
            for image in plan.images {
                let ingested = try await download.ingest(image.layers, into: session)
                let prepared = PreparedImage(layers: ingested, trees: try await assemble(image, in: session))
                edits += try image.outputs.flatMap { try $0.edits(prepared) }
                edits += try ImageFiles(plan: image, ingested: ingested, time: now()).edits()
                traffic.add(ingested.traffic(known: image.layers.known.count))
                ingestions.append((image, ingested))
            }
            let outcome = try await session.commit(edits, requiring: plan.outputs.flatMap(\.required))
            for layer in plan.missing {
                let losses = session.losses(at: RepositoryLayout.layerRoot(layer.descriptor.digest))
                if !losses.isEmpty { report(.layerLosses(layer.descriptor.digest, losses)) }
            }
            if case .published(let revision) = outcome { report(.published(revision: revision)) }
            let losses = ingestions.compactMap { $0.image.layers.losses($0.layers, later: session.losses) }
            return PublishedImage(
                revision: outcome.revision,
                traffic: traffic,
                transactions: session.transactions,
                losses: losses.isEmpty ? nil : losses.joined(separator: "; ")
            )
        }
    }

    /// Makes the trees that are missing.
    private func assemble(
        _ plan: ImagePlan,
        in session: any PublishingSession
    ) async throws -> [BytePath: AssembledTree] {
        var trees: [BytePath: AssembledTree] = [:]
        for tree in plan.outputs.flatMap(\.trees) {
            let start = ContinuousClock.now
            do {
                let made = try await session.assemble(tree)
                trees[tree.root] = made
                report(.treeAssembled(entries: made.entries, duration: .now - start))
            } catch let error as LayerError {
                throw ConversionError("the root file system of \(plan.image.source): \(error)")
            }
        }
        return trees
    }
}
