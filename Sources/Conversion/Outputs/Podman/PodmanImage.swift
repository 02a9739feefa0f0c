package import OCI
package import Plumbing
package import Registry

/// An image as it stands in a ``PodmanStore``: its documents, the names it goes by, and its tree as its only layer.
package struct PodmanImage: Sendable, Equatable {
    /// The hexadecimal digits of the configuration's digest.
    package let id: String
    /// The names that podman looks it up by, in order; those it had keep standing beside them.
    package let names: [String]
    /// The manifest's exact bytes, and their SHA-256 digest.
    package let manifest: [UInt8]
    package let manifestDigest: Digest
    /// The configuration's exact bytes.
    package let configuration: [UInt8]
    /// When it was made, as the configuration says (RFC 3339), if it does.
    package let created: String?
    /// The bytes of all files in its tree: what `podman images` shows.
    package private(set) var size: Int64
    /// The tree, from the root of the repository. Its name is the id, as a check sees that no image has another's.
    package let tree: BytePath

    /// An image that podman reads.
    ///
    /// Throws ``ConversionError`` with the reason where podman could not: the image gets no entry then, since one that podman
    /// does not read ends `podman images` for all of them.
    package init(
        names: [String],
        manifest: [UInt8],
        configuration: [UInt8],
        size: Int64,
        tree: BytePath
    ) throws {
        let digest = try PodmanDocuments.configuration(ofManifest: manifest)
        guard digest.algorithm == .sha256 else {
            throw ConversionError("podman's ids are SHA-256 digests, and the image's configuration goes by \(digest)")
        }
        let found = try Digest.sha256(of: configuration)
        guard found == digest else {
            throw ConversionError("the image's manifest names the configuration \(digest), and this one is \(found)")
        }
        guard tree.name == Array(digest.hex.utf8) else {
            throw ConversionError("the tree of the image \(digest) cannot be \(tree.absolute)")
        }
        for name in names where !PodmanName.isNormal(name) {
            throw ConversionError("\"\(Printable.text(name))\" is no name that podman asks for")
        }
        id = digest.hex
        self.names = Set(names).sorted()
        self.manifest = manifest
        manifestDigest = try .sha256(of: manifest)
        self.configuration = configuration
        created = try PodmanDocuments.created(inConfiguration: configuration)
        self.size = size
        self.tree = tree
    }

    /// The same of a tree whose files have so many bytes.
    func sized(_ size: Int64) -> PodmanImage {
        var image = self
        image.size = size
        return image
    }

    /// An image of a registry or of this machine, by the name it was asked for. Throws as the other does.
    package init(_ image: ResolvedImage, size: Int64, tree: BytePath) throws {
        try self.init(
            names: PodmanName.names(of: image.source),
            manifest: image.raw.bytes,
            configuration: image.configuration.bytes,
            size: size,
            tree: tree
        )
    }
}
