import CVMFS
import OCI
import Plumbing

/// Images that another program made in a repository before Wafer took it over. Such an image stays as it is, and counts as
/// published, as long as its name stands for it (docs/adopting.md).
package struct AdoptedImages: Sendable {
    /// Whether the repository was adopted.
    package let areThere: Bool

    /// Those of a repository.
    package init(areThere: Bool) {
        self.areThere = areThere
    }

    /// Who made an image.
    package enum Maker: Sendable, Equatable {
        /// DUCC: a manifest, layers with records of their own, a tree, perhaps an entry for podman.
        case ducc
        /// OSG's `cvmfs-singularity-sync`: a tree and a name that leads to it.
        case osg
    }

    /// What of a repository tells who made an image.
    func paths(of image: NamedManifest) throws -> [BytePath] {
        let own = try RepositoryLayout.ImageFile.manifest.path(in: RepositoryLayout.image(image.source))
        return [own, AdoptedImage.manifest(of: image.source)]
            + image.manifest.layers.map { AdoptedLayer.record(of: $0.digest) }
    }

    /// Who made this very image, whatever else its name stood for; nil where Wafer did, or nobody.
    func maker(of image: NamedManifest, in contents: [BytePath: [UInt8]]) throws -> Maker? {
        guard areThere, image.place == .only else { return nil }
        // What Wafer made it writes down elsewhere.
        let own = try RepositoryLayout.ImageFile.manifest.path(in: RepositoryLayout.image(image.source))
        guard contents[own] == nil else { return nil }
        // OSG's program writes nothing down but the name, which is compared by what is made of the tree.
        guard let bytes = contents[AdoptedImage.manifest(of: image.source)] else { return .osg }
        return AdoptedImage.decode(bytes).map { image.manifest.namesTheSame(as: $0) } == true ? .ducc : nil
    }
}

/// Where DUCC writes what it knows of an image, and how.
enum AdoptedImage {
    /// The manifest, of which the bytes are not those of the registry. Of an image without a tag it says no digest: two of
    /// them share it.
    static func manifest(of source: ImageSource) -> BytePath {
        RepositoryLayout.ImageFile.manifest.path(in: folder(of: source))
    }

    /// `.metadata/REGISTRY/REPOSITORY[:TAG]`.
    static func folder(of source: ImageSource) -> BytePath {
        guard case .registry(let image) = source, image.digest != nil else {
            return RepositoryLayout.formerImage(source)
        }
        let suffix = image.tag.map { ":\($0)" } ?? ""
        let name = "\(image.layoutHost)/\(image.repository)\(suffix)"
        return RepositoryLayout.metadata.appending(RepositoryLayout.path(name.split(separator: "/").map(String.init)))
    }

    /// Nil for what is no manifest.
    static func decode(_ bytes: [UInt8]) -> Manifest? {
        guard case .image(let manifest)? = try? RawManifest(bytes: bytes).decoded else { return nil }
        return manifest
    }

    /// As DUCC names an image in podman's store.
    static func podmanName(of source: ImageSource) -> String? {
        guard case .registry = source else { return nil }
        let components = folder(of: source).components.dropFirst(RepositoryLayout.metadata.depth)
        return components.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    }
}

extension Manifest {
    /// Whether another one is of the same image, whatever else it says.
    func namesTheSame(as other: Manifest) -> Bool {
        config.digest == other.config.digest && layers.map(\.digest) == other.layers.map(\.digest)
    }
}
