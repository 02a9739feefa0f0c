import OCI
import Plumbing
import Registry
import State

/// Images that other programs made in a repository that was adopted (docs/adopting.md).
extension Converter {
    /// Records that an image is as its registry has it, without a change of the repository. A thin image that is at its registry
    /// already is taken for its own.
    func takeOver(
        _ plan: Plan,
        _ adoption: RepositoryAdoption,
        _ ledger: ConversionLedger
    ) async throws -> ConversionResult {
        try await ledger.begin(plan.images.map(\.image))
        let revision = UInt64(clamping: adoption.revision)
        let published = PublishedImage(revision: revision, isNew: false, traffic: Traffic())
        try await ledger.recordPublished(published, by: plan)
        if let push = plan.pushes.first {
            var digest = try await thinDigest(push.name)
            if digest == nil { digest = try await self.push(plan) }
            if let digest { try await ledger.recordPushed(digest) }
        }
        return .upToDate(revision: revision)
    }

    /// What the registry has by a thin image's name; nil where there is nothing.
    private func thinDigest(_ name: StoredReference) async throws -> Digest? {
        do {
            return try await open(name).digest()
        } catch let error as RegistryError where error.code == .notFound {
            return nil
        }
    }

    /// Whether an image that was taken over is still there, by the name and the manifest that the other program wrote.
    func isStillAdopted(
        _ source: ImageSource,
        _ record: ConversionRecord,
        _ wish: Wish,
        _ outputs: Outputs,
        in publisher: any Publisher
    ) async throws -> Bool {
        guard let platform = record.platform.flatMap(PlatformList.platforms)?.first else { return false }
        let own = try RepositoryLayout.ImageFile.manifest.path(in: RepositoryLayout.image(source))
        let path = AdoptedImage.manifest(of: source)
        let name = try wish.treeName(publisher.trees)
        let stored = try await publisher.contents([own, path] + [name].compactMap(\.self))
        guard stored[own] == nil else { return false }
        guard let bytes = stored[path] else {
            return name.flatMap { stored[$0] }.flatMap(OSGTree.hash(ofTarget:)) != nil
        }
        guard let manifest = AdoptedImage.decode(bytes), manifest.config.digest.description == record.configDigest
        else {
            return false
        }
        let image = NamedManifest(source: source, manifest: manifest, platform: platform)
        let contents = try await publisher.contents(outputs.adoptedPaths(of: image))
        return try outputs.incompleteLayers(ofAdopted: image, diffIDs: nil, in: contents)?.isEmpty == true
    }
}
