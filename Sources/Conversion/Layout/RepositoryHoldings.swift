package import CVMFS
package import OCI
import Plumbing
package import Registry
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
    private let layers: [Digest: LayerPresence]

    /// Looks into a repository.
    package init(of image: ResolvedImage, in repository: RepositoryReader) async throws {
        let manifests = try RepositoryLayout.manifests(of: image.source)
        let paths = LayerPresence.paths(of: image.manifest) + manifests
        let contents = try await onDedicatedThread("read \(repository.fqrn)") {
            try StorageReader(repository).contents(paths)
        }
        var layers: [Digest: LayerPresence] = [:]
        for digest in image.manifest.layers.map(\.digest) {
            layers[digest] = LayerPresence(of: digest, in: contents)
        }
        self.layers = layers
        fqrn = repository.fqrn
        let manifest = try RepositoryLayout.manifest(of: image.source, in: contents)
        name = manifest.map { $0 == image.raw.bytes ? .current : .other } ?? .missing
    }

    /// What it has of a layer.
    package func layer(_ digest: Digest) -> LayerPresence { layers[digest] ?? .missing }
}
