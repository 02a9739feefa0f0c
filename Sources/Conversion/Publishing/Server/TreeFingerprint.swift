import CVMFS
import Plumbing

/// Tells whether two trees are the same: hashes of what every entry is, in path order, and how many there are.
///
/// Times are not compared, nor what `cvmfs_server ingest` cannot store.
struct TreeFingerprint: Equatable, Sendable {
    /// Some of the entries.
    struct Part: Equatable, Sendable {
        let entries: Int
        let content: [UInt8]
        /// With the owners.
        let owned: [UInt8]
    }

    /// Directories, files and links.
    let ordinary: Part
    /// Devices and FIFOs, and so whiteouts, which a gateway may drop (docs/cvmfs-format.md §9.6).
    let special: Part

    var entries: Int { ordinary.entries + special.entries }

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
        private var ordinary: PartBuilder
        private var special: PartBuilder

        init() throws {
            ordinary = try PartBuilder()
            special = try PartBuilder()
        }

        /// The next entry in path order, by its path from the tree's root.
        mutating func add(_ path: BytePath, _ entry: Entry) {
            switch FileType(mode: entry.mode) {
            case .directory, .regular, .symlink: ordinary.add(path, entry)
            case .characterDevice, .blockDevice, .fifo, .socket, nil: special.add(path, entry)
            }
        }

        consuming func finish() -> TreeFingerprint {
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
