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
    /// Of the directories above the layers: the repository's owner, who has to write beside the layers afterwards.
    let owner: (uid: UInt32, gid: UInt32)

    /// Writes it, and removes each layer's spooled content when it is in the archive.
    func write(to path: FilePath) throws {
        let entry = Self.entries(ownedBy: owner)
        try Self.write(to: path) { archive in
            for directory in directories {
                try archive.add(entry(directory.path, .directory))
                guard directory.isNested else { continue }
                let marker = directory.path.appending(CatalogEntry.markerName)
                try archive.add(entry(marker, .file(size: 0)))
            }
            for layer in layers {
                try layer.write(to: archive)
                // The session removes it otherwise.
                try? FileManager.default.removeItem(atPath: layer.file.string)
            }
        }
    }

    /// Writes an archive of small files and of the directories on the way to them, which is unpacked without touching
    /// those that are there.
    static func write(_ files: [RevisionContents.File], owner: (uid: UInt32, gid: UInt32), to path: FilePath) throws {
        let entry = entries(ownedBy: owner)
        var directories: Set<BytePath> = []
        for file in files { directories.formUnion(file.path.ancestors) }
        try write(to: path) { archive in
            for directory in directories.sorted() {
                try archive.add(entry(directory, .directory))
            }
            for file in files.sorted(by: { $0.path < $1.path }) {
                try archive.add(entry(file.path, .file(size: Int64(file.bytes.count))))
                try file.bytes.withUnsafeBytes(archive.write)
            }
        }
    }

    /// Makes directories and files of one owner and moment, with the usual modes.
    private static func entries(
        ownedBy owner: (uid: UInt32, gid: UInt32)
    ) -> (_ path: BytePath, _ kind: LayerEntry.Kind) -> LayerEntry {
        let now = Int64(Date().timeIntervalSince1970)
        return { path, kind in
            let mode: UInt16 = kind == .directory ? 0o755 : 0o644
            return LayerEntry(path: path, kind: kind, mode: mode, uid: owner.uid, gid: owner.gid, mtime: now)
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
