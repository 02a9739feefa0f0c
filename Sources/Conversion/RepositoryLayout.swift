package import OCI
package import Plumbing

/// Where things lie in a repository (docs/architecture.md, decision 6): what containerd's CVMFS snapshotter, podman and
/// the thin images expect, and nested catalogs so that a commit rewrites a handful of small ones.
package enum RepositoryLayout {
    static let layers = path([".layers"])
    static let metadata = path([".metadata"])

    /// `.layers/AB/HEX`: everything of one layer, HEX being the digest of the compressed bytes.
    package static func layer(_ digest: Digest) -> BytePath {
        path([".layers", String(digest.hex.prefix(2)), digest.hex])
    }

    /// The layer's content, the root of a catalog of its own.
    package static func layerRoot(_ digest: Digest) -> BytePath {
        layer(digest).appending(path(["layerfs"]))
    }

    /// The ``LayerRecord`` beside it.
    package static func layerRecord(_ digest: Digest) -> BytePath {
        record(of: layer(digest))
    }

    /// The record in a layer's directory.
    static func record(of layer: BytePath) -> BytePath {
        layer.appending(path([".metadata", "layer.json"]))
    }

    /// `.metadata/REGISTRY/REPOSITORY:TAG`, or `REPOSITORY@sha256:HEX` where a digest pins the image.
    ///
    /// Images of this machine: `.metadata/oci/PATH:NAME`, `.metadata/docker-archive/PATH:NAME`.
    package static func image(_ source: ImageSource) -> BytePath {
        switch source {
        case .registry(let reference): image(reference)
        case .local(let name): path([".metadata"] + name.metadataComponents)
        }
    }

    private static func image(_ reference: ImageReference) -> BytePath {
        var components = [".metadata", reference.layoutHost]
        components += reference.repository.split(separator: "/").map(String.init)
        let suffix = reference.digest.map { "@\($0)" } ?? ":\(reference.tag ?? "latest")"
        components[components.count - 1] += suffix
        return path(components)
    }

    /// The directories on the way to a path, the path included, that get a catalog of their own, outermost first.
    ///
    /// Below `.layers` it is each fan-out directory; below `.metadata` each registry and each of its top-level groups.
    package static func nestedDirectories(above target: BytePath) -> [BytePath] {
        let depth = target.starts(with: layers) ? 2 : target.starts(with: metadata) ? 3 : 0
        let components = target.components
        // The directory of one image or layer is no group of them: it stays in its group's catalog.
        return (1...3).filter { $0 <= depth && $0 < components.count - 1 }.compactMap {
            BytePath(components: components.prefix($0))
        }
    }

    private static func path(_ components: [String]) -> BytePath {
        // Digests and references are validated: no part of them is empty, `.`, `..` or holds a slash.
        BytePath(components: components.map { Array($0.utf8) }) ?? BytePath()
    }
}
