import CVMFS
package import OCI
package import Plumbing
package import Registry
package import State

/// A thin image at a registry. It changes nothing in the repository.
package struct ThinImageOutput: Output {
    /// What it is pushed as.
    private let name: StoredReference
    /// The repository that has the layers.
    private let repository: String
    private let form: ThinForm

    /// A thin image by that name and in that form, of layers in that repository.
    package init(_ name: StoredReference, repository fqrn: String, form: ThinForm = .docker) {
        self.name = name
        repository = fqrn
        self.form = form
    }

    package var format: OutputFormat { .thin }

    package var isPushed: Bool { true }

    package func paths(of image: NamedManifest) -> [BytePath] { [] }

    package func isPublished(_ image: NamedManifest, in contents: [BytePath: [UInt8]]) -> Bool { true }

    package func plan(
        _ image: ResolvedImage,
        place: ImagePlace,
        in contents: [BytePath: [UInt8]]
    ) throws -> any PlannedOutput {
        let thin = try ThinImage(
            origin: image.source,
            layers: image.manifest.layers.map(\.digest),
            original: image.configuration,
            repository: repository,
            form: form
        )
        return PlannedThinImage(thin: ThinImagePush(image: thin, platform: image.platform, name: name))
    }
}

/// A thin image, made before anything is done: an image of which none can be made fails before its layers come.
private struct PlannedThinImage: PlannedOutput {
    let thin: ThinImagePush

    var required: [BytePath] { [] }
    var push: ThinImagePush? { thin }

    func edits(_ prepared: PreparedImage) -> [TreeEdit] { [] }
}

/// A thin image, and what it is pushed as.
package struct ThinImagePush: Sendable {
    package let image: ThinImage
    /// The platform of what it was made of.
    package let platform: Platform
    package let name: StoredReference
}
