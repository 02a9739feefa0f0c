import CVMFS
import OCI
import Plumbing
import Registry
package import State

/// What a conversion will do: a pure function of the images, the outputs, the repository and what is recorded.
package struct Plan: Sendable {
    /// What is made of the image for each platform.
    package let images: [ImagePlan]
    /// The last conversion of this very input, where the repository still has all that it published.
    package let earlier: ConversionRecord?
    /// The newest published conversion, whatever became of the input and of the repository since.
    let former: ConversionRecord?
    /// What goes of what the images' name had, before they are made.
    let removals: [TreeEdit]
    /// What leaves podman's store.
    let podman: PodmanStoreChange
    /// What follows when they are made.
    let conclusion: [TreeEdit]
    /// Whether another program made the image, in a repository that was adopted, and all that is wanted of it: it stays, and
    /// only layers that are not complete are brought.
    let isAdopted: Bool
    private let isForced: Bool

    /// Makes the plan for the images that a name stands for. `contents` is what the repository has of the paths of
    /// ``WantedImages`` and of its change, `earlier` the newest published conversion. Throws ``ConversionError`` for an image
    /// that cannot be converted.
    init(
        _ wanted: WantedImages,
        _ change: ImageChange?,
        contents: [BytePath: [UInt8]],
        earlier: ConversionRecord?,
        options: ConversionOptions
    ) throws {
        former = earlier
        isForced = options.isForced
        let outputs = wanted.outputs
        let incomplete = isForced ? nil : try wanted.incompleteLayers(in: contents)
        isAdopted = incomplete != nil
        var brought: Set<Digest> = []
        var plans: [ImagePlan] = []
        for (image, place) in wanted.placed {
            let layers = try outputs.layers.layers(of: image, in: contents).without(brought)
            let others = outputs.others.filter { incomplete == nil || $0.isPushed }
            plans.append(
                ImagePlan(
                    image: image,
                    place: place,
                    layers: incomplete.map(layers.bringing) ?? layers,
                    others: try others.map { try $0.plan(image, place: place, in: contents) }
                )
            )
            brought.formUnion(image.manifest.layers.map(\.digest))
        }
        images = plans
        if let incomplete {
            (removals, podman, conclusion) = ([], PodmanStoreChange(), [])
            self.earlier = earlier.flatMap { incomplete.isEmpty && Self.isSame($0, wanted.images) ? $0 : nil }
            return
        }
        // Where nothing was adopted, the repository was not asked for the entry's parts.
        let entry = wanted.images.first.flatMap { AdoptedPodmanEntry(of: $0.source, in: contents) }
        let isForPodman = outputs.others.contains { $0.format == .podman }
        removals =
            try (change?.removals(contents) ?? []) + (entry?.keepsakes(losingName: isForPodman, in: contents) ?? [])
        podman = try change?.podman(contents) ?? PodmanStoreChange()
        conclusion = try change?.conclusion() ?? []
        let isRecorded = try change?.isNeeded(contents) != true
        let arePublished = try plans.allSatisfy { plan in
            let stored = try RepositoryLayout.manifest(of: plan.image.source, plan.place, in: contents)
            return try stored == plan.image.raw.bytes && outputs.arePublished(plan.named, in: contents)
        }
        self.earlier = earlier.flatMap { isRecorded && arePublished && Self.isSame($0, wanted.images) ? $0 : nil }
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
    package var needsPublication: Bool { isAdopted ? !missing.isEmpty : isForced || earlier == nil }

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
