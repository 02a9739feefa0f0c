import CVMFS
import Foundation
import Layers
import Plumbing
import SystemPackage

/// The archive of all layers of an image that `cvmfs_server ingest` reads, complete on disk before it begins.
struct LayerArchive {
    /// A directory above the layers.
    struct Directory: Sendable {
        let path: BytePath
        /// Whether it gets a catalog of its own.
        let isNested: Bool
    }

    let directories: [Directory]
    let layers: [SpooledLayer]
    /// Root file systems of these and others.
    let trees: [SpooledTree]
    /// Of the directories above the layers: the repository's owner, who has to write beside the layers afterwards.
    let owner: (uid: UInt32, gid: UInt32)
    /// When those directories were made.
    let now: Date

    /// Writes it, and removes each layer's spooled content when it is in the archive.
    func write(to path: FilePath) throws {
        let entry = Self.entries(ownedBy: owner, now)
        try Self.write(to: path) { archive in
            for directory in directories {
                try archive.add(entry(directory.path, .directory, TreeEdit.Attributes()))
                guard directory.isNested else { continue }
                let marker = directory.path.appending(CatalogEntry.markerName)
                try archive.add(entry(marker, .file(size: 0), TreeEdit.Attributes()))
            }
            for layer in layers {
                try layer.write(to: archive)
                // The session removes it otherwise. A tree may want it once more.
                if trees.isEmpty { try? FileManager.default.removeItem(atPath: layer.file.string) }
            }
            for tree in trees { try tree.write(to: archive) }
        }
    }

    /// Writes an archive of small files, links and directories and of the directories on the way to them, which is unpacked
    /// without touching those that are there.
    static func write(
        _ edits: [TreeEdit],
        owner: (uid: UInt32, gid: UInt32),
        now: Date,
        to path: FilePath
    ) throws {
        let entry = entries(ownedBy: owner, now)
        let made = Set(edits.filter { $0.change == .directory }.map(\.path))
        var directories: Set<BytePath> = []
        for edit in edits { directories.formUnion(edit.path.ancestors) }
        try write(to: path) { archive in
            for directory in directories.subtracting(made).sorted() {
                try archive.add(entry(directory, .directory, TreeEdit.Attributes()))
            }
            for edit in edits.sorted(by: { $0.path < $1.path }) {
                switch edit.change {
                case .directory: try archive.add(entry(edit.path, .directory, edit.attributes))
                case .symlink(let target): try archive.add(entry(edit.path, .symlink(target: target), edit.attributes))
                case .file(let bytes):
                    try archive.add(entry(edit.path, .file(size: Int64(bytes.count)), edit.attributes))
                    try bytes.withUnsafeBytes(archive.write)
                case .attach, .amend, .name, .remove, .removeUnless: continue
                }
            }
        }
    }

    /// Makes entries with the usual modes, of one owner and moment, where the attributes name no others.
    private static func entries(
        ownedBy owner: (uid: UInt32, gid: UInt32),
        _ now: Date
    ) -> (_ path: BytePath, _ kind: LayerEntry.Kind, _ attributes: TreeEdit.Attributes) -> LayerEntry {
        let now = Int64(now.timeIntervalSince1970)
        return { path, kind, attributes in
            let mode: UInt16 = kind == .directory ? 0o755 : 0o644
            return LayerEntry(
                path: path,
                kind: kind,
                FileAttributes(
                    mode: attributes.permissions ?? mode,
                    uid: attributes.uid ?? owner.uid,
                    gid: attributes.gid ?? owner.gid,
                    mtime: attributes.modified ?? now
                )
            )
        }
    }

    private static func write(to path: FilePath, _ body: (TarStreamWriter) throws -> Void) throws {
        var file = try SpoolFile(path)
        let archive = TarStreamWriter { try file.write($0) }
        try body(archive)
        try archive.finish()
        try file.finish()
    }
}
