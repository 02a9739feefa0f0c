import Conversion
import OCI
import Plumbing
import Registry

/// The same for scripts, with whole digests and every parameter.
extension ImageReport {
    /// One object; names that have no value are `null`.
    var json: JSONValue {
        .object([
            "name": .string(image.source.description),
            "digest": .string(image.referenceDigest.description),
            "media_type": .string((image.index ?? image.raw).mediaType.rawValue),
            "platform": .string(image.platform.description),
            "platforms": platforms,
            "manifest_digest": .string(image.manifestDigest.description),
            "manifest_media_type": .string(image.raw.mediaType.rawValue),
            "config_digest": .string(image.manifest.config.digest.description),
            "created": image.configuration.created.map(JSONValue.string) ?? .null,
            "config": .object(image.configuration.config),
            "layers": .array(layers),
            "repository": holdings.map(Self.json) ?? .null,
        ])
    }

    private static func json(_ holdings: RepositoryHoldings) -> JSONValue {
        .object([
            "name": .string(holdings.fqrn),
            "image": .string(holdings.name.rawValue),
            "tree": holdings.tree.map { .string("/cvmfs/\(holdings.fqrn)\($0.absolute)") } ?? .null,
            "podman_names": holdings.podmanNames.map { .array($0.map(JSONValue.string)) } ?? .null,
        ])
    }

    private var platforms: JSONValue {
        guard case .index(let index) = image.index?.decoded else { return .null }
        return .array(
            index.manifests.filter { !$0.isAttestation }.map { entry in
                .object([
                    "digest": .string(entry.digest.description),
                    "platform": entry.platform.map { .string($0.description) } ?? .null,
                ])
            }
        )
    }

    private var layers: [JSONValue] {
        image.manifest.layers.enumerated().map { number, layer in
            let diffIDs = image.configuration.diffIDs
            return .object([
                "digest": .string(layer.digest.description),
                "diff_id": number < diffIDs.count ? .string(diffIDs[number].description) : .null,
                "size": .integer(layer.size),
                "media_type": .string(layer.mediaType.rawValue),
                "in_repository": holdings.map { .string($0.layer(layer.digest).rawValue) } ?? .null,
            ])
        }
    }
}
