import Layers
package import OCI
import Plumbing

/// The image of a few kilobytes that says where the layers are: its only layer holds `thin.json`, version 1.0.
///
/// A pure function of its input: made twice it is the same, byte for byte (docs/registry-and-images.md).
package struct ThinImage: Sendable, Equatable {
    /// The family of its media types.
    package let form: ThinForm
    /// The layer's gzip bytes.
    package let layer: [UInt8]
    /// The configuration: the original's, with `CVMFS_IMAGE=true` and the one layer.
    package let configuration: [UInt8]
    /// The manifest's exact bytes.
    package let manifest: [UInt8]
    /// The descriptors of configuration and layer, with which they are pushed.
    package let configurationDescriptor: Descriptor
    package let layerDescriptor: Descriptor
    /// The manifest's digest.
    package let digest: Digest

    /// Makes the thin image of an image.
    ///
    /// - Parameters:
    ///   - origin: the input as the operator named it.
    ///   - layers: the digests of the image's layers, bottom to top.
    ///   - original: the image's configuration.
    ///   - fqrn: the repository that holds the layers.
    ///   - form: the family of media types.
    ///   - writer: the version of Wafer that its history names.
    /// - Throws: what encoding and compression throw.
    package init(
        origin: ImageSource,
        layers: [Digest],
        original: ImageConfiguration,
        repository fqrn: String,
        form: ThinForm = .docker,
        writer: String = WaferVersion.name
    ) throws {
        let document = ThinDocument(
            origin: origin.description,
            layers: layers.map { digest in
                let path = RepositoryLayout.layerRoot(digest).description
                return ThinDocument.Layer(digest: digest.hex, url: "cvmfs://\(fqrn)/\(path)")
            }
        )
        var tar = TarWriter()
        try tar.add(name: "thin.json", bytes: try JSONDocument.encode(document))
        let archive = tar.finish()
        try self.init(
            layer: Gzip.compress(archive),
            configuration: JSONDocument.encode(
                Self.configuration(of: original, diffID: try .sha256(of: archive), origin: origin, writer: writer)
            ),
            form
        )
    }

    private init(layer: [UInt8], configuration: [UInt8], _ form: ThinForm) throws {
        self.form = form
        self.layer = layer
        self.configuration = configuration
        layerDescriptor = Descriptor(
            mediaType: form.layer,
            digest: try .sha256(of: layer),
            size: Int64(layer.count)
        )
        configurationDescriptor = Descriptor(
            mediaType: form.configuration,
            digest: try .sha256(of: configuration),
            size: Int64(configuration.count)
        )
        manifest = try Manifest(
            mediaType: form.manifest,
            config: configurationDescriptor,
            layers: [layerDescriptor]
        ).encoded()
        digest = try .sha256(of: manifest)
    }

    /// The same image with other media types: only the manifest differs.
    package func inForm(_ form: ThinForm) throws -> ThinImage {
        try ThinImage(layer: layer, configuration: configuration, form)
    }

    private static func configuration(
        of original: ImageConfiguration,
        diffID: Digest,
        origin: ImageSource,
        writer: String
    ) -> [String: JSONValue] {
        var document = original.document
        var config = original.config
        let mark = "CVMFS_IMAGE=true"
        var environment = original.environment
        environment.removeAll { $0.string?.hasPrefix("CVMFS_IMAGE=") == true }
        config.setField("Env", .array(environment + [.string(mark)]))
        document.setField("config", .object(config))
        document.setField(
            "rootfs",
            .object(["type": .string("layers"), "diff_ids": .array([.string("\(diffID)")])])
        )
        var step: [String: JSONValue] = [
            "created_by": .string(writer),
            "comment": .string("thin image of \(origin)"),
        ]
        if let created = original.created { step["created"] = .string(created) }
        document.setField("history", .array([.object(step)]))
        return document
    }
}

/// `thin.json` (docs/registry-and-images.md).
private struct ThinDocument: Encodable {
    let version = "1.0"
    let origin: String
    let layers: [Layer]

    struct Layer: Encodable {
        /// Without the algorithm.
        let digest: String
        let url: String
    }
}
