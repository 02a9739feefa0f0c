import CVMFS
import Plumbing

/// The first member of each hard-link group that a walk has met, of the directories that it is in.
///
/// A group lies in one directory (docs/cvmfs-format.md §3.7), so that nothing is kept of directories that were left.
struct LinkGroups {
    private struct Member {
        let row: CatalogEntry
        let content: StoredContent?
        let place: BytePath
    }

    private var directories: [(path: BytePath, groups: [UInt32: Member])] = []

    /// The place of the entry that this row is another name of; nil where it is the first, or no hard link.
    mutating func first(
        _ row: CatalogEntry,
        at path: BytePath,
        as place: BytePath,
        in catalog: Catalog
    ) throws -> BytePath? {
        guard row.linkCount > 1, row.linkGroup > 0, row.type == .regular || row.type == .symlink,
            let directory = path.parent
        else { return nil }
        while let last = directories.last, !directory.starts(with: last.path) { directories.removeLast() }
        if directories.last?.path != directory { directories.append((directory, [:])) }
        let content = row.type == .regular ? try catalog.content(of: path, entry: row) : nil
        guard let first = directories[directories.count - 1].groups[row.linkGroup] else {
            directories[directories.count - 1].groups[row.linkGroup] = Member(row: row, content: content, place: place)
            return nil
        }
        var same = row
        same.name = first.row.name
        guard same == first.row, content == first.content else {
            throw CVMFSError(.corrupt, "\(path) and \(first.place) are hard links of each other, and they differ")
        }
        return first.place
    }
}
