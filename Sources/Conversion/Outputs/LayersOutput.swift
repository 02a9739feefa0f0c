import CVMFS
import Layers
import OCI
package import Plumbing
package import Registry
package import State

/// The layers of an image, each a directory of the repository, and the image's manifest: every other output names them.
package struct LayersOutput: Output {
    private let options: ConversionOptions

    /// Layers as `options` want them.
    package init(_ options: ConversionOptions) {
        self.options = options
    }

    package var format: OutputFormat { .layers }

    package var isPushed: Bool { false }

    package func paths(of image: NamedManifest) -> [BytePath] {
        LayerPresence.paths(of: image.manifest)
    }

    package func isPublished(_ image: NamedManifest, in contents: [BytePath: [UInt8]]) -> Bool {
        image.manifest.layers.allSatisfy {
            LayerPresence(of: $0.digest, in: contents).suffices(trusting: options.trustExistingLayers)
        }
    }

    package func plan(
        _ image: ResolvedImage,
        place: ImagePlace,
        in contents: [BytePath: [UInt8]]
    ) throws -> any PlannedOutput {
        try layers(of: image, in: contents)
    }

    /// The plan by its type: each layer, and whether it is there.
    func layers(of image: ResolvedImage, in contents: [BytePath: [UInt8]]) throws -> PlannedLayers {
        try Self.refuseStrangers(in: image)
        let diffIDs = image.configuration.diffIDs
        guard !image.manifest.layers.isEmpty else { throw ConversionError("\(image.source) has no layers") }
        guard diffIDs.count == image.manifest.layers.count else {
            throw ConversionError(
                "\(image.source) has \(Counted.text(image.manifest.layers.count, "layer")), but its configuration "
                    + "\(image.manifest.config.digest) names \(Counted.text(diffIDs.count, "diff id")): the image is damaged, "
                    + "push it anew or name another tag or digest"
            )
        }
        var layers: [PlannedLayer] = []
        var numbers: [Digest: Int] = [:]
        for (descriptor, diffID) in zip(image.manifest.layers, diffIDs) {
            if let number = numbers[descriptor.digest] {
                let twin = layers[number]
                guard twin.diffID == diffID, twin.descriptor.size == descriptor.size else {
                    throw ConversionError(
                        "\(image.source) has the layer \(descriptor.digest) twice, with two sizes or diff ids"
                    )
                }
                continue
            }
            numbers[descriptor.digest] = layers.count
            layers.append(try layer(descriptor, diffID, of: image.source, in: contents))
        }
        return PlannedLayers(image: image, all: layers, overwriting: options.overwriteLayers)
    }

    /// Before anything is compared or downloaded: what is no tar is not a damaged one.
    private static func refuseStrangers(in image: ResolvedImage) throws {
        for descriptor in image.manifest.layers {
            guard let words = descriptor.mediaType.contentThatIsNoTar else { continue }
            throw ConversionError(
                "\(image.source) has the layer \(descriptor.digest), which is \(words) "
                    + "(\(Printable.text(descriptor.mediaType.rawValue))): name the image that it belongs to, or was made from"
            )
        }
    }

    private func layer(
        _ descriptor: Descriptor,
        _ diffID: Digest,
        of source: ImageSource,
        in contents: [BytePath: [UInt8]]
    ) throws -> PlannedLayer {
        guard !descriptor.mediaType.isForeignLayer else {
            throw ConversionError(
                "\(source) has the layer \(descriptor.digest), which may not be distributed "
                    + "(\(Printable.text(descriptor.mediaType.rawValue))): a repository would distribute it to every "
                    + "client, so such images are not converted"
            )
        }
        let presence = LayerPresence(of: descriptor.digest, in: contents)
        let record = try contents[RepositoryLayout.layerRecord(descriptor.digest)].map(LayerRecord.decode)
        // Where it is not there it is downloaded, and compared then.
        if presence != .missing, !options.overwriteLayers,
            let contradiction = Self.contradiction(record, descriptor, diffID)
        {
            throw ConversionError(
                "\(source) has the layer \(descriptor.digest), \(contradiction) was verified when the layer was "
                    + "published: the image is damaged, push it anew (--overwrite-layers downloads the layer again)"
            )
        }
        return PlannedLayer(
            descriptor: descriptor,
            diffID: diffID,
            record: record,
            isPresent: presence.suffices(trusting: options.trustExistingLayers)
        )
    }

    /// What an image says otherwise of a known layer, up to the words for what is right; nil where it says the same.
    private static func contradiction(_ record: LayerRecord?, _ descriptor: Descriptor, _ diffID: Digest) -> String? {
        guard let record else { return nil }
        let expectation = LayerExpectation(digest: descriptor.digest, size: descriptor.size, diffID: diffID)
        let agreement = record.agrees(expectation)
        if !agreement.size { return "of \(descriptor.size) bytes, but one of \(record.size) bytes" }
        if !agreement.diffID { return "with the diff id \(diffID), but one with \(Printable.text(record.diffID))" }
        return nil
    }
}
