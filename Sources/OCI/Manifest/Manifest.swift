import Plumbing

/// An image manifest: its configuration and its layers (OCI "Image Manifest", Docker "Image Manifest V 2, Schema 2").
package struct Manifest: Hashable, Sendable {
    /// The manifest's own type, which OCI manifests may leave out.
    package var mediaType: MediaType?
    /// The image configuration.
    package var config: Descriptor
    /// The layers, bottom to top.
    package var layers: [Descriptor]

    /// Makes a manifest.
    package init(mediaType: MediaType, config: Descriptor, layers: [Descriptor]) {
        self.mediaType = mediaType
        self.config = config
        self.layers = layers
    }

    init(_ reader: JSONReader) throws {
        mediaType = try reader.optional("mediaType").map { MediaType(rawValue: try $0.string()) }
        config = try Descriptor(reader.member("config"))
        // Go programs write null for an empty list.
        layers = try reader.optional("layers")?.array().map(Descriptor.init(_:)) ?? []
    }

    /// The manifest as JSON; equal manifests give equal bytes.
    package func encoded() throws -> [UInt8] {
        var members: [String: JSONValue] = [
            "schemaVersion": .integer(2), "config": config.json, "layers": .array(layers.map(\.json)),
        ]
        members["mediaType"] = mediaType.map { .string($0.rawValue) }
        return try JSONDocument.encode(JSONValue.object(members))
    }
}
