import Plumbing

/// An image index or Docker manifest list: one image for each platform.
package struct Index: Hashable, Sendable {
    /// The index's own type, which OCI indexes may leave out.
    package var mediaType: MediaType?
    /// The images, in the order of the index.
    package var manifests: [Descriptor]
    /// What is wrong with the entries that cannot be read: that is of interest only where the wanted image is not among the
    /// others.
    package private(set) var unreadable: [String] = []

    /// Makes an index.
    package init(mediaType: MediaType, manifests: [Descriptor]) {
        self.mediaType = mediaType
        self.manifests = manifests
    }

    init(_ reader: JSONReader) throws {
        mediaType = try reader.optional("mediaType").map { MediaType(rawValue: try $0.string()) }
        manifests = []
        for entry in try reader.optional("manifests")?.array() ?? [] {
            do {
                manifests.append(try Descriptor(entry))
            } catch let error as JSONError {
                unreadable.append(error.problem)
            }
        }
    }

    /// The index as JSON; equal indexes give equal bytes.
    package func encoded() throws -> [UInt8] {
        var members: [String: JSONValue] = [
            "schemaVersion": .integer(2), "manifests": .array(manifests.map(\.json)),
        ]
        members["mediaType"] = mediaType.map { .string($0.rawValue) }
        return try JSONDocument.encode(JSONValue.object(members))
    }
}
