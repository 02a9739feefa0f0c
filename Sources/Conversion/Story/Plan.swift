import Layers
package import OCI
package import Plumbing
package import Registry
package import State

/// What a conversion will do: a pure function of the image, the repository and what is recorded.
package struct Plan: Sendable {
    /// A layer of the image. One that the image has twice is here once.
    package struct Layer: Sendable {
        /// As the manifest names it.
        package let descriptor: Descriptor
        /// The digest of its inflated tar.
        package let diffID: Digest
        /// The record beside it in the repository, if there is one.
        package let record: LayerRecord?
        /// Whether it need not be ingested: it has a record, or the operator vouches for it.
        package let isPresent: Bool
    }

    /// The image as its registry has it.
    package let image: ResolvedImage
    /// Its layers, bottom to top.
    package let layers: [Layer]
    /// What will be pushed; nil where no thin image is wanted.
    package let thin: ThinImage?
    /// The last conversion of this very input, if its layers are all there.
    package let earlier: ConversionRecord?
    private let options: ConversionOptions

    /// The paths that ``init(image:repository:contents:earlier:wantsThinImage:options:)`` wants to know of.
    package static func paths(of image: ResolvedImage) -> [BytePath] {
        image.manifest.layers.map(\.digest).flatMap(LayerPresence.paths)
    }

    /// Makes the plan. `contents` is what the repository has of ``paths(of:)``, `earlier` the newest published conversion.
    /// Throws ``ConversionError`` for an image that cannot be converted.
    package init(
        image: ResolvedImage,
        repository fqrn: String,
        contents: [BytePath: [UInt8]],
        earlier: ConversionRecord?,
        wantsThinImage: Bool = true,
        options: ConversionOptions
    ) throws {
        self.image = image
        self.options = options
        layers = try Self.layers(of: image, contents: contents, options: options)
        thin =
            wantsThinImage
            ? try ThinImage(
                origin: image.source,
                layers: image.manifest.layers.map(\.digest),
                original: image.configuration,
                repository: fqrn
            ) : nil
        let isSameInput =
            earlier?.referenceDigest == image.referenceDigest.description
            && earlier?.manifestDigest == image.manifestDigest.description
            && earlier?.platform == image.platform.description
        self.earlier = isSameInput && layers.allSatisfy(\.isPresent) ? earlier : nil
    }

    private static func layers(
        of image: ResolvedImage,
        contents: [BytePath: [UInt8]],
        options: ConversionOptions
    ) throws -> [Layer] {
        let diffIDs = image.configuration.diffIDs
        guard !image.manifest.layers.isEmpty else { throw ConversionError("\(image.source) has no layers") }
        guard diffIDs.count == image.manifest.layers.count else {
            throw ConversionError(
                "\(image.source) has \(image.manifest.layers.count) layers, but its configuration names "
                    + "\(diffIDs.count) diff ids"
            )
        }
        var layers: [Layer] = []
        for (descriptor, diffID) in zip(image.manifest.layers, diffIDs) {
            guard !descriptor.mediaType.isForeignLayer else {
                throw ConversionError(
                    "\(image.source) has the layer \(descriptor.digest), which may not be distributed "
                        + "(\(Printable.text(descriptor.mediaType.rawValue))): a repository would distribute it to every "
                        + "client, so such images are not converted"
                )
            }
            if let twin = layers.first(where: { $0.descriptor.digest == descriptor.digest }) {
                guard twin.diffID == diffID, twin.descriptor.size == descriptor.size else {
                    throw ConversionError(
                        "\(image.source) has the layer \(descriptor.digest) twice, with two sizes or diff ids"
                    )
                }
                continue
            }
            let presence = LayerPresence(of: descriptor.digest, in: contents)
            let record = try contents[RepositoryLayout.layerRecord(descriptor.digest)].map(LayerRecord.decode)
            // Where it is not there it is downloaded, and compared then.
            if presence != .missing, !options.overwriteLayers,
                let contradiction = contradiction(record, descriptor, diffID)
            {
                throw ConversionError(
                    "\(image.source) has the layer \(descriptor.digest), \(contradiction) was verified when the layer was "
                        + "published: the image is damaged, push it anew (--overwrite-layers downloads the layer again)"
                )
            }
            layers.append(
                Layer(
                    descriptor: descriptor,
                    diffID: diffID,
                    record: record,
                    isPresent: presence.suffices(trusting: options.trustExistingLayers)
                )
            )
        }
        return layers
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

    /// Whether there is nothing to do.
    package var isUpToDate: Bool {
        !isForced && earlier != nil && (thin == nil || earlier?.pushed != nil)
    }

    /// Whether the repository has to be looked at: not where only the push of an earlier conversion failed.
    package var needsPublication: Bool { isForced || earlier == nil }

    /// The layers that will be downloaded and ingested.
    package var missing: [Layer] {
        options.overwriteLayers ? layers : layers.filter { !$0.isPresent }
    }

    /// The compressed bytes of those layers.
    package var bytesToDownload: Int64 { missing.reduce(0) { $0 + $1.descriptor.size } }

    private var isForced: Bool { options.convertAgain || options.overwriteLayers }
}
