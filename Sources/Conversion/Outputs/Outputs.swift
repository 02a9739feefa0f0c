import OCI
package import Plumbing
import State

/// What is made of one image: its layers, and what else is wanted.
package struct Outputs: Sendable {
    /// What all others build on.
    package let layers: LayersOutput
    /// What else is wanted.
    package let others: [any Output]
    /// What of them other programs made.
    package let adopted: AdoptedImages

    /// These outputs.
    package init(
        layers: LayersOutput,
        others: [any Output] = [],
        adopted: AdoptedImages = AdoptedImages(areThere: false)
    ) {
        self.layers = layers
        self.others = others
        self.adopted = adopted
    }

    private var all: [any Output] { [layers] + others }

    /// What of a repository they want to know.
    package func paths(of image: NamedManifest) throws -> [BytePath] {
        try all.flatMap { try $0.paths(of: image) }
    }

    /// What the record of the images' name shall say.
    func record(of images: [NamedManifest]) throws -> ImageRecord {
        var record = ImageRecord()
        for image in images {
            record.images.append(
                ImageRecord.Image(
                    platform: image.platform.description,
                    config: image.manifest.config.digest.description,
                    folder: try RepositoryLayout.image(image.source, image.place).text,
                    names: [],
                    isForPodman: false
                )
            )
            for output in others { try output.note(image, in: &record) }
        }
        return record
    }

    /// What of a repository tells whether another program made an image.
    func adoptedPaths(of image: NamedManifest) throws -> [BytePath] {
        guard adopted.areThere, image.place == .only else { return [] }
        return try adopted.paths(of: image) + LayerPresence.paths(of: image.manifest)
            + others.flatMap { try $0.adoptedPaths(of: image) }
    }

    /// The layers that are not complete of an image that another program made, with all that is wanted of it; nil for any other
    /// image. `diffIDs` are what its configuration says, where that is known; `contents` are those of
    /// ``adoptedPaths(of:)``.
    func incompleteLayers(
        ofAdopted image: NamedManifest,
        diffIDs: [Digest]?,
        in contents: [BytePath: [UInt8]]
    ) throws -> Set<Digest>? {
        guard let maker = try adopted.maker(of: image, in: contents),
            try others.allSatisfy({ try $0.isAdopted(image, madeBy: maker, in: contents) })
        else { return nil }
        // Of layers OSG's program knows nothing.
        if maker == .osg { return others.contains { $0.format == .flat } ? [] : nil }
        var incomplete: Set<Digest> = []
        for (number, layer) in image.manifest.layers.map(\.digest).enumerated() {
            let diffID = diffIDs.flatMap { number < $0.count ? $0[number] : nil }
            if AdoptedLayer.fault(of: layer, diffID: diffID, in: contents) != nil { incomplete.insert(layer) }
        }
        return incomplete
    }

    /// Whether one of them goes to a registry.
    package var arePushed: Bool { others.contains { $0.isPushed } }

    /// Whether a repository that has `contents` of ``paths(of:)`` has all of them.
    package func arePublished(_ image: NamedManifest, in contents: [BytePath: [UInt8]]) throws -> Bool {
        try all.allSatisfy { try $0.isPublished(image, in: contents) }
    }
}
