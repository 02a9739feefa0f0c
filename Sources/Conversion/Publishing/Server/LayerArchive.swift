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

    /// Writes it, and removes each layer's spooled content when it is in the archive.
    func write(to path: FilePath) throws {
        try Self.write(to: path) { archive in
            for directory in directories {
                try archive.add(LayerEntry(path: directory.path, kind: .directory))
                guard directory.isNested else { continue }
                let marker = directory.path.appending(CatalogEntry.markerName)
                try archive.add(LayerEntry(path: marker, kind: .file(size: 0), mode: 0o644))
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
    static func write(_ files: [RevisionContents.File], uid: UInt32, gid: UInt32, to path: FilePath) throws {
        let now = Int64(Date().timeIntervalSince1970)
        var directories: Set<BytePath> = []
        for file in files {
            var path = file.path.parent
            while let directory = path, !directory.isRoot {
                directories.insert(directory)
                path = directory.parent
            }
        }
        try write(to: path) { archive in
            for directory in directories.sorted() {
                try archive.add(LayerEntry(path: directory, kind: .directory, uid: uid, gid: gid, mtime: now))
            }
            for file in files.sorted(by: { $0.path < $1.path }) {
                let entry = LayerEntry(
                    path: file.path,
                    kind: .file(size: Int64(file.bytes.count)),
                    mode: 0o644,
                    uid: uid,
                    gid: gid,
                    mtime: now
                )
                try archive.add(entry)
                try file.bytes.withUnsafeBytes(archive.write)
            }
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
