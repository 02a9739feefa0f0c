import Plumbing

/// What the two lists say of an image. A member that is nil is taken away.
extension PodmanImage {
    /// The configuration among the image's data goes by its digest.
    var configurationName: String { "sha256:\(id)" }

    /// Its layer's id. Throws where libcrypto fails.
    var layer: String { get throws { try PodmanStore.layer(ofImage: id) } }

    /// The members of `images.json`, with these names.
    func imageMembers(named names: [String]) throws -> [String: JSONValue?] {
        [
            "names": names.isEmpty ? nil : .array(names.map(JSONValue.string)),
            "id": .string(id),
            "layer": .string(try layer),
            "digest": .string("\(manifestDigest)"),
            "created": created.map(JSONValue.string),
            "big-data-names": .array([.string(configurationName), .string(PodmanStore.manifestName)]),
            "big-data-sizes": .object([
                configurationName: .integer(Int64(configuration.count)),
                PodmanStore.manifestName: .integer(Int64(manifest.count)),
            ]),
            "big-data-digests": .object([
                configurationName: .string(configurationName),
                PodmanStore.manifestName: .string("\(manifestDigest)"),
            ]),
        ]
    }

    /// The members of `layers.json`. The digest of the difference must be there, or podman counts the size as unknown and
    /// fails; it is that of nothing, and not the configuration's (``PodmanStore/layer(ofImage:)``).
    func layerMembers() throws -> [String: JSONValue?] {
        let layer = try layer
        return [
            "id": .string(layer), "diff-digest": .string("sha256:\(layer)"), "diff-size": .integer(size),
            "created": created.map(JSONValue.string),
        ]
    }
}
