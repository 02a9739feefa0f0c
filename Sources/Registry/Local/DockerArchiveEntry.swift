import Plumbing

/// An image of an archive's `manifest.json`.
struct DockerArchiveEntry: Sendable {
    /// The file's name, which also names it in errors.
    static let file = "manifest.json"

    /// The member that is the image's configuration.
    let configuration: String
    /// The members that are its layers, bottom to top.
    let layers: [String]
    /// The image's names, `app:1`.
    let tags: [String]

    init(_ reader: JSONReader) throws {
        configuration = try reader.member("Config").string()
        layers = try reader.optional("Layers")?.array().map { try $0.string() } ?? []
        tags = try reader.optional("RepoTags")?.array().map { try $0.string() } ?? []
    }
}
