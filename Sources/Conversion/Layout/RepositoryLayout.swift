import CVMFS
package import OCI
package import Plumbing

/// Where things lie in a repository (docs/decisions/006-layout.md): what containerd's CVMFS snapshotter, podman and
/// the thin images expect, and nested catalogs so that a commit rewrites a handful of small ones.
package enum RepositoryLayout {
    static let layers = path([".layers"])
    static let metadata = path([".metadata"])
    static let platformImages = path([".metadata", ".multiarch"])
    package static let images = path([".metadata", ".images"])

    /// `.layers/AB/HEX`: everything of one layer, HEX being the digest of the compressed bytes.
    package static func layer(_ digest: Digest) -> BytePath {
        path([".layers", String(digest.hex.prefix(2)), digest.hex])
    }

    /// The layer's content, the root of a catalog of its own.
    package static func layerRoot(_ digest: Digest) -> BytePath {
        layer(digest).appending(path(["layerfs"]))
    }

    /// What a layer has from those below it: `.layers/AB/HEX/.metadata/base.json`, where it has something.
    static func layerBase(at root: BytePath) -> BytePath {
        (root.parent ?? root).appending(path([".metadata", "base.json"]))
    }

    /// The ``LayerRecord`` beside it.
    package static func layerRecord(_ digest: Digest) -> BytePath {
        record(of: layer(digest))
    }

    /// The record in a layer's directory.
    static func record(of layer: BytePath) -> BytePath {
        layer.appending(path([".metadata", "layer.json"]))
    }

    /// The layer whose content is at a path or above it; nil for what is not content of a layer.
    static func layer(above path: BytePath) -> BytePath? {
        let components = path.components
        guard path.starts(with: layers), components.count > 3, components[3].elementsEqual("layerfs".utf8) else {
            return nil
        }
        return BytePath(components: components.prefix(3))
    }

    /// `.metadata/.images/A/B/REGISTRY/REPOSITORY:TAG`, or `REPOSITORY@sha256:HEX` where a digest pins the image; A and B
    /// are the first digits of the SHA-256 of what follows them. Throws where libcrypto fails.
    ///
    /// Images of this machine: `oci/PATH:NAME` and `docker-archive/PATH:NAME` in the place of `REGISTRY/…`. A folder's
    /// entries are in one catalog, so names that lie side by side would all be written again for each image; this way it
    /// is a small part of them, however many images there are and however they are named.
    ///
    /// Where several platforms are wanted, `.metadata/.multiarch/ARCHITECTURE[:VARIANT]/A/B/…` has each.
    package static func image(_ source: ImageSource, _ place: ImagePlace = .only) throws -> BytePath {
        let name = name(source)
        let hash = try Digest.sha256(of: Array(name.joined(separator: "/").utf8)).hex
        let above = place.platform.map { platformImages.appending(path([$0.directory])) } ?? images
        return above.appending(path(hash.prefix(fanOut).map(String.init) + name))
    }

    /// The ``ImageRecord`` of an image's name, whatever the platforms are. Throws where libcrypto fails.
    package static func imageRecord(_ source: ImageSource) throws -> BytePath {
        try image(source).appending(Array("image.json".utf8))
    }

    /// How records name an image: `REGISTRY/REPOSITORY:TAG`.
    static func imageName(_ source: ImageSource) -> String { name(source).joined(separator: "/") }

    /// `.metadata/REGISTRY/REPOSITORY:TAG`, where earlier versions wrote it.
    static func formerImage(_ source: ImageSource) -> BytePath {
        metadata.appending(path(name(source)))
    }

    /// The image's files.
    package enum ImageFile: String, CaseIterable, Sendable {
        /// The platform's manifest, byte for byte.
        case manifest = "manifest.json"
        /// The index it was chosen from, byte for byte.
        case index = "index.json"
        /// The ``Provenance``.
        case provenance = "provenance.json"

        /// The file's name.
        var name: [UInt8] { Array(rawValue.utf8) }

        package func path(in image: BytePath) -> BytePath { image.appending(name) }
    }

    /// Where an image's manifest may lie: where it is written now, and where earlier versions wrote it.
    package static func manifests(of source: ImageSource, _ place: ImagePlace = .only) throws -> [BytePath] {
        let former = place == .only ? [formerImage(source)] : []
        return ([try image(source, place)] + former).map(ImageFile.manifest.path)
    }

    /// The manifest of an image among what a repository has of ``manifests(of:)``; nil where it has none.
    static func manifest(
        of source: ImageSource,
        _ place: ImagePlace = .only,
        in contents: [BytePath: [UInt8]]
    ) throws -> [UInt8]? {
        try manifests(of: source, place).lazy.compactMap { contents[$0] }.first
    }

    private static func name(_ source: ImageSource) -> [String] {
        switch source {
        case .registry(let reference): name(reference)
        case .local(let name): name.metadataComponents
        }
    }

    private static func name(_ reference: ImageReference) -> [String] {
        var components = [reference.layoutHost]
        components += reference.repository.split(separator: "/").map(String.init)
        let suffix = reference.digest.map { "@\($0)" } ?? ":\(reference.tag ?? "latest")"
        components[components.count - 1] += suffix
        return components
    }

    /// The directories on the way to a path, the path included, that get a catalog of their own, outermost first.
    ///
    /// Below `.layers` it is each fan-out directory; below `.metadata` too, for images and for their former places; of podman's
    /// store the parts with entries for each image.
    package static func nestedDirectories(above target: BytePath) -> [BytePath] {
        if target.starts(with: PodmanStore.root) { return PodmanStore.nestedDirectories(above: target) }
        let depths: [Int] =
            if target.starts(with: layers) || target.starts(with: trees) {
                [1, 2]
            } else if target.starts(with: treeRecords) {
                [1, 2, 3]
            } else if target.starts(with: images) {
                // `.images` itself has 16 entries, which are few enough to stay above.
                [1] + (1...fanOut).map { images.components.count + $0 }
            } else if target.starts(with: platformImages) {
                [1, 2, 3] + (1...fanOut).map { platformImages.components.count + 1 + $0 }
            } else {
                []
            }
        let components = target.components
        // What lies in a group is no group itself: it stays in the group's catalog.
        return depths.filter { $0 < components.count }.compactMap {
            BytePath(components: components.prefix($0))
        }
    }

    /// The same for what an edit puts there.
    static func nestedDirectories(above edit: TreeEdit) -> [BytePath] {
        if case .name = edit.change { return nestedDirectories(aboveName: edit.path) }
        return nestedDirectories(above: edit.path)
    }

    /// Whether a directory stays when nothing is left in it: Wafer's own at the top.
    static func staysEmpty(_ directory: BytePath) -> Bool {
        let first = directory.components.first ?? []
        return directory.depth == 0
            || directory.depth == 1 && (first.first == UInt8(ascii: ".") || directory == PodmanStore.root)
    }

    /// The levels between `.images` and an image. At two, 10,000 images are 40 to a catalog.
    private static let fanOut = 2

    static func path(_ components: [String]) -> BytePath {
        // Digests and references are validated: no part of them is empty, `.`, `..` or holds a slash.
        BytePath(components: components.map { Array($0.utf8) }) ?? BytePath()
    }
}
