import CVMFS
import Plumbing

/// Readers of one revision, for who goes through many layers side by side: reading one layer must not put the catalogs of
/// another away.
struct RevisionReaders {
    private let trees: [CatalogTree]

    /// Each keeps catalogs in memory, of few layers at a time.
    private static let limit = 8

    /// Readers of what a repository publishes now, for so many layers.
    init(_ repository: RepositoryReader, for layers: Int) throws {
        let root = try repository.published().manifest.root
        trees = try (0..<min(max(layers, 1), Self.limit)).map { _ in
            try CatalogTree(store: repository.store, root: root)
        }
    }

    /// The one that reads a layer, by its position.
    subscript(_ layer: Int) -> CatalogTree { trees[layer % trees.count] }
}
