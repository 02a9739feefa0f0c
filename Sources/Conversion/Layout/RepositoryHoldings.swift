package import CVMFS
package import OCI
package import Plumbing
package import Registry
package import State
import StockServer

/// What of an image is in a repository.
package struct RepositoryHoldings: Sendable, Equatable {
    /// What a repository has under an image's name.
    package enum Name: String, Sendable {
        /// This very manifest.
        case current
        /// Another manifest: an older image, or one of another platform.
        case other
        /// Nothing.
        case missing
    }

    /// The repository's name.
    package let fqrn: String
    /// What it has under the image's name.
    package let name: Name
    /// The path by which people reach its root file system: a name that leads to it, else the tree itself; nil where there is
    /// none.
    package let tree: BytePath?
    /// The names by which podman finds it in the repository's additional image store, none where it goes by its id; nil where it
    /// is not there.
    package let podmanNames: [String]?
    private let layers: [Digest: LayerPresence]

    /// Looks into a repository that names images so.
    package init(
        of image: ResolvedImage,
        in repository: RepositoryReader,
        trees settings: TreeSettings
    ) async throws {
        let places = [ImagePlace.only, .first(image.platform)]
        let manifests = try places.flatMap { try RepositoryLayout.manifests(of: image.source, $0) }
        let tree = RepositoryLayout.tree(image.manifest.config.digest)
        let name = try ImageNames(template: settings.names).name(of: image.source)
        let names = places.flatMap { place in
            let own = ImageName.own(name, place)
            return ImageName.names(name, of: tree, place).filter { own.contains($0.path) }
        }
        let podman = PodmanStore.data(PodmanStore.manifestName, of: image.manifest.config.digest.hex)
        let paths =
            LayerPresence.paths(of: image.manifest) + manifests + names.map(\.path)
            + [tree, RepositoryLayout.treeRecord(image.manifest.config.digest), podman]
        let id = image.manifest.config.digest.hex
        let (contents, entry) = try await onDedicatedThread("read \(repository.fqrn)") {
            let contents = try StorageReader(repository).contents(paths)
            return (contents, contents[podman] == nil ? nil : try Self.podmanEntry(id, in: repository))
        }
        var layers: [Digest: LayerPresence] = [:]
        for digest in image.manifest.layers.map(\.digest) {
            layers[digest] = LayerPresence(of: digest, in: contents)
        }
        self.layers = layers
        fqrn = repository.fqrn
        let found = try places.compactMap { try RepositoryLayout.manifest(of: image.source, $0, in: contents) }
        let manifest = found.first { $0 == image.raw.bytes } ?? found.first
        let isMade = contents[tree] != nil && contents[RepositoryLayout.treeRecord(image.manifest.config.digest)] != nil
        let leading = names.first { contents[$0.path] == $0.target }?.path
        self.tree = isMade ? leading ?? tree : nil
        podmanNames = entry.map { entry in PodmanName.names(of: image.source).filter(entry.names.contains) }
        self.name = manifest.map { $0 == image.raw.bytes ? .current : .other } ?? .missing
    }

    /// What podman's store says of an image. A name may be of another one: of another platform, or the one that had it last.
    private static func podmanEntry(_ id: String, in repository: RepositoryReader) throws -> PodmanList.Entry? {
        let bytes = try PodmanStoreReader(repository.tree()).bytes(PodmanStore.images)
        return try PodmanList(bytes, at: PodmanStore.images).entries.first { $0.id == id }
    }

    /// What it has of a layer.
    package func layer(_ digest: Digest) -> LayerPresence { layers[digest] ?? .missing }
}
