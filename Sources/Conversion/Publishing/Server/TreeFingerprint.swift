import Plumbing

/// Tells whether two trees are the same: a hash of what every entry is, in path order, and how many there are.
///
/// Times are not compared, nor what `cvmfs_server ingest` cannot store.
struct TreeFingerprint: Equatable, Sendable {
    private(set) var entries: Int
    private(set) var content: [UInt8]
    /// With the owners.
    private(set) var owned: [UInt8]

    /// One entry of a tree.
    struct Entry {
        /// The type bits and the permissions of `st_mode`.
        var mode: UInt32
        var uid: UInt32
        var gid: UInt32
        /// Of a regular file.
        var size: Int64
        /// Of a symbolic link.
        var target: [UInt8]
    }

    /// Adds up a tree.
    struct Builder {
        private var entries = 0
        private let content: MessageDigest
        private let owned: MessageDigest
        private static let typeMask: UInt32 = 0o170000
        private static let symlink: UInt32 = 0o120000
        private static let regular: UInt32 = 0o100000

        init() throws {
            content = try MessageDigest(.sha256)
            owned = try MessageDigest(.sha256)
        }

        /// The next entry in path order, by its path from the tree's root.
        mutating func add(_ path: BytePath, _ entry: Entry) {
            entries += 1
            let type = entry.mode & Self.typeMask
            // A link's own permissions mean nothing; a client expands `$(` in its target.
            let isExpanded = entry.target.contains(UInt8(ascii: "$"))
            var line = "\(type == Self.symlink ? type : entry.mode) \(type == Self.regular ? entry.size : 0) "
            line += "\(path.bytes.count) \(isExpanded ? 0 : entry.target.count) "
            for digest in [content, owned] {
                digest.update(Array(line.utf8))
                digest.update(path.bytes)
                if !isExpanded { digest.update(entry.target) }
            }
            owned.update(Array("\(entry.uid) \(entry.gid)".utf8))
        }

        consuming func finish() -> TreeFingerprint {
            TreeFingerprint(entries: entries, content: content.finish(), owned: owned.finish())
        }
    }
}
