package import CVMFS

/// A store that tells a watcher of every call.
///
/// It waits for no disk: what a power failure would take is only counted by the watcher.
package struct WatchedStore: Sendable {
    private let store: any ObjectStore
    private let watcher: any StoreWatcher

    /// The same store, watched.
    package init(_ store: any ObjectStore, _ watcher: any StoreWatcher) {
        self.store = store
        self.watcher = watcher
    }
}

extension WatchedStore: ObjectReader {
    package var location: String { store.location }
    package var usefulReaders: Int { store.usefulReaders }
    package var lister: (any ObjectLister)? { store.lister.map { WatchedLister(lister: $0, watcher: watcher) } }

    package func read(
        _ hash: ContentHash,
        _ kind: ObjectKind,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try watcher.on(.read)
        try store.read(hash, kind, body)
    }

    package func size(of hash: ContentHash, _ kind: ObjectKind) throws -> Int64? {
        try watcher.on(.size)
        return try store.size(of: hash, kind)
    }

    package func modified(_ hash: ContentHash, _ kind: ObjectKind) throws -> Int64? {
        try watcher.on(.modified)
        return try store.modified(hash, kind)
    }

    package func readTopLevel(_ name: String) throws -> [UInt8]? {
        try watcher.on(.readTopLevel)
        return try store.readTopLevel(name)
    }
}

extension WatchedStore: ObjectWriter {
    private var writer: WatchedWriter { WatchedWriter(writer: store, watcher: watcher) }

    package func write(
        _ bytes: [UInt8],
        as hash: ContentHash,
        _ kind: ObjectKind,
        completion: @escaping @Sendable (Result<Bool, any Error>) -> Void
    ) {
        writer.write(bytes, as: hash, kind, completion: completion)
    }

    package func drain() { store.drain() }

    package func remove(_ hash: ContentHash, _ kind: ObjectKind) throws { try writer.remove(hash, kind) }
}

extension WatchedStore: TopLevelWriter {
    package func replaceTopLevel(_ name: String, with bytes: [UInt8]) throws {
        try watcher.on(.replaceTopLevel)
        try store.replaceTopLevel(name, with: bytes)
        try watcher.on(.replaced)
    }

    package func linkTopLevel(_ name: String, to hash: ContentHash, _ kind: ObjectKind) throws {
        try watcher.on(.linkTopLevel)
        try store.linkTopLevel(name, to: hash, kind)
    }
}

extension WatchedStore: ObjectStaging {
    package func createSkeleton() throws { try store.createSkeleton() }

    package func writer(labelled label: String, announce: @escaping Announcement) throws -> any ObjectWriter {
        let writer = try store.writer(labelled: label) { [watcher] hash, kind in
            try announce(hash, kind)
            try watcher.on(.announced)
        }
        return WatchedWriter(writer: writer, watcher: watcher)
    }

    package func removeTemporaryFiles(prefix: String) throws {
        try watcher.on(.removeTemporaryFiles)
        try store.removeTemporaryFiles(prefix: prefix)
    }

    package func synchronize() throws { try watcher.on(.synchronize) }

    package func freeBytes() throws -> Int64? {
        try watcher.on(.freeBytes)
        return try store.freeBytes()
    }
}

private struct WatchedWriter: ObjectWriter {
    let writer: any ObjectWriter
    let watcher: any StoreWatcher

    func write(
        _ bytes: [UInt8],
        as hash: ContentHash,
        _ kind: ObjectKind,
        completion: @escaping @Sendable (Result<Bool, any Error>) -> Void
    ) {
        do {
            try watcher.on(.write)
        } catch {
            return completion(.failure(error))
        }
        writer.write(bytes, as: hash, kind) { [watcher] result in
            completion(
                Result {
                    let isNew = try result.get()
                    try watcher.on(.written(hash, kind, isNew: isNew))
                    return isNew
                }
            )
        }
    }

    func drain() { writer.drain() }

    func remove(_ hash: ContentHash, _ kind: ObjectKind) throws {
        try watcher.on(.remove)
        try writer.remove(hash, kind)
    }
}

private struct WatchedLister: ObjectLister {
    let lister: any ObjectLister
    let watcher: any StoreWatcher

    func forEachObject(_ body: (_ path: String, _ modified: Int64) throws -> Void) throws {
        try watcher.on(.list)
        try lister.forEachObject(body)
    }

    func storedBytes() throws -> Int64 {
        try watcher.on(.list)
        return try lister.storedBytes()
    }
}
