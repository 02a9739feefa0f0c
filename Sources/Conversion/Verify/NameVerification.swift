import CVMFS
import OCI
import Plumbing

/// Compares the names of an image's tree with where they should lead.
struct NameVerification {
    let tree: CatalogTree
    /// The tree, and which of the images of its name it is of.
    let root: BytePath
    let place: ImagePlace
    /// Whether they have to be there.
    let areWanted: Bool
    /// The names that the image's record has, as far as they are there.
    let recorded: [BytePath]

    /// One line for each that leads elsewhere, for one that is missing and wanted, and for one that is left of other names or
    /// platforms.
    func differences(of name: BytePath) throws -> [String] {
        var differences = try ImageName.names(name, of: root, place).compactMap(difference)
        if areWanted, place.isFirst {
            for other in recorded where other != name && !(place != .only && other.bytes.hasSuffix([0x2F] + name.bytes))
            {
                differences.append("\(other.absolute) is there, but is no name that the image shall have")
            }
        }
        return differences
    }

    private func difference(of name: ImageName) throws -> String? {
        let path = name.path.absolute
        let wanted = Printable.text(name.target)
        guard let entry = try tree.entry(at: name.path) else {
            return areWanted ? "\(path) is missing: it should lead to \(wanted)" : nil
        }
        guard entry.type == .symlink else { return areWanted ? "\(path) is no link to \(wanted)" : nil }
        if entry.symlink == name.target { return nil }
        // What others made is theirs where nobody wants it otherwise.
        guard areWanted || ImageName.isOne(target: entry.symlink) else { return nil }
        return "\(path) leads to \(Printable.text(entry.symlink)), not to \(wanted)"
    }
}
