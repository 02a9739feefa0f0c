package import Plumbing

/// In JSON a platform is an object; members that this program does not use (`os.version`) are left out.
extension Platform {
    /// Reads the object of an index entry. Throws ``JSONError``.
    package init(_ reader: JSONReader) throws {
        self.init(
            os: try reader.member("os").string(),
            architecture: try reader.member("architecture").string(),
            variant: try reader.optional("variant")?.string()
        )
    }

    /// The platform as JSON.
    package var json: JSONValue {
        var members: [String: JSONValue] = ["os": .string(os), "architecture": .string(architecture)]
        members["variant"] = variant.map(JSONValue.string)
        return .object(members)
    }
}
