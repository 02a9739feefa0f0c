package import Plumbing

/// What a document says about content it refers to (OCI image specification, "Content Descriptors").
package struct Descriptor: Hashable, Sendable {
    /// The content's type.
    package var mediaType: MediaType
    /// The content's digest.
    package var digest: Digest
    /// The content's length in bytes, not negative.
    package var size: Int64
    /// In an index: what the image runs on.
    package var platform: Platform?
    /// Every other member (`annotations`, `urls`, `data` …), kept when the descriptor is written again.
    package var otherMembers: [String: JSONValue]

    /// Makes a descriptor.
    package init(
        mediaType: MediaType,
        digest: Digest,
        size: Int64,
        platform: Platform? = nil,
        otherMembers: [String: JSONValue] = [:]
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
        self.otherMembers = otherMembers
    }

    private static let ownMembers: Set<String> = ["mediaType", "digest", "size", "platform"]

    /// Reads a descriptor. Throws ``JSONError``.
    ///
    /// One without a type has the empty one: what it refers to tells what it is.
    package init(_ reader: JSONReader) throws {
        mediaType = MediaType(rawValue: try reader.optional("mediaType")?.string() ?? "")
        digest = try reader.member("digest").digest()
        let size = try reader.member("size")
        self.size = try size.integer()
        if self.size < 0 { throw size.fault("must not be negative") }
        platform = try reader.optional("platform").flatMap(Platform.init(_:))
        otherMembers = try reader.object().filter { !Self.ownMembers.contains($0.key) }
    }

    /// The descriptor as JSON.
    package var json: JSONValue {
        var members = otherMembers
        members["mediaType"] = .string(mediaType.rawValue)
        members["digest"] = .string(digest.description)
        members["size"] = .integer(size)
        members["platform"] = platform?.json
        return .object(members)
    }
}
