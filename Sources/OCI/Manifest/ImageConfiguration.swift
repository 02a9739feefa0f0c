package import Plumbing

/// An image configuration (OCI "Image Configuration", Docker's is the same in what is used here).
package struct ImageConfiguration: Sendable, Equatable {
    /// The exact bytes, whose digest the manifest names.
    package let bytes: [UInt8]
    /// Every member, known or not: what an edited configuration starts from.
    package let document: [String: JSONValue]
    /// `amd64` …; `unknown` where the document does not say.
    package let architecture: String
    /// `linux` …; `unknown` where the document does not say.
    package let os: String
    /// The architecture's variant, if any.
    package let variant: String?
    /// When the image was made, as the document writes it (RFC 3339), if it says.
    package let created: String?
    /// The digest of each layer's uncompressed tar, bottom to top.
    package let diffIDs: [Digest]
    /// How each layer came to be, with entries for steps that made none.
    package let history: [ImageHistory]

    /// Reads a configuration. Throws ``OCIError/invalidDocument(_:)``.
    package init(bytes: [UInt8]) throws {
        self.bytes = bytes
        do {
            let reader = try JSONReader(parsing: bytes, kind: "image configuration")
            document = try reader.object()
            architecture = try reader.optional("architecture")?.string() ?? "unknown"
            os = try reader.optional("os")?.string() ?? "unknown"
            variant = try reader.optional("variant")?.string()
            created = try reader.optional("created")?.string()
            // Go programs write null for an empty list, and `optional` takes null for missing.
            diffIDs = try reader.member("rootfs").optional("diff_ids")?.array().map { try $0.digest() } ?? []
            history = try reader.optional("history")?.array().map(ImageHistory.init(_:)) ?? []
            _ = try reader.optional("config")?.object()
        } catch let error as JSONError {
            throw OCIError.invalidDocument(error)
        }
    }

    /// What the image runs on.
    package var platform: Platform { Platform(os: os, architecture: architecture, variant: variant) }

    /// The execution parameters (`Env`, `Entrypoint`, `Cmd`, `User` …), empty where there are none.
    package var config: [String: JSONValue] { document["config"]?.object ?? [:] }
}
