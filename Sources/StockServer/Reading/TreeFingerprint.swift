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

    /// Adds up a tree.
    package struct Builder {
        private var ordinary: PartBuilder
        private var special: PartBuilder

        /// Adds up from nothing. Throws where there is no memory for a hash.
        package init() throws {
            ordinary = try PartBuilder()
            special = try PartBuilder()
        }

        /// The next file in path order, by its path from the tree's root.
        package mutating func add(_ path: BytePath, _ file: FileNode) {
            switch file.kind {
            case .directory, .file, .symlink: ordinary.add(path, file)
            case .characterDevice, .blockDevice, .fifo, .socket: special.add(path, file)
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

        mutating func add(_ path: BytePath, _ file: FileNode) {
            entries += 1
            var mode = file.mode
            var size: Int64 = 0
            var target: [UInt8] = []
            switch file.kind {
            case .file(let bytes): size = bytes
            case .symlink(let bytes):
                // A link's own permissions mean nothing; a client expands `$(` in its target.
                mode = FileType.symlink.rawValue
                target = bytes.contains(UInt8(ascii: "$")) ? [] : bytes
            case .directory, .characterDevice, .blockDevice, .fifo, .socket: break
            }
            let line = "\(mode) \(size) \(path.bytes.count) \(target.count) "
            for digest in [content, owned] {
                digest.update(Array(line.utf8))
                digest.update(path.bytes)
                digest.update(target)
            }
            owned.update(Array("\(file.attributes.uid) \(file.attributes.gid)".utf8))
        }

        func finish() -> Part { Part(entries: entries, content: content.finish(), owned: owned.finish()) }
    }
}
