import Foundation
import OCI
package import Plumbing

/// Where things lie in the additional image store that podman reads: `podmanStore/`, as containers/storage has it with its
/// overlay driver, one layer for each image, whose content is the image's tree (docs/podman.md).
package enum PodmanStore {
    /// The store, as `additionalimagestores` names it.
    package static let root = path(["podmanStore"])
    /// The list of images.
    package static let images = path(["podmanStore", "overlay-images", "images.json"])
    /// Locked for reading: podman refuses a store without it, since it cannot make it.
    package static let imagesLock = path(["podmanStore", "overlay-images", "images.lock"])
    /// The list of layers.
    package static let layers = path(["podmanStore", "overlay-layers", "layers.json"])
    /// Locked for reading, as ``imagesLock``.
    package static let layersLock = path(["podmanStore", "overlay-layers", "layers.lock"])
    /// The lists and their locks: without any of them podman refuses the store.
    static let lists = [images, imagesLock, layers, layersLock]
    /// Where each image has a folder.
    static let imageFolders = path(["podmanStore", "overlay-images"])
    /// The name of the manifest among an image's data (`ImageDigestBigDataKey`).
    static let manifestName = "manifest"

    /// The folder of an image's data; `image` is its id.
    static func folder(image: String) -> BytePath { path(["podmanStore", "overlay-images", image]) }

    /// An item of an image's data, by its name.
    static func data(_ name: String, of image: String) -> BytePath {
        folder(image: image).appending(path([dataFile(name)]))
    }

    /// The folder of a layer.
    static func folder(layer: String) -> BytePath { path(["podmanStore", "overlay", layer]) }

    /// The file that says by which short name the layer is mounted.
    static func link(ofLayer layer: String) -> BytePath { folder(layer: layer).appending(path(["link"])) }

    /// What leads to the layer's content.
    static func diff(ofLayer layer: String) -> BytePath { folder(layer: layer).appending(path(["diff"])) }

    /// The short name itself: a link to the layer's `diff`.
    static func shortName(_ link: String) -> BytePath { path(["podmanStore", "overlay", "l", link]) }

    /// The names of images, each a link to the id of the image that has it: what `images.json` says of names, one by one. podman
    /// does not look there.
    static let names = path(["podmanStore", "names"])

    /// The link of one name: `podmanStore/names/AB/NAME`, AB being the first digits of the name's SHA-256. Throws where libcrypto
    /// fails.
    package static func name(_ name: String) throws -> BytePath {
        let hash = try Digest.sha256(of: Array(name.utf8)).hex
        return names.appending(path([String(hash.prefix(2))] + name.split(separator: "/").map(String.init)))
    }

    /// The id of the layer that is an image's tree. Not the image's id: podman would take the configuration, which goes by that
    /// digest, for a layer. Throws where libcrypto fails.
    static func layer(ofImage id: String) throws -> String { try Digest.sha256(of: Array("flat:\(id)".utf8)).hex }

    /// A layer's short name, always the same: 26 digits of base 32 (RFC 4648 §6) of its id.
    static func shortName(ofLayer layer: String) -> String {
        var bits: UInt32 = 0
        var count: UInt32 = 0
        var name = ""
        for byte in Hex.decode(layer) ?? [] {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 5, name.utf8.count < shortNameLength {
                count -= 5
                name.append(digits[Int(bits >> count & 31)])
            }
            bits &= 0xFF
        }
        return name
    }

    private static let shortNameLength = 26
    private static let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")

    /// The directories of the store that get a catalog of their own: the store as a whole, the two with several entries
    /// for each image, and those that names are spread over.
    static func nestedDirectories(above target: BytePath) -> [BytePath] {
        var nested = [root, path(["podmanStore", "overlay"]), path(["podmanStore", "overlay-images"])]
        if target.starts(with: names), let spread = BytePath(components: target.components.prefix(names.depth + 1)) {
            nested += [names, spread]
        }
        return nested.filter { target.starts(with: $0) && target.depth > $0.depth + 1 }
    }

    /// A path of names that can be such. Where one of them cannot, as in a list that somebody else wrote, nothing is there.
    static func path(_ components: [String]) -> BytePath {
        BytePath(components: components.map { Array($0.utf8) }) ?? nowhere
    }

    /// A place where nothing is.
    private static let nowhere = BytePath(components: ["podmanStore", "\u{1}"].map { Array($0.utf8) }) ?? BytePath()
}
