import CVMFS
import Plumbing

/// A link by which people reach an image's tree: `REGISTRY/REPOSITORY:TAG`.
enum ImageName {
    /// Whether a link is one of these, by where it leads: to a tree, or to the names of a platform.
    static func isOne(target: [UInt8]) -> Bool {
        var components = target.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
        while components.first?.elementsEqual("..".utf8) == true { components.removeFirst() }
        return [".flat", ".multiarch"].contains { components.first?.elementsEqual($0.utf8) == true }
    }

    /// Throws where what is at a path, the target of a link or no link at all, is not Wafer's to replace or remove.
    static func check(_ path: BytePath, there target: [UInt8]?, in fqrn: String) throws {
        guard let target, !isOne(target: target) else { return }
        throw ConversionError(
            "\(path.absolute) in \(fqrn) is no name that Wafer made: remove it (wafer repository rm), or choose other names "
                + "with wafer repository set \(fqrn) --names"
        )
    }
}
