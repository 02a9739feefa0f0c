import Plumbing

/// A catalog row as it is stored, with nothing taken for granted.
struct InspectedRow {
    let keyFirst: Int64
    let keySecond: Int64
    let hash: [UInt8]?
    let links: UInt64
    let size: Int64
    let mode: UInt32
    let modified: Int64
    let nanoseconds: Int64?
    let flags: EntryFlags
    let name: [UInt8]
    let symlink: [UInt8]
    let xattrs: [UInt8]?
    /// Both texts are stored as text: a NULL crashes clients (docs/cvmfs-format.md, pitfall P4).
    let hasTexts: Bool

    static func columns(_ catalog: Catalog) throws -> String {
        var names: Set<String> = []
        try catalog.database.prepare("SELECT name FROM pragma_table_info('catalog')").forEach { row in
            names.insert(row.string(0))
        }
        // Older schema revisions lack these two (docs/cvmfs-format.md §3.2).
        let nanoseconds = names.contains("mtimens") ? "mtimens" : "NULL"
        let xattr = names.contains("xattr") ? "xattr" : "NULL"
        return
            "md5path_1, md5path_2, hash, hardlinks, size, mode, mtime, \(nanoseconds), flags, name, symlink, \(xattr)"
    }

    /// Reads the columns of ``columns(_:)``.
    init(_ row: SQLiteStatement) {
        keyFirst = row.integer(0)
        keySecond = row.integer(1)
        hash = row.isNull(2) ? nil : row.bytes(2)
        links = UInt64(bitPattern: row.integer(3))
        size = row.integer(4)
        mode = UInt32(truncatingIfNeeded: row.integer(5))
        modified = row.integer(6)
        nanoseconds = row.isNull(7) ? nil : row.integer(7)
        flags = EntryFlags(rawValue: Int(row.integer(8)))
        name = row.bytes(9)
        symlink = row.bytes(10)
        xattrs = row.isNull(11) ? nil : row.bytes(11)
        hasTexts = row.isText(9) && row.isText(10)
    }

    var type: FileType? { FileType(mode: mode) }
    var linkCount: UInt32 { UInt32(truncatingIfNeeded: links) }
    var linkGroup: UInt32 { UInt32(links >> 32) }

    func hasKey(of path: BytePath) throws -> Bool {
        let key = try PathKey(path)
        return key.first == keyFirst && key.second == keySecond
    }

    /// How the content is stored, nil for a number in the flags that is none.
    var compression: ObjectCompression? { ObjectCompression(rawValue: flags.rawValue >> 11 & 7) }

    /// What this row and another of the same thing do not have in common: rows of a mountpoint in parent and child,
    /// members of a hard-link group.
    func differences(from other: InspectedRow) -> [String] {
        var names: [String] = []
        func compare(_ name: String, _ isEqual: Bool) { if !isEqual { names.append(name) } }
        compare("link count", linkCount == other.linkCount)
        compare("hard-link group", linkGroup == other.linkGroup)
        compare("size", size == other.size)
        compare("mode", mode == other.mode)
        compare("modification time", modified == other.modified && nanoseconds == other.nanoseconds)
        compare("content hash", hash == other.hash)
        compare("link target", symlink == other.symlink)
        compare("presence of extended attributes", (xattrs == nil) == (other.xattrs == nil))
        compare("external flag", flags.contains(.external) == other.flags.contains(.external))
        return names
    }
}
