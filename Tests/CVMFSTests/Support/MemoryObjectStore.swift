import CVMFS
import Foundation
import Plumbing
import Synchronization
import SystemPackage

/// A repository's storage in memory: what tests break, a copy each.
final class MemoryObjectStore: ObjectStore {
    private let files: Mutex<[String: [UInt8]]>

    /// A storage with these files, by their paths below the root.
    init(_ files: [String: [UInt8]]) {
        self.files = Mutex(files)
    }

    /// A file by its path, nil where there is none.
    subscript(path: String) -> [UInt8]? {
        get { files.withLock { $0[path] } }
        set { files.withLock { $0[path] = newValue } }
    }

    let location = "memory"

    func read(_ hash: ContentHash, _ kind: ObjectKind, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        guard let bytes = self[hash.objectPath(kind)] else {
            throw CVMFSError(.notFound, "object \(hash)\(kind.letter) is missing in \(location)")
        }
        // In pieces, as a file is read.
        try bytes.withUnsafeBytes { bytes in
            for start in stride(from: 0, to: bytes.count, by: 1 << 16) {
                try body(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + 1 << 16, bytes.count)]))
            }
        }
    }

    func modified(_ hash: ContentHash, _ kind: ObjectKind) throws -> Int64? { nil }

    func size(of hash: ContentHash, _ kind: ObjectKind) throws -> Int64? {
        self[hash.objectPath(kind)].map { Int64($0.count) }
    }

    func write(
        _ bytes: UnsafeRawBufferPointer,
        as hash: ContentHash,
        _ kind: ObjectKind,
        announce: (String) throws -> Void
    ) throws -> Bool {
        if try size(of: hash, kind) != nil { return false }
        self[hash.objectPath(kind)] = Array(bytes)
        return true
    }

    func remove(_ hash: ContentHash, _ kind: ObjectKind) throws { self[hash.objectPath(kind)] = nil }

    func forEachObject(_ body: (_ path: String, _ modified: Int64) throws -> Void) throws {
        let paths = files.withLock { $0.keys.filter { $0.hasPrefix("data/") }.sorted() }
        for path in paths { try body(path, 0) }
    }

    func readTopLevel(_ name: String) throws -> [UInt8]? { self[name] }
    func replaceTopLevel(_ name: String, with bytes: [UInt8]) throws { self[name] = bytes }
    func synchronize() throws {}
    func freeBytes() throws -> Int64? { nil }
    func preparing(as label: String) throws -> any ObjectStore { self }
    func removeTemporaryFiles(prefix: String) throws {}

    /// Writes the files into a folder.
    func write(to folder: FilePath) throws {
        for (path, bytes) in files.withLock({ $0 }) {
            let file = folder.appending(path)
            let parent = file.removingLastComponent().string
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try file.write(bytes)
        }
    }
}
