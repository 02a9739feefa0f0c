package import CVMFS
import Foundation
import Plumbing
import Synchronization
package import SystemPackage

/// A repository's storage in memory: what tests break, a copy each.
package final class MemoryObjectStore: Sendable {
    private let files: Mutex<[String: [UInt8]]>

    /// A storage with these files, by their paths below the root.
    package init(_ files: [String: [UInt8]] = [:]) {
        self.files = Mutex(files)
    }

    /// A copy of what lies in a folder.
    package convenience init(folder: FilePath) throws {
        var files: [String: [UInt8]] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.string) {
            let file = URL(filePath: folder.appending(path).string)
            guard try file.resourceValues(forKeys: [.isDirectoryKey]).isDirectory != true else { continue }
            files[path] = Array(try Data(contentsOf: file))
        }
        self.init(files)
    }

    /// A file by its path, nil where there is none.
    package subscript(path: String) -> [UInt8]? {
        get { files.withLock { $0[path] } }
        set { files.withLock { $0[path] = newValue } }
    }

    /// Writes the files into a folder.
    package func write(to folder: FilePath) throws {
        for (path, bytes) in files.withLock({ $0 }) {
            let file = folder.appending(path)
            let parent = file.removingLastComponent().string
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(filePath: file.string))
        }
    }

    /// Stores an object unless there is one of this length. Returns whether it is new.
    fileprivate func store(
        _ bytes: [UInt8],
        _ hash: ContentHash,
        _ kind: ObjectKind,
        announce: ObjectStaging.Announcement?
    ) throws -> Bool {
        if self[hash.objectPath(kind)]?.count == bytes.count { return false }
        try announce?(hash, kind)
        self[hash.objectPath(kind)] = bytes
        return true
    }
}

extension MemoryObjectStore: ObjectReader {
    package var location: String { "memory" }
    package var lister: (any ObjectLister)? { self }

    package func read(
        _ hash: ContentHash,
        _ kind: ObjectKind,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
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

    package func modified(_ hash: ContentHash, _ kind: ObjectKind) throws -> Int64? { nil }

    package func size(of hash: ContentHash, _ kind: ObjectKind) throws -> Int64? {
        self[hash.objectPath(kind)].map { Int64($0.count) }
    }

    package func readTopLevel(_ name: String) throws -> [UInt8]? { self[name] }
}

extension MemoryObjectStore: ObjectLister {
    package func forEachObject(_ body: (_ path: String, _ modified: Int64) throws -> Void) throws {
        let paths = files.withLock { $0.keys.filter { $0.hasPrefix("data/") }.sorted() }
        for path in paths { try body(path, 0) }
    }

    package func storedBytes() throws -> Int64 {
        files.withLock { $0.filter { $0.key.hasPrefix("data/") }.reduce(0) { $0 + Int64($1.value.count) } }
    }
}

extension MemoryObjectStore: ObjectWriter {
    package func write(
        _ bytes: [UInt8],
        as hash: ContentHash,
        _ kind: ObjectKind,
        completion: @escaping @Sendable (Result<Bool, any Error>) -> Void
    ) {
        completion(Result { try store(bytes, hash, kind, announce: nil) })
    }

    package func drain() {}

    package func remove(_ hash: ContentHash, _ kind: ObjectKind) throws { self[hash.objectPath(kind)] = nil }
}

extension MemoryObjectStore: TopLevelWriter {
    package func replaceTopLevel(_ name: String, with bytes: [UInt8]) throws { self[name] = bytes }

    package func linkTopLevel(_ name: String, to hash: ContentHash, _ kind: ObjectKind) throws {
        if self[name] == nil { self[name] = self[hash.objectPath(kind)] }
    }
}

extension MemoryObjectStore: ObjectStaging {
    package func createSkeleton() throws {}

    package func writer(labelled label: String, announce: @escaping Announcement) throws -> any ObjectWriter {
        try MemoryWriter(store: self, announce: announce)
    }

    package func removeTemporaryFiles(prefix: String) throws {}
    package func synchronize() throws {}
    package func freeBytes() throws -> Int64? { nil }
}

/// Writes like a store at the end of a network: many at once, and the results come later, from other threads.
private final class MemoryWriter: ObjectWriter {
    private let store: MemoryObjectStore
    private let announce: ObjectStaging.Announcement
    private let threads: WorkerThreads
    private let underWay = Guarded(0)

    init(store: MemoryObjectStore, announce: @escaping ObjectStaging.Announcement) throws {
        self.store = store
        self.announce = announce
        threads = try WorkerThreads(name: "memory", count: 32, queueLimit: 1 << 16)
    }

    deinit { threads.stop() }

    func write(
        _ bytes: [UInt8],
        as hash: ContentHash,
        _ kind: ObjectKind,
        completion: @escaping @Sendable (Result<Bool, any Error>) -> Void
    ) {
        underWay.with { $0 += 1 }
        threads.submit { [self] in
            completion(Result { try store.store(bytes, hash, kind, announce: announce) })
            underWay.with { $0 -= 1 }
        }
    }

    func drain() { underWay.wait { $0 == 0 } }

    func remove(_ hash: ContentHash, _ kind: ObjectKind) throws { try store.remove(hash, kind) }
}
