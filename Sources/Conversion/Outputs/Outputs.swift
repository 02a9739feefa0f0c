import OCI
package import Plumbing

/// What is made of one image: its layers, and what else is wanted.
package struct Outputs: Sendable {
    /// What all others build on.
    package let layers: LayersOutput
    /// What else is wanted.
    package let others: [any Output]

    /// These outputs.
    package init(layers: LayersOutput, others: [any Output] = []) {
        self.layers = layers
        self.others = others
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

    /// Whether one of them goes to a registry.
    package var arePushed: Bool { others.contains { $0.isPushed } }

    /// Whether a repository that has `contents` of ``paths(of:)`` has all of them.
    package func arePublished(_ image: NamedManifest, in contents: [BytePath: [UInt8]]) throws -> Bool {
        try all.allSatisfy { try $0.isPublished(image, in: contents) }
    }
}
