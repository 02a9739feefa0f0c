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
            let publisher = try await publisher(desiderata.cvmfsRepository)
            try await publisher.recover()
            let standing = try await state.history.standing(of: desiderata.id)
            guard let earlier = standing.lastPublished,
                let revision = try await upToDateRevision(desiderata, earlier, in: publisher)
            else { return .changed }
            if standing.isTroubled {
                try await state.history.recordUpToDate(of: desiderata.id, at: now())
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
        let outputs = try desiderata.outputs(options, publisher.trees)
        guard let published = earlier.published, earlier.pushed != nil || !outputs.arePushed,
            let platform = try servingPlatform(of: earlier, desiderata)
        else { return nil }
        let source = try ImageSource(desiderata.input.reference)
        let digest = try await currentDigest(of: source, desiderata)
        guard digest.description == earlier.referenceDigest,
            try await isComplete(source, earlier, outputs, in: publisher)
        else { return nil }
        platforms.compare(source, platform.actual, wanted: platform.wanted)
        return UInt64(clamping: published.revision)
    }

    /// The platform that was converted and the wanted one, where the same reference stands for it still: the wanted one
    /// itself, or that of an image without an index, which is taken whatever it is.
    private func servingPlatform(
        of earlier: ConversionRecord,
        _ desiderata: Desiderata
    ) throws -> (actual: Platform, wanted: Platform)? {
        let wanted = try desiderata.platform(options.platform)
        guard let text = earlier.platform, let actual = try? Platform(parsing: text) else { return nil }
        let isWithoutIndex = earlier.manifestDigest == earlier.referenceDigest
        return isWithoutIndex || wanted.rank(of: actual) == 0 ? (actual, wanted) : nil
    }

    /// What a reference with a digest stands for needs no registry to tell.
    private func currentDigest(of source: ImageSource, _ desiderata: Desiderata) async throws -> Digest {
        if case .registry(let reference) = source, let digest = reference.digest { return digest }
        return try await open(desiderata.input).digest()
    }

    /// Whether the repository has the manifest that was converted, and all that is made of it.
    private func isComplete(
        _ source: ImageSource,
        _ earlier: ConversionRecord,
        _ outputs: Outputs,
        in publisher: any Publisher
    ) async throws -> Bool {
        let stored = try await publisher.contents(RepositoryLayout.manifests(of: source))
        guard let bytes = try RepositoryLayout.manifest(of: source, in: stored),
            let manifestDigest = earlier.manifestDigest,
            try Digest.of(bytes, Digest(parsing: manifestDigest).algorithm).description == manifestDigest,
            case .image(let manifest) = try RawManifest(bytes: bytes).decoded
        else { return false }
        let image = NamedManifest(source: source, manifest: manifest)
        let contents = try await publisher.contents(outputs.paths(of: image))
        return try outputs.arePublished(image, in: contents)
    }
}
