package import Plumbing

/// An image configuration (OCI "Image Configuration", Docker's is the same in what is used here).
package struct ImageConfiguration: Sendable, Equatable {
    /// The exact bytes, whose digest the manifest names.
    package let bytes: [UInt8]
    /// Every member, known or not: what an edited configuration starts from. Only those below are judged.
    package let document: [String: JSONValue]
    /// `amd64` …; `unknown` where the document does not say.
    package let architecture: String
    /// `linux` …; `unknown` where the document does not say.
    package let os: String
    /// The architecture's variant, if any.
    package let variant: String?
    /// When the image was made, as the document writes it (RFC 3339), if it says.
    package let created: String?
    /// The execution parameters (`Env`, `Entrypoint`, `Cmd`, `User` …), empty where there are none.
    package let config: [String: JSONValue]
    /// `Env` of these, in any spelling.
    package let environment: [JSONValue]
    /// The digest of each layer's uncompressed tar, bottom to top.
    package let diffIDs: [Digest]

    /// Reads a configuration. Throws ``OCIError/invalidDocument(_:)``.
    package init(bytes: [UInt8]) throws {
        self.bytes = bytes
        do {
            let reader = try JSONReader(parsing: bytes, kind: "image configuration")
            document = try reader.object()
            architecture = try reader.optional("architecture")?.string() ?? "unknown"
            os = try reader.optional("os")?.string() ?? "unknown"
            variant = try reader.optional("variant")?.string()
            created = try reader.optional("created")?.value.string
            // Go programs write null for an empty list, and `optional` takes null for missing.
            diffIDs = try reader.member("rootfs").optional("diff_ids")?.array().map { try $0.digest() } ?? []
            let config = try reader.optional("config")
            self.config = try config?.object() ?? [:]
            environment = try config?.optional("Env")?.array().map(\.value) ?? []
        } catch let error as JSONError {
            throw OCIError.invalidDocument(error)
        }
    }

    /// What the image runs on.
    package var platform: Platform { Platform(os: os, architecture: architecture, variant: variant) }

}
