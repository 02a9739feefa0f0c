import Plumbing

/// Looks at objects, each once however often it is referenced: on all cores where their bytes are read.
///
/// Belongs to the thread that walks the catalogs; its workers only get values.
final class ObjectCheck {
    private let store: any ObjectStore
    private let depth: RepositoryCheck.Depth
    private let faults: FaultCollector
    private let workers: WorkerThreads
    /// What the first row that names an object expects of it. Some 60 bytes an object: 60 MB for a million.
    private var expectations: [ObjectKey: Expectation] = [:]

    private struct Expectation: Equatable {
        /// The inflated size, -1 where no row tells.
        var size: Int64
        var isCompressed: Bool
    }

    init(store: any ObjectStore, depth: RepositoryCheck.Depth, threads: Int, faults: FaultCollector) {
        self.store = store
        self.depth = depth
        self.faults = faults
        workers = WorkerThreads(name: "check", count: max(threads, 1), queueLimit: 256)
    }

    /// How many different objects were looked at.
    var count: Int { expectations.count }

    /// Waits for everything that was begun.
    func finish() {
        workers.finish()
    }

    /// The content of an object that is always compressed. Throws where it is missing or damaged.
    func load(_ hash: ContentHash, _ kind: ObjectKind) throws -> [UInt8] {
        expectations[ObjectKey(hash, kind)] = Expectation(size: -1, isCompressed: true)
        return try store.loadInflated(hash, kind)
    }

    /// Checks the object that a row names: `path` is what a fault will be reported on.
    func check(
        _ hash: ContentHash,
        _ kind: ObjectKind,
        size: Int64,
        _ compression: ObjectCompression,
        for path: BytePath
    ) {
        let key = ObjectKey(hash, kind)
        let expectation = Expectation(size: size, isCompressed: compression == .zlib)
        if expectations[key] == expectation { return }
        // The same bytes may be one file as they are and another one inflated, so each expectation is checked.
        if expectations[key] == nil { expectations[key] = expectation }
        let content: StoredContent =
            kind == .chunk
            ? .chunked(
                [FileChunk(offset: 0, size: size, hash: hash)],
                algorithm: hash.algorithm,
                compression: compression
            )
            : .whole(hash: hash, size: size, compression: compression)
        submit(.object, path.checkText) { [store, depth] in
            if depth == .content { return try store.readContent(content) { _ in } }
            guard try store.size(of: hash, kind) == nil else { return }
            throw CVMFSError(.notFound, "object \(hash)\(kind.letter) is missing")
        }
    }

    /// Hashes an object that no row named.
    func checkUnreferenced(_ hash: ContentHash, _ kind: ObjectKind) {
        let expectation = Expectation(size: -1, isCompressed: true)
        guard depth == .content, expectations.updateValue(expectation, forKey: ObjectKey(hash, kind)) == nil else {
            return
        }
        submit(.storage, hash.objectPath(kind)) { [store] in try store.verify(hash, kind) }
    }

    private func submit(_ rule: CheckRule, _ path: String, _ job: @escaping @Sendable () throws -> Void) {
        workers.submit { [faults] in _ = faults.attempt(rule, path, job) }
    }
}

extension BytePath {
    /// How a fault names a path of the repository: with a leading slash.
    var checkText: String { isRoot ? "/" : "/\(self)" }
}
