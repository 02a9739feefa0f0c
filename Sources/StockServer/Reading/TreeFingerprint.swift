import CVMFS
package import Plumbing

/// Tells whether two trees are the same: hashes of what every entry is, in path order, and how many there are.
///
/// Times are not compared, nor what `cvmfs_server ingest` cannot store.
package struct TreeFingerprint: Equatable, Sendable {
    /// Some of the entries.
    package struct Part: Equatable, Sendable {
        /// How many there are.
        package let entries: Int
        /// SHA-256 of what they are, but for the owners.
        package let content: [UInt8]
        /// SHA-256 with the owners.
        package let owned: [UInt8]
    }

    /// Directories, files and links.
    package let ordinary: Part
    /// Devices and FIFOs, and so whiteouts, which a gateway may drop (docs/cvmfs-format.md §9.6).
    package let special: Part

    /// How many there are of both.
    package var entries: Int { ordinary.entries + special.entries }

    /// One entry of a tree.
    package struct Entry {
        /// The type bits and the permissions of `st_mode`.
        package var mode: UInt32
        package var uid: UInt32
        package var gid: UInt32
        /// Of a regular file.
        package var size: Int64
        /// Of a symbolic link.
        package var target: [UInt8]

        /// Takes the parts.
        package init(mode: UInt32, uid: UInt32, gid: UInt32, size: Int64, target: [UInt8]) {
            self.mode = mode
            self.uid = uid
            self.gid = gid
            self.size = size
            self.target = target
        }
    }

    /// Adds up a tree.
    package struct Builder {
        private var ordinary: PartBuilder
        private var special: PartBuilder

        /// Adds up from nothing. Throws where there is no memory for a hash.
        package init() throws {
            ordinary = try PartBuilder()
            special = try PartBuilder()
        }

        /// The next entry in path order, by its path from the tree's root.
        package mutating func add(_ path: BytePath, _ entry: Entry) {
            switch FileType(mode: entry.mode) {
            case .directory, .regular, .symlink: ordinary.add(path, entry)
            case .characterDevice, .blockDevice, .fifo, .socket, nil: special.add(path, entry)
            }
        }

        /// The fingerprint of what was added.
        package consuming func finish() -> TreeFingerprint {
            TreeFingerprint(ordinary: ordinary.finish(), special: special.finish())
        }
    }

    private struct PartBuilder {
        private var entries = 0
        private let content: MessageDigest
        private let owned: MessageDigest

        init() throws {
            content = try MessageDigest(.sha256)
            owned = try MessageDigest(.sha256)
        }

        mutating func add(_ path: BytePath, _ entry: Entry) {
            entries += 1
            let type = FileType(mode: entry.mode)
            // A link's own permissions mean nothing; a client expands `$(` in its target.
            let isExpanded = entry.target.contains(UInt8(ascii: "$"))
            var line =
                "\(type == .symlink ? FileType.symlink.rawValue : entry.mode) \(type == .regular ? entry.size : 0) "
            line += "\(path.bytes.count) \(isExpanded ? 0 : entry.target.count) "
            for digest in [content, owned] {
                digest.update(Array(line.utf8))
                digest.update(path.bytes)
                if !isExpanded { digest.update(entry.target) }
            }
            owned.update(Array("\(entry.uid) \(entry.gid)".utf8))
        }

        func finish() -> Part { Part(entries: entries, content: content.finish(), owned: owned.finish()) }
    }
}
