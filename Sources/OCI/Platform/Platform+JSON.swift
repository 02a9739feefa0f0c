package import Plumbing

/// In JSON a platform is an object; members that this program does not use (`os.version`) are left out.
extension Platform {
    /// Reads the object of an index entry; nil where it names no architecture, as `{}`. Throws ``JSONError``.
    package init?(_ reader: JSONReader) throws {
        let os = try reader.optional("os")?.string() ?? ""
        let architecture = try reader.optional("architecture")?.string() ?? ""
        guard !os.isEmpty, !architecture.isEmpty else { return nil }
        self.init(os: os, architecture: architecture, variant: try reader.optional("variant")?.string())
    }

    /// The platform as JSON.
    package var json: JSONValue {
        var members: [String: JSONValue] = ["os": .string(os), "architecture": .string(architecture)]
        members["variant"] = variant.map(JSONValue.string)
        return .object(members)
    }
}
