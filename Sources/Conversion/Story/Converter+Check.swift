import OCI
import Plumbing
import Registry
package import State

/// Finding out cheaply that there is nothing to do.
extension Converter {
    /// Whether a desiderata has anything to do, at the price of one HEAD: the manifest that was converted lies in the
    /// repository, and names the layers that have to be there.
    ///
    /// Takes no claim, and leaves a trace only where earlier failures are over. Many may run at once.
    package func check(_ desiderata: Desiderata) async -> UpToDateCheck {
        do {
            return await check(desiderata, try await state.history.standing(of: desiderata.id))
        } catch {
            return .failed(error)
        }
    }

    /// The same of one of which it is known where it stands.
    func check(_ desiderata: Desiderata, _ standing: ConversionHistory.Standing) async -> UpToDateCheck {
        do {
            let publisher = try await publisher(desiderata.cvmfsRepository)
            try await publisher.recover()
            guard let earlier = standing.lastPublished,
                let revision = try await upToDateRevision(desiderata, earlier, in: publisher)
            else { return .changed }
            if !standing.knowsLayers, desiderata.recipe != nil {
                try await recordLayers(of: desiderata, earlier, in: publisher)
            }
            if standing.isTroubled || desiderata.changedAt != nil {
                try await state.history.recordUpToDate(of: desiderata, at: now())
            }
            return .upToDate(revision: revision)
        } catch {
            return .failed(error)
        }
    }

    private func upToDateRevision(
        _ desiderata: Desiderata,
        _ earlier: ConversionRecord,
        in publisher: any Publisher
    ) async throws -> UInt64? {
        if options.convertAgain || options.overwriteLayers { return nil }
        let outputs = try Wish(desiderata).outputs(options, of: publisher)
        guard let published = earlier.published, earlier.pushed != nil || !outputs.arePushed,
            let actual = earlier.platform.flatMap(PlatformList.platforms), !actual.isEmpty
        else { return nil }
        let wanted = try Wish(desiderata).wantedPlatforms(options.platform)
        let source = try ImageSource(desiderata.input.reference)
        let digest = try await currentDigest(of: source, desiderata)
        guard digest.description == earlier.referenceDigest else { return nil }
        let wish = Wish(desiderata)
        var isThere = false
        if publisher.adoption != nil {
            isThere = try await isStillAdopted(source, earlier, wish, outputs, in: publisher)
        }
        if !isThere {
            isThere = try await isComplete(Converted(source, earlier, actual, wanted), wish, outputs, in: publisher)
        }
        guard isThere else { return nil }
        compare(actual.map { (source, $0) }, wanted)
        return UInt64(clamping: published.revision)
    }

    /// What a reference with a digest stands for needs no registry to tell.
    private func currentDigest(of source: ImageSource, _ desiderata: Desiderata) async throws -> Digest {
        if case .registry(let reference) = source, let digest = reference.digest { return digest }
        return try await open(desiderata.input.reference).digest()
    }

    /// What was converted, and what is wanted.
    private struct Converted {
        let source: ImageSource
        let record: ConversionRecord
        let platforms: [Platform]
        let wanted: WantedPlatforms

        init(_ source: ImageSource, _ record: ConversionRecord, _ platforms: [Platform], _ wanted: WantedPlatforms) {
            self.source = source
            self.record = record
            self.platforms = platforms
            self.wanted = wanted
        }

        /// Whether the platforms are the wanted ones: an image without an index is taken whatever it is.
        func serves(_ index: Index?) -> Bool {
            if record.manifestDigest == record.referenceDigest { return true }
            switch wanted {
            case .these(let wanted):
                return wanted.count == platforms.count && zip(wanted, platforms).allSatisfy { $0.rank(of: $1) == 0 }
            case .all:
                guard let index else { return false }
                return Set(wanted.images(of: index).compactMap(\.platform?.directory)).count == platforms.count
            }
        }
    }

    /// Whether the repository has the manifests that were converted, and all that is made of them.
    private func isComplete(
        _ converted: Converted,
        _ wish: Wish,
        _ outputs: Outputs,
        in publisher: any Publisher
    ) async throws -> Bool {
        let source = converted.source
        let places = ImagePlace.places(converted.platforms)
        let index = try RepositoryLayout.ImageFile.index.path(in: RepositoryLayout.image(source, places[0]))
        let paths =
            try places.flatMap { try RepositoryLayout.manifests(of: source, $0) } + [
                index, RepositoryLayout.imageRecord(source),
            ]
        let stored = try await publisher.contents(paths)
        var images: [NamedManifest] = []
        for (platform, place) in zip(converted.platforms, places) {
            guard let bytes = try RepositoryLayout.manifest(of: source, place, in: stored),
                case .image(let manifest) = try RawManifest(bytes: bytes).decoded
            else { return false }
            images.append(NamedManifest(source: source, manifest: manifest, platform: platform, place: place))
            guard place.isFirst else { continue }
            guard let digest = converted.record.manifestDigest,
                try Digest.of(bytes, Digest(parsing: digest).algorithm).description == digest
            else { return false }
        }
        guard converted.serves(try stored[index].flatMap(Self.index)) else { return false }
        let change = try await change(wish, source, outputs.record(of: images), stored)
        guard try change?.isNeeded(stored) != true else { return false }
        let contents = try await publisher.contents(images.flatMap(outputs.paths))
        return try images.allSatisfy { try outputs.arePublished($0, in: contents) }
    }

    private static func index(_ bytes: [UInt8]) throws -> Index? {
        if case .index(let index) = try RawManifest(bytes: bytes).decoded { index } else { nil }
    }

    /// Tells of images that are for another platform than the wanted one, which one without an index may be.
    func compare(_ images: [(source: ImageSource, platform: Platform)], _ wanted: WantedPlatforms) {
        guard case .these(let wanted) = wanted, images.count == 1, let image = images.first else { return }
        for platform in wanted { platforms.compare(image.source, image.platform, wanted: platform) }
    }
}
