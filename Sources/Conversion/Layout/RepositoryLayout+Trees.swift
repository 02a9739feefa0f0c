package import OCI
package import Plumbing

/// Where root file systems lie, and the names by which people reach them.
extension RepositoryLayout {
    static let trees = path([".flat"])
    static let treeRecords = path([".metadata", ".flat"])

    /// `.flat/AB/HEX`: the tree of an image, HEX being the digest of its configuration.
    package static func tree(_ image: Digest) -> BytePath {
        trees.appending(path([String(image.hex.prefix(2)), image.hex]))
    }

    /// Its ``TreeRecord``: `.metadata/.flat/AB/HEX.json`.
    package static func treeRecord(_ image: Digest) -> BytePath {
        treeRecords.appending(path([String(image.hex.prefix(2)), image.hex + ".json"]))
    }

    /// Why an image has no place in podman's store, where it shall have one: `.metadata/.flat/AB/HEX.podman.txt`.
    static func podmanRefusal(_ image: Digest) -> BytePath {
        treeRecords.appending(path([String(image.hex.prefix(2)), image.hex + ".podman.txt"]))
    }

    /// The way from the directory of a link to the repository's root: links lead there wherever it is mounted.
    static func up(from name: BytePath) -> [UInt8] {
        repeatElement(Array("../".utf8), count: max(0, name.depth - 1)).flatMap(\.self)
    }

    /// The directories above a public name that get a catalog of their own, outermost first: the registry's and those in it.
    /// Each holds the names of few images, so that a new one rewrites little.
    static func nestedDirectories(aboveName name: BytePath) -> [BytePath] {
        let components = name.components
        // Below `.multiarch/ARCHITECTURE` stand the same names.
        let depth = components.first?.elementsEqual(".multiarch".utf8) == true ? 4 : 2
        return (1...depth).filter { $0 < components.count }.compactMap {
            BytePath(components: components.prefix($0))
        }
    }
}
