import CVMFS
import OCI
import Plumbing
import Registry
import State

/// The names of an image's tree where they are no longer wanted: they go in the image's next revision. The tree stays, since
/// names that somebody else gave it may lead to it.
struct FormerTreeOutput: Output {
    let settings: TreeSettings
    /// What others want; nothing as long as nobody was asked.
    let others: OtherWishes

    var format: OutputFormat { .flat }
    var isPushed: Bool { false }

    private func names(of source: ImageSource) throws -> [BytePath] {
        let name = try ImageNames(template: settings.names).name(of: source)
        return [name] + ImageName.ofPlatforms(name).map(\.path)
    }

    private var isNameWanted: Bool { others.ofInput.contains(.flat) }

    func paths(of image: NamedManifest) throws -> [BytePath] {
        image.place.isFirst ? try names(of: image.source) : []
    }

    /// Whether it is gone.
    func isPublished(_ image: NamedManifest, in contents: [BytePath: [UInt8]]) throws -> Bool {
        try left(image, contents).isEmpty
    }

    func plan(
        _ image: ResolvedImage,
        place: ImagePlace,
        in contents: [BytePath: [UInt8]]
    ) throws -> any PlannedOutput {
        PlannedRemoval(edits: try left(NamedManifest(image, place: place), contents))
    }

    private func left(_ image: NamedManifest, _ contents: [BytePath: [UInt8]]) throws -> [TreeEdit] {
        var edits: [TreeEdit] = []
        if image.place.isFirst, !isNameWanted {
            for name in try names(of: image.source) where contents[name].map(ImageName.isOne) == true {
                edits.append(TreeEdit(name, .name(target: nil)))
            }
        }
        return edits
    }
}

/// An image's place in podman's store where it is no longer wanted.
struct FormerPodmanOutput: Output {
    let others: OtherWishes

    var format: OutputFormat { .podman }
    var isPushed: Bool { false }

    func paths(of image: NamedManifest) throws -> [BytePath] { try PodmanOutput().paths(of: image) }

    func isPublished(_ image: NamedManifest, in contents: [BytePath: [UInt8]]) throws -> Bool {
        try others.ofImage.contains(.podman) || PodmanOutput.isGone(image, in: contents)
    }

    func plan(
        _ image: ResolvedImage,
        place: ImagePlace,
        in contents: [BytePath: [UInt8]]
    ) throws -> any PlannedOutput {
        let isGone = try isPublished(NamedManifest(image, place: place), in: contents)
        let id = image.manifest.config.digest.hex
        return PlannedRemoval(edits: isGone ? [] : try PodmanStore.removal(of: id))
    }
}

/// What is taken away.
private struct PlannedRemoval: PlannedOutput {
    let edits: [TreeEdit]

    var required: [BytePath] { [] }
    var push: ThinImagePush? { nil }

    func edits(_ prepared: PreparedImage) -> [TreeEdit] { edits }
}
