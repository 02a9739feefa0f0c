import CVMFS
import OCI
package import Plumbing
package import Registry
package import State

/// An image's place in the additional image store of podman, which leads to its tree.
package struct PodmanOutput: Output {
    /// Whether an image keeps the name that DUCC gave it, beside that by which podman asks.
    private let keepsAdoptedNames: Bool

    /// An output; ``TreeOutput`` makes the tree.
    package init(keepsAdoptedNames: Bool = false) {
        self.keepsAdoptedNames = keepsAdoptedNames
    }

    package var format: OutputFormat { .podman }

    package var isPushed: Bool { false }

    package func paths(of image: NamedManifest) throws -> [BytePath] {
        let digest = image.manifest.config.digest
        return try Self.decisive(digest) + PodmanStore.lists + names(of: image).map(PodmanStore.name) + [
            RepositoryLayout.treeRecord(digest), RepositoryLayout.podmanRefusal(digest),
        ]
    }

    package func adoptedPaths(of image: NamedManifest) -> [BytePath] {
        [PodmanStore.folder(image: image.manifest.config.digest.hex)]
    }

    package func isAdopted(
        _ image: NamedManifest,
        madeBy maker: AdoptedImages.Maker,
        in contents: [BytePath: [UInt8]]
    ) -> Bool {
        contents[PodmanStore.folder(image: image.manifest.config.digest.hex)] != nil
    }

    package func note(_ image: NamedManifest, in record: inout ImageRecord) {
        record.images[record.images.endIndex - 1].isForPodman = true
    }

    /// One name stands for one image: of several platforms the first has it, the others go by their ids.
    private func names(of image: NamedManifest) -> [String] {
        guard image.place.isFirst else { return [] }
        let names = PodmanName.names(of: image.source)
        guard keepsAdoptedNames, let name = AdoptedImage.podmanName(of: image.source), PodmanName.isNormal(name),
            !names.contains(name)
        else { return names }
        return names + [name]
    }

    /// What of an image tells that it has an entry: those files that are written with the lists.
    private static func decisive(_ digest: Digest) throws -> [BytePath] {
        let layer = try PodmanStore.layer(ofImage: digest.hex)
        return [PodmanStore.data(PodmanStore.manifestName, of: digest.hex), PodmanStore.diff(ofLayer: layer)]
    }

    package func isPublished(_ image: NamedManifest, in contents: [BytePath: [UInt8]]) throws -> Bool {
        let digest = image.manifest.config.digest
        if contents[RepositoryLayout.podmanRefusal(digest)] != nil { return true }
        let areNamesIts = try names(of: image).allSatisfy {
            try contents[PodmanStore.name($0)] == Array(digest.hex.utf8)
        }
        return try areNamesIts && (Self.decisive(digest) + PodmanStore.lists).allSatisfy { contents[$0] != nil }
    }

    package func plan(
        _ image: ResolvedImage,
        place: ImagePlace,
        in contents: [BytePath: [UInt8]]
    ) throws -> any PlannedOutput {
        let digest = image.manifest.config.digest
        let size = contents[RepositoryLayout.treeRecord(digest)].flatMap(TreeRecord.decode)?.size
        do {
            let entry = try PodmanImage(
                names: names(of: NamedManifest(image, place: place)),
                manifest: image.raw.bytes,
                configuration: image.configuration.bytes,
                size: size ?? 0,
                tree: RepositoryLayout.tree(digest)
            )
            return PlannedPodmanImage(digest: digest, entry: entry, remark: nil)
        } catch {
            let remark = "\(image.source) gets no place in podman's store: \(error)"
            return PlannedPodmanImage(digest: digest, entry: nil, remark: remark)
        }
    }
}

/// The entry of one image.
private struct PlannedPodmanImage: PlannedOutput {
    let digest: Digest
    /// Nil where it gets none.
    let entry: PodmanImage?
    /// Why it gets none.
    let remark: String?

    var required: [BytePath] { [] }
    var push: ThinImagePush? { nil }

    func edits(_ prepared: PreparedImage) throws -> [TreeEdit] {
        let refusal = RepositoryLayout.podmanRefusal(digest)
        if let remark { return [TreeEdit(refusal, .file(Array("\(remark)\n".utf8)))] }
        return [TreeEdit(refusal, .remove, isDecisive: false)]
    }

    func podmanImage(_ prepared: PreparedImage) -> PodmanImage? {
        guard let made = prepared.trees[RepositoryLayout.tree(digest)] else { return entry }
        return entry?.sized(made.size)
    }
}
