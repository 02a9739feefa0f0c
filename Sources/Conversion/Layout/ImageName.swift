import CVMFS
import OCI
import Plumbing

/// A link by which people reach an image's tree, such as `REGISTRY/REPOSITORY:TAG`.
struct ImageName: Equatable {
    let path: BytePath
    /// Where it leads.
    let target: [UInt8]

    /// The links that make a public name of an image's tree.
    ///
    /// One of several platforms has a name of its own, `.multiarch/ARCHITECTURE/…`, and the public one leads to that which a
    /// client's configuration names: it expands `$(CVMFS_ARCH)` to what `uname -m` says, and nothing is that of amd64
    /// (https://cvmfs.readthedocs.io/en/stable/cpt-repo.html#variant-symlinks).
    static func names(_ name: BytePath, of tree: BytePath, _ place: ImagePlace) -> [ImageName] {
        guard let platform = place.platform else { return [link(name, to: tree)] }
        var names = [link(path(name, platform.directory), to: tree)]
        guard case .first = place else { return names }
        let variant = ".multiarch/$(CVMFS_ARCH:-amd64)/".utf8
        names.append(ImageName(path: name, target: RepositoryLayout.up(from: name) + variant + name.bytes))
        for (alias, directory) in [("x86_64", "amd64"), ("aarch64", "arm64")] {
            names.append(ImageName(path: folder(alias), target: Array("../.multiarch/\(directory)".utf8)))
        }
        return names
    }

    /// Those of ``names(_:of:_:)`` that no other image has.
    static func own(_ name: BytePath, _ place: ImagePlace) -> [BytePath] {
        guard let platform = place.platform else { return [name] }
        return [path(name, platform.directory)] + (place.isFirst ? [name] : [])
    }

    /// Whether a link leads to a tree itself.
    static func isOfTree(target: [UInt8]) -> Bool { first(of: target)?.elementsEqual(".flat".utf8) == true }

    private static func link(_ name: BytePath, to tree: BytePath) -> ImageName {
        ImageName(path: name, target: RepositoryLayout.up(from: name) + tree.bytes)
    }

    private static func path(_ name: BytePath, _ directory: String) -> BytePath { folder(directory).appending(name) }

    private static func folder(_ directory: String) -> BytePath {
        RepositoryLayout.path([".multiarch", directory])
    }

    /// Whether a link is such a name, by where it leads: to a tree, whoever made it, or to the names of a platform.
    static func isOne(target: [UInt8]) -> Bool {
        isOfTree(target: target) || first(of: target)?.elementsEqual(".multiarch".utf8) == true
            || OSGTree.hash(ofTarget: target) != nil
    }

    /// The first component of a link's target that does not lead up.
    private static func first(of target: [UInt8]) -> ArraySlice<UInt8>? {
        target.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).first {
            !$0.elementsEqual("..".utf8)
        }
    }

    /// Throws where what is at a path, the target of a link or no link at all, is not Wafer's to replace or remove.
    static func check(_ path: BytePath, there target: [UInt8]?, in fqrn: String) throws {
        guard let target, !isOne(target: target) else { return }
        throw ConversionError(
            "\(path.absolute) in \(fqrn) is no name that Wafer made: remove it with `wafer repository rm \(fqrn) "
                + "\(path.absolute)`, or choose another name, with --as or with `wafer repository set \(fqrn) --names TEMPLATE`"
        )
    }
}

extension [UInt8] {
    func hasSuffix(_ suffix: [UInt8]) -> Bool { self.suffix(suffix.count).elementsEqual(suffix) }
}
