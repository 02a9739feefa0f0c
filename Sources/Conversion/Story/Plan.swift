import OCI
package import Plumbing
package import Registry
package import State

/// What a conversion will do: a pure function of the image, the outputs, the repository and what is recorded.
package struct Plan: Sendable {
    /// The image as its source has it.
    package let image: ResolvedImage
    /// Its layers.
    package let layers: PlannedLayers
    /// What else is made of it.
    package let others: [any PlannedOutput]
    /// The last conversion of this very input, where the repository still has all that it published.
    package let earlier: ConversionRecord?
    private let isForced: Bool

    /// The paths of a repository that ``init(image:outputs:contents:earlier:options:)`` wants to know of.
    package static func paths(of image: ResolvedImage, _ outputs: Outputs) throws -> [BytePath] {
        try RepositoryLayout.manifests(of: image.source) + outputs.paths(of: NamedManifest(image))
    }

    /// Makes the plan. `contents` is what the repository has of ``paths(of:_:)``, `earlier` the newest published
    /// conversion. Throws ``ConversionError`` for an image that cannot be converted.
    package init(
        image: ResolvedImage,
        outputs: Outputs,
        contents: [BytePath: [UInt8]],
        earlier: ConversionRecord?,
        options: ConversionOptions
    ) throws {
        self.image = image
        isForced = options.convertAgain || options.overwriteLayers
        layers = try outputs.layers.layers(of: image, in: contents)
        others = try outputs.others.map { try $0.plan(image, in: contents) }
        let isSameInput =
            earlier?.referenceDigest == image.referenceDigest.description
            && earlier?.manifestDigest == image.manifestDigest.description
            && earlier?.platform == image.platform.description
        let isNamed = try RepositoryLayout.manifest(of: image.source, in: contents) == image.raw.bytes
        let arePublished = try outputs.arePublished(NamedManifest(image), in: contents)
        self.earlier = isSameInput && isNamed && arePublished ? earlier : nil
    }

    /// What will be pushed, in order.
    package var pushes: [ThinImagePush] { others.compactMap(\.push) }

    /// Whether there is nothing to do.
    package var isUpToDate: Bool { !isForced && earlier != nil && (pushes.isEmpty || earlier?.pushed != nil) }

    /// Whether the repository has to be changed: not where only the push of an earlier conversion failed.
    package var needsPublication: Bool { isForced || earlier == nil }

    /// The compressed bytes of the layers that will come.
    package var bytesToDownload: Int64 { layers.missing.reduce(0) { $0 + $1.descriptor.size } }

    /// All outputs.
    var outputs: [any PlannedOutput] { [layers] + others }
}
