import CVMFS
import OCI
package import Plumbing
package import Registry
package import State

/// An image's place in the additional image store of podman, which leads to its tree.
package struct PodmanOutput: Output {
    /// An output; ``TreeOutput`` makes the tree.
    package init() {}

    package var format: OutputFormat { .podman }

    package var isPushed: Bool { false }

    package func paths(of image: NamedManifest) throws -> [BytePath] {
        let digest = image.manifest.config.digest
        return try Self.decisive(digest) + [RepositoryLayout.treeRecord(digest)]
    }

    /// What of an image tells that it has an entry: those files that are written with the lists.
    private static func decisive(_ digest: Digest) throws -> [BytePath] {
        let layer = try PodmanStore.layer(ofImage: digest.hex)
        return [PodmanStore.data(PodmanStore.manifestName, of: digest.hex), PodmanStore.diff(ofLayer: layer)]
    }

    package func isPublished(_ image: NamedManifest, in contents: [BytePath: [UInt8]]) throws -> Bool {
        try Self.decisive(image.manifest.config.digest).allSatisfy { contents[$0] != nil }
    }

    package func plan(
        _ image: ResolvedImage,
        place: ImagePlace,
        in contents: [BytePath: [UInt8]]
    ) throws -> any PlannedOutput {
        let digest = image.manifest.config.digest
        let planned = PlannedPodmanImage(
            image: image,
            place: place,
            size: contents[RepositoryLayout.treeRecord(digest)].flatMap(TreeRecord.decode)?.size
        )
        // An image that podman does not read fails before its layers come.
        _ = try planned.entry(size: 0)
        return planned
    }
}

/// The entry of one image.
private struct PlannedPodmanImage: PlannedOutput {
    let image: ResolvedImage
    let place: ImagePlace
    /// The bytes of the files in a tree that is there.
    let size: Int64?

    var required: [BytePath] { [] }
    var push: ThinImagePush? { nil }

    func edits(_ prepared: PreparedImage) throws -> [TreeEdit] {
        let tree = RepositoryLayout.tree(image.manifest.config.digest)
        return try entry(size: prepared.trees[tree]?.size ?? size ?? 0).edits()
    }

    /// One name stands for one image: of several platforms the first has it, the others go by their ids.
    func entry(size: Int64) throws -> PodmanImage {
        do {
            return try PodmanImage(
                names: place.isFirst ? PodmanName.names(of: image.source) : [],
                manifest: image.raw.bytes,
                configuration: image.configuration.bytes,
                size: size,
                tree: RepositoryLayout.tree(image.manifest.config.digest)
            )
        } catch let error as ConversionError {
            throw ConversionError(
                "\(image.source) cannot stand in podman's store: \(error): leave podman out of its formats"
            )
        }
    }
}
