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
        return try Self.decisive(digest) + PodmanStore.lists + [
            RepositoryLayout.treeRecord(digest), RepositoryLayout.podmanRefusal(digest), Self.loss(of: image),
        ]
    }

    package func note(_ image: NamedManifest, in record: inout ImageRecord) {
        record.images[record.images.endIndex - 1].isForPodman = true
    }

    private static func loss(of image: NamedManifest) throws -> BytePath {
        RepositoryLayout.podmanLoss(in: try RepositoryLayout.image(image.source, image.place))
    }

    /// What of an image tells that it has an entry: those files that are written with the lists.
    private static func decisive(_ digest: Digest) throws -> [BytePath] {
        let layer = try PodmanStore.layer(ofImage: digest.hex)
        return [PodmanStore.data(PodmanStore.manifestName, of: digest.hex), PodmanStore.diff(ofLayer: layer)]
    }

    package func isPublished(_ image: NamedManifest, in contents: [BytePath: [UInt8]]) throws -> Bool {
        let digest = image.manifest.config.digest
        if contents[RepositoryLayout.podmanRefusal(digest)] != nil { return true }
        guard try contents[Self.loss(of: image)] == nil else { return false }
        return try (Self.decisive(digest) + PodmanStore.lists).allSatisfy { contents[$0] != nil }
    }

    /// Whether a repository that has `contents` of ``paths(of:)`` has nothing of an image's entry.
    static func isGone(_ image: NamedManifest, in contents: [BytePath: [UInt8]]) throws -> Bool {
        try decisive(image.manifest.config.digest).allSatisfy { contents[$0] == nil }
    }

    package func plan(
        _ image: ResolvedImage,
        place: ImagePlace,
        in contents: [BytePath: [UInt8]]
    ) throws -> any PlannedOutput {
        let digest = image.manifest.config.digest
        return PlannedPodmanImage(
            image: image,
            place: place,
            size: contents[RepositoryLayout.treeRecord(digest)].flatMap(TreeRecord.decode)?.size,
            loss: try Self.loss(of: NamedManifest(image, place: place))
        )
    }
}

/// The entry of one image.
private struct PlannedPodmanImage: PlannedOutput {
    let image: ResolvedImage
    let place: ImagePlace
    /// The bytes of the files in a tree that is there.
    let size: Int64?
    /// What says that its names were lost.
    let loss: BytePath

    var required: [BytePath] { [] }
    var push: ThinImagePush? { nil }

    /// Why it gets no entry; nil where it gets one.
    var remark: String? {
        do {
            _ = try entry(size: 0)
            return nil
        } catch {
            return "\(image.source) gets no place in podman's store: \(error)"
        }
    }

    func edits(_ prepared: PreparedImage) throws -> [TreeEdit] {
        let digest = image.manifest.config.digest
        let refusal = RepositoryLayout.podmanRefusal(digest)
        if let remark { return [TreeEdit(refusal, .file(Array("\(remark)\n".utf8)))] }
        let tree = RepositoryLayout.tree(digest)
        return try entry(size: prepared.trees[tree]?.size ?? size ?? 0).edits()
            + [TreeEdit(refusal, .remove, isDecisive: false), TreeEdit(loss, .remove)]
    }

    /// One name stands for one image: of several platforms the first has it, the others go by their ids.
    private func entry(size: Int64) throws -> PodmanImage {
        try PodmanImage(
            names: place.isFirst ? PodmanName.names(of: image.source) : [],
            manifest: image.raw.bytes,
            configuration: image.configuration.bytes,
            size: size,
            tree: RepositoryLayout.tree(image.manifest.config.digest)
        )
    }
}
