import CVMFS
import Plumbing

/// Looks for the links that are names of images, and for where they lead.
///
/// Names lie anywhere but in directories that begin with a dot, and below `.multiarch/ARCHITECTURE`.
struct NameSearch {
    let trees: TreeFolders.Trees
    let entryLimit: Int
    /// Opens the revision once more: who reads in one place must not put away the catalogs of another.
    let open: () throws -> CatalogTree

    private static let platforms = RepositoryLayout.path([".multiarch"])

    private struct LimitReached: Error {}

    /// Tells of those that lead nowhere.
    func check(_ report: inout LayoutReport) throws {
        let tree = try open()
        // Links among them are other words for the same, and may lead to what no image has.
        let architectures = try tree.listing(of: Self.platforms).filter(\.isDirectory).map(\.name)
        let targets = try NameTargets(trees: trees, architectures: architectures, open: open)
        func look(_ path: BytePath, _ row: CatalogEntry) throws {
            guard row.type == .symlink, ImageName.isOne(target: row.symlink) else { return }
            report.names += 1
            if try targets.leadSomewhere(path, row.symlink) { return }
            report.warn(
                .name,
                path,
                "leads nowhere: there is no \(Printable.text(row.symlink)); converting its image mends it, and wafer repository "
                    + "rm removes it"
            )
        }
        for architecture in architectures { try tree.walk(Self.platforms.appending(architecture), look) }
        var entries = 0
        do {
            for top in try tree.listing(of: BytePath()) where !Self.isKept(top.name) {
                try tree.walk(BytePath().appending(top.name)) { path, row in
                    entries += 1
                    if entries > entryLimit { throw LimitReached() }
                    try look(path, row)
                }
            }
        } catch is LimitReached {
            let text =
                "has more than \(entryLimit) entries outside images: only so many were searched for names of images"
            report.warn(.notChecked, BytePath(), text)
        }
    }

    /// Whether it holds other things than names.
    private static func isKept(_ name: [UInt8]) -> Bool {
        name.first == UInt8(ascii: ".") || name == PodmanStore.root.name
    }
}
