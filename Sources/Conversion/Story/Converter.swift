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
    let layersInWork = LayersInWork()
    let layerRoom: LayerRoom
    let spaceInWork = SpaceInWork()
    let treePlaces = Places.trees

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
        layerRoom = LayerRoom(options.memory)
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
                try await ledger.succeed(with: desiderata)
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
        let wish = Wish(desiderata)
        let publisher = try await publisher(wish.repository)
        let input = try await open(wish.input)
        let earlier = try await state.history.lastPublished(of: desiderata.id)
        var plan = try await plan(wish, input, publisher, earlier)
        if plan.isUpToDate, let earlier = plan.earlier?.published {
            return .upToDate(revision: UInt64(clamping: earlier.revision))
        }
        if plan.isAdopted, !plan.needsPublication, let adoption = publisher.adoption {
            return try await takeOver(plan, adoption, ledger)
        }
        began()
        try await ledger.begin(plan.images.map(\.image))
        let published: PublishedImage
        (published, plan) = try await publish(plan, wish, input, publisher)
        // A wish to stop must not lose what is published.
        try await Task { [plan] in try await ledger.recordPublished(published, by: plan) }.value
        var thin: Digest?
        if !plan.pushes.isEmpty { thin = try await push(plan) }
        if let thin { try await ledger.recordPushed(thin) }
        return .converted(published, plan, thin)
    }

    /// Converts an image that no desiderata wants: nothing of it is recorded but in the repository. `began` hears of it.
    package func convert(_ wish: Wish, began: @escaping @Sendable () -> Void = {}) async throws -> ConversionResult {
        let publisher = try await publisher(wish.repository)
        try await publisher.recover()
        let input = try await open(wish.input)
        began()
        let (published, plan) = try await publish(plan(wish, input, publisher, nil), wish, input, publisher)
        let thin: Digest? = plan.pushes.isEmpty ? nil : try await push(plan)
        if !published.isNew, thin == nil { return .upToDate(revision: published.revision) }
        return .converted(published, plan, thin)
    }

    /// What a conversion would do now.
    package func plan(_ desiderata: Desiderata) async throws -> Plan {
        let wish = Wish(desiderata)
        let earlier = try await state.history.lastPublished(of: desiderata.id)
        return try await plan(wish, open(wish.input), publisher(wish.repository), earlier)
    }

    func open(_ input: StoredReference) async throws -> any ImageTransport {
        let credentials = try await state.credentials(for: input)
        return try await registry.open(ImageSource(input), credentials: credentials)
    }

    func plan(
        _ wish: Wish,
        _ input: any ImageTransport,
        _ publisher: any Publisher,
        _ earlier: ConversionRecord?
    ) async throws -> Plan {
        let wanted = try wish.wantedPlatforms(options.platform)
        var directories: Set<String> = []
        // Of two for one kind of machine the first counts, as everywhere.
        let images = try await wish.images(of: input, wanted, options).filter {
            directories.insert($0.platform.directory).inserted
        }
        compare(images.map { ($0.source, $0.platform) }, wanted)
        let all = WantedImages(images: images, outputs: try wish.outputs(options, of: publisher))
        var contents = try await publisher.contents(all.paths())
        let isAdopted = try !options.isForced && all.incompleteLayers(in: contents) != nil
        let change = isAdopted ? nil : try await change(wish, images.first?.source, all.record(), contents)
        if let change { contents.merge(try await publisher.contents(change.paths)) { $1 } }
        if publisher.adoption != nil, let source = images.first?.source,
            let entry = AdoptedPodmanEntry(of: source, in: contents)
        {
            contents.merge(try await publisher.contents(entry.paths)) { $1 }
        }
        let plan = try Plan(all, change, contents: contents, earlier: earlier, options: options)
        if plan.needsPublication, !plan.isAdopted {
            try await NamePlaces(publisher: publisher, chosen: wish.name).check(plan)
        }
        return plan
    }

    /// What a wish takes away of what an image's name has in the repository, and writes down of it; nil without an image.
    func change(
        _ wish: Wish,
        _ source: ImageSource?,
        _ wanted: ImageRecord,
        _ contents: [BytePath: [UInt8]]
    ) async throws -> ImageChange? {
        guard let source else { return nil }
        let former = try ImageRecord(of: source, in: contents)
        guard let id = wish.desiderata else {
            return ImageChange(of: source, from: former, to: wanted, keeping: .all)
        }
        let change = ImageChange(of: source, from: former, to: wanted, keeping: ImageChange.Kept([]))
        guard change.takesAway else { return change }
        let others = try await state.wishes.formats(ofOthersThan: id)
        return ImageChange(of: source, from: former, to: wanted, keeping: ImageChange.Kept(others))
    }
}
