package import CVMFS
import OCI
package import Plumbing
import StockServer

/// An image of a repository, as its metadata tells: who may be running what a removal takes away
/// (docs/decisions/009-append-only.md).
package struct LayerReferrer: Sendable {
    /// The image's folder below `.metadata`.
    package let image: BytePath
    /// Nil where its manifest cannot be read: it may refer to anything.
    let layers: [Digest]?

    /// The images of a repository in path order. Blocks.
    package static func all(in repository: RepositoryReader) throws -> [LayerReferrer] {
        try all(in: StorageReader(repository))
    }

    /// Those that refer to what is at certain paths. Blocks.
    static func to(_ paths: [BytePath], in reader: any RevisionReader) throws -> [LayerReferrer] {
        try all(in: reader).filter { referrer in paths.contains(where: referrer.refers) }
    }

    static func all(in reader: any RevisionReader) throws -> [LayerReferrer] {
        let name = RepositoryLayout.ImageFile.manifest.name
        let manifests = try reader.files(named: name, below: RepositoryLayout.metadata)
        let contents = try reader.contents(manifests)
        return manifests.compactMap { path in
            guard let image = path.parent else { return nil }
            return LayerReferrer(image: image, layers: layers(of: contents[path] ?? []))
        }
    }

    /// Whether it refers to layers at a path, above it or below it.
    package func refers(to path: BytePath) -> Bool {
        guard let layers else { return path.starts(with: RepositoryLayout.layers) }
        return layers.map(RepositoryLayout.layer).contains { $0.starts(with: path) || path.starts(with: $0) }
    }

    /// Whether it refers to layers that one revision has and another has not. Blocks.
    package func losesLayers(from old: CatalogTree, to new: CatalogTree) throws -> Bool {
        guard let layers else { return true }
        return try layers.map(RepositoryLayout.layerRoot).contains { root in
            try old.entry(at: root) != nil && new.entry(at: root) == nil
        }
    }

    /// Whether a path is where layers lie, or below that.
    package static func isLayerPath(_ path: BytePath) -> Bool {
        path.starts(with: RepositoryLayout.layers)
    }

    private static func layers(of manifest: [UInt8]) -> [Digest]? {
        // What is no image manifest is answered by nil: the caller counts the image as one that refers to everything.
        guard case .image(let image)? = try? RawManifest(bytes: manifest).decoded else { return nil }
        return image.layers.map(\.digest)
    }
}
