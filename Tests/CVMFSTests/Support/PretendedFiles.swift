import CVMFS
import Synchronization

/// A store that says that it has every file, and forgets those that are removed: millions of objects that take no room.
/// Catalogs and whatever else is no file lie in another store.
final class PretendedFiles: Sendable {
    /// What each file has.
    static let size: Int64 = 100
    private let store: any ObjectStore
    private let counter = Mutex(0)

    init(_ store: any ObjectStore) {
        self.store = store
    }

    /// How many files were removed.
    var removed: Int { counter.withLock { $0 } }
}

extension PretendedFiles: ObjectReader {
    var location: String { store.location }

    func read(
        _ hash: ContentHash,
        _ kind: ObjectKind,
        _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws { try store.read(hash, kind, body) }

    func size(of hash: ContentHash, _ kind: ObjectKind) throws -> Int64? {
        kind == .file ? Self.size : try store.size(of: hash, kind)
    }

    func modified(_ hash: ContentHash, _ kind: ObjectKind) throws -> Int64? { try store.modified(hash, kind) }

    func readTopLevel(_ name: String) throws -> [UInt8]? { try store.readTopLevel(name) }
}

extension PretendedFiles: ObjectWriter {
    func write(
        _ bytes: [UInt8],
        as hash: ContentHash,
        _ kind: ObjectKind,
        completion: @escaping @Sendable (Result<Bool, any Error>) -> Void
    ) { store.write(bytes, as: hash, kind, completion: completion) }

    func drain() { store.drain() }

    func remove(_ hash: ContentHash, _ kind: ObjectKind) throws {
        if kind == .file { counter.withLock { $0 += 1 } } else { try store.remove(hash, kind) }
    }
}

extension PretendedFiles: TopLevelWriter {
    func replaceTopLevel(_ name: String, with bytes: [UInt8]) throws { try store.replaceTopLevel(name, with: bytes) }

    func linkTopLevel(_ name: String, to hash: ContentHash, _ kind: ObjectKind) throws {
        try store.linkTopLevel(name, to: hash, kind)
    }
}

extension PretendedFiles: ObjectStaging {
    func createSkeleton() throws { try store.createSkeleton() }

    func writer(labelled label: String, announce: @escaping Announcement) throws -> any ObjectWriter {
        try store.writer(labelled: label, announce: announce)
    }

    func removeTemporaryFiles(prefix: String) throws { try store.removeTemporaryFiles(prefix: prefix) }

    func synchronize() throws { try store.synchronize() }

    func freeBytes() throws -> Int64? { try store.freeBytes() }
}
