import CVMFS
import Plumbing

/// Compares the row of a file with the one that it should be, apart from the file's content.
struct RowComparison {
    /// What was told to be lost: it may be missing.
    let losses: Set<LayerLoss>
    /// Where the other row is, as in "mode is 644, in the layer 755".
    let place: String

    /// What differs, each as the rest of a sentence about the file.
    func differences(_ row: CatalogEntry, _ wanted: CatalogEntry) -> [String] {
        var differences: [String] = []
        func check<Value: Equatable>(_ what: String, _ found: Value, _ wanted: Value) {
            if found != wanted { differences.append("\(what) is \(found), \(place) \(wanted)") }
        }
        // Links have no permissions, and earlier versions stored those of the archive.
        let mode = row.type == .symlink && wanted.type == .symlink ? wanted.mode : row.mode
        check("mode", String(mode, radix: 8), String(wanted.mode, radix: 8))
        if !losses.contains(.owners) { check("owner", "\(row.uid):\(row.gid)", "\(wanted.uid):\(wanted.gid)") }
        if row.modified != Self.wholeSecond(wanted) || row.nanoseconds != nil || !losses.contains(.fractionsOfSeconds) {
            check("modification time", row.modified, wanted.modified)
        }
        if row.nanoseconds != nil || !losses.contains(.fractionsOfSeconds) {
            check("nanoseconds", row.nanoseconds ?? 0, wanted.nanoseconds ?? 0)
        }
        check("link target", Printable.text(row.symlink), Printable.text(wanted.symlink))
        let mayLackAttributes = !losses.isDisjoint(with: [.extendedAttributes, .opaqueDirectories])
        if row.xattrs != wanted.xattrs, row.xattrs != nil || !mayLackAttributes {
            differences.append("the extended attributes differ")
        }
        // Clients take a link's size from its target (docs/cvmfs-format.md §7).
        if !row.isDirectory, row.type != .symlink { check("size", row.size, wanted.size) }
        if !row.isDirectory, row.linkCount != 1 || !losses.contains(.hardLinks) {
            check("link count", row.linkCount, wanted.linkCount)
        }
        return differences
    }

    /// Whether this is what every root of a nested catalog has, and nothing of an image (docs/cvmfs-format.md §3.8).
    static func isMarker(_ path: BytePath, _ row: CatalogEntry) -> Bool {
        path.name == CatalogEntry.markerName && row.type == .regular && row.size == 0
    }

    /// The second that stays where a publisher cuts the fraction off: before 1970 that is the later one.
    private static func wholeSecond(_ entry: CatalogEntry) -> Int64 {
        entry.modified < 0 && entry.nanoseconds ?? 0 > 0 ? entry.modified + 1 : entry.modified
    }
}
