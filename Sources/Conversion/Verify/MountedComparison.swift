import CVMFS
import Layers
import OCI
import Plumbing

/// Compares what a container sees of an image in a repository with what it sees of the registry's layers.
///
/// Each layer has been compared by itself: what is left is whether the same layer decides what lies at each path.
struct MountedComparison {
    let readers: RevisionReaders
    /// The layers of the image, bottom to top, one that the image has twice twice.
    let layers: [(digest: Digest, nodes: LayerNodes<PlainDigest>)]
    /// What was told to be lost of any of them.
    let losses: Set<LayerLoss>

    /// An image that is all wrong shall not fill memory and terminal.
    private static let limit = 100

    /// Those that let lower layers show through, or hide more of them.
    private static let visible: Set<LayerLoss> = [.whiteouts, .opaqueDirectories, .specialFiles, .otherBase]

    /// One line for each path where it differs. Throws what reading the repository throws.
    func differences() throws -> [String] {
        // It was told that lower layers show through: what that makes of the image is no news.
        guard losses.isDisjoint(with: Self.visible) else { return [] }
        var wanted = LayerMerge(layers.map(\.nodes))
        var found = LayerMerge(
            layers.enumerated().map { CatalogLayer(readers[$0], at: RepositoryLayout.layerRoot($1.digest)) }
        )
        var differences: [String] = []
        var left = try found.next()
        var right = try wanted.next()
        while differences.count <= Self.limit, left != nil || right != nil {
            switch (left, right) {
            case (let stored?, let image?) where stored.path == image.path:
                if stored.layer != image.layer {
                    differences.append("\(image.path) is that of \(name(stored)), not of \(name(image))")
                }
                (left, right) = (try found.next(), try wanted.next())
            case (let stored?, let image) where image.map({ stored.path < $0.path }) ?? true:
                differences.append("\(stored.path) of \(name(stored)) is seen, and deleted in the image")
                left = try found.next()
            default:
                if let image = right { differences.append("\(image.path) of \(name(image)) is not seen") }
                right = try wanted.next()
            }
        }
        if differences.count > Self.limit { differences[Self.limit] = "and others" }
        return differences
    }

    private func name<Layer>(_ entry: LayerMerge<Layer>.Entry) -> String {
        "layer \(layers[entry.layer].digest.hex.prefix(12))"
    }
}
