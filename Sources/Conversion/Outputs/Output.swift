package import CVMFS
package import OCI
package import Plumbing
package import Registry
package import State

/// Something that is made of an image, as a desiderata wants it: the layers, a thin image. ``Plan`` asks each for what it
/// needs and what it would change (docs/architecture.md, "Add an output").
package protocol Output: Sendable {
    /// Its name in the database and on the command line.
    var format: OutputFormat { get }

    /// What of a repository tells whether it has this of an image.
    func paths(of image: NamedManifest) throws -> [BytePath]

    /// Whether a repository that has `contents` of ``paths(of:)`` has all of it. Always, for what lies elsewhere.
    func isPublished(_ image: NamedManifest, in contents: [BytePath: [UInt8]]) throws -> Bool

    /// What of a repository tells whether it has this of an image that another program made.
    func adoptedPaths(of image: NamedManifest) throws -> [BytePath]

    /// Whether a repository that has `contents` of ``adoptedPaths(of:)`` has it as that program makes it.
    func isAdopted(
        _ image: NamedManifest,
        madeBy maker: AdoptedImages.Maker,
        in contents: [BytePath: [UInt8]]
    ) throws -> Bool

    /// Notes where it is, or will be, in the record of the image's name.
    func note(_ image: NamedManifest, in record: inout ImageRecord) throws

    /// Whether it goes to a registry, once the revision is published.
    var isPushed: Bool { get }

    /// What would be made of an image for a repository that has `contents`. A pure function; throws ``ConversionError``
    /// where it cannot be made of this one.
    func plan(
        _ image: ResolvedImage,
        place: ImagePlace,
        in contents: [BytePath: [UInt8]]
    ) throws -> any PlannedOutput
}

extension Output {
    /// Nothing, for what is not in the repository, or is looked at apart.
    package func adoptedPaths(of image: NamedManifest) throws -> [BytePath] { [] }

    package func isAdopted(
        _ image: NamedManifest,
        madeBy maker: AdoptedImages.Maker,
        in contents: [BytePath: [UInt8]]
    ) throws -> Bool { true }

    /// What lies by digests, or elsewhere, needs no note.
    package func note(_ image: NamedManifest, in record: inout ImageRecord) throws {}
}

/// An output as one conversion would make it.
package protocol PlannedOutput: Sendable {
    /// The root file systems that have to be made before, of layers that are prepared or published.
    var trees: [TreePlan] { get }

    /// What the image's revision changes for it. `prepared` is what was brought and made.
    func edits(_ prepared: PreparedImage) throws -> [TreeEdit]

    /// Those of the edits that make names of images.
    var names: [TreeEdit] { get }

    /// Its place in podman's store; nil where it gets none. All of a revision change the lists once.
    func podmanImage(_ prepared: PreparedImage) -> PodmanImage?

    /// What has to be there afterwards, whoever published it.
    var required: [BytePath] { get }

    /// What a person must know of it, where it is not all that was wanted; nil for nothing.
    var remark: String? { get }

    /// What goes to a registry once the revision is published; nil where nothing does.
    var push: ThinImagePush? { get }
}

extension PlannedOutput {
    /// Most need none.
    package var trees: [TreePlan] { [] }

    package var names: [TreeEdit] { [] }

    package var remark: String? { nil }

    package func podmanImage(_ prepared: PreparedImage) -> PodmanImage? { nil }
}

/// An image's manifest, and the name it goes by: what tells where its outputs are.
package struct NamedManifest: Sendable {
    /// The input as it was asked for.
    package let source: ImageSource
    /// The platform's manifest.
    package let manifest: Manifest
    /// What the image runs on.
    package let platform: Platform
    /// Which of the images of that name it is.
    package let place: ImagePlace

    /// The manifest that `source` stands, or stood, for.
    package init(source: ImageSource, manifest: Manifest, platform: Platform, place: ImagePlace = .only) {
        self.source = source
        self.manifest = manifest
        self.platform = platform
        self.place = place
    }

    /// Of an image.
    package init(_ image: ResolvedImage, place: ImagePlace = .only) {
        self.init(source: image.source, manifest: image.manifest, platform: image.platform, place: place)
    }
}
