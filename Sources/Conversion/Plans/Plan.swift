import OCI
package import Plumbing
package import Registry
package import State

/// What a conversion will do: a pure function of the images, the outputs, the repository and what is recorded.
package struct Plan: Sendable {
    /// What is made of the image for each platform.
    package let images: [ImagePlan]
    /// The last conversion of this very input, where the repository still has all that it published.
    package let earlier: ConversionRecord?
    private let isForced: Bool

    /// The paths of a repository that ``init(images:outputs:contents:earlier:options:)`` wants to know of.
    package static func paths(of images: [ResolvedImage], _ outputs: Outputs) throws -> [BytePath] {
        try zip(images, ImagePlace.places(images.map(\.platform))).flatMap { image, place in
            try RepositoryLayout.manifests(of: image.source, place)
                + outputs.paths(of: NamedManifest(image, place: place))
        }
    }

    /// Makes the plan for the images that a name stands for. `contents` is what the repository has of ``paths(of:_:)``,
    /// `earlier` the newest published conversion. Throws ``ConversionError`` for an image that cannot be converted.
    package init(
        images: [ResolvedImage],
        outputs: Outputs,
        contents: [BytePath: [UInt8]],
        earlier: ConversionRecord?,
        options: ConversionOptions
    ) throws {
        isForced = options.convertAgain || options.overwriteLayers
        var brought: Set<Digest> = []
        var plans: [ImagePlan] = []
        for (image, place) in zip(images, ImagePlace.places(images.map(\.platform))) {
            let layers = try outputs.layers.layers(of: image, in: contents).without(brought)
            let others = try outputs.others.map { try $0.plan(image, place: place, in: contents) }
            plans.append(ImagePlan(image: image, place: place, layers: layers, others: others))
            brought.formUnion(image.manifest.layers.map(\.digest))
        }
        self.images = plans
        let arePublished = try plans.allSatisfy { plan in
            let stored = try RepositoryLayout.manifest(of: plan.image.source, plan.place, in: contents)
            return try stored == plan.image.raw.bytes && outputs.arePublished(plan.named, in: contents)
        }
        self.earlier = earlier.flatMap { arePublished && Self.isSame($0, images) ? $0 : nil }
    }

    private static func isSame(_ earlier: ConversionRecord, _ images: [ResolvedImage]) -> Bool {
        guard let first = images.first else { return false }
        return earlier.referenceDigest == first.referenceDigest.description
            && earlier.manifestDigest == first.manifestDigest.description
            && earlier.platform == PlatformList.text(images.map(\.platform))
    }

    /// What will be pushed: a thin image for each platform.
    package var pushes: [ThinImagePush] { images.flatMap(\.others).compactMap(\.push) }

    /// Whether there is nothing to do.
    package var isUpToDate: Bool { !isForced && earlier != nil && (pushes.isEmpty || earlier?.pushed != nil) }

    /// Whether the repository has to be changed: not where only the push of an earlier conversion failed.
    package var needsPublication: Bool { isForced || earlier == nil }

    /// The layers, those of several platforms once.
    package var layers: [PlannedLayer] { images.flatMap { $0.layers.missing + $0.layers.known } }

    /// Those that will be downloaded and ingested.
    package var missing: [PlannedLayer] { images.flatMap(\.layers.missing) }

    /// Those that are taken as they are.
    package var known: [PlannedLayer] { images.flatMap(\.layers.known) }

    /// The compressed bytes of the layers that will come.
    package var bytesToDownload: Int64 { missing.reduce(0) { $0 + $1.descriptor.size } }

    /// All outputs.
    var outputs: [any PlannedOutput] { images.flatMap(\.outputs) }
}

/// The platforms of a conversion, as its record has them: `linux/amd64,linux/arm64`.
enum PlatformList {
    static func text(_ platforms: [Platform]) -> String { platforms.map(\.description).joined(separator: ",") }

    /// Nil for what is no such text.
    static func platforms(_ text: String) -> [Platform]? {
        try? text.split(separator: ",").map { try Platform(parsing: String($0)) }
    }
}
