import Plumbing

/// Looks at objects, each once however often it is referenced: on all cores where their bytes are read.
///
/// Belongs to the thread that walks the catalogs; its workers only get values.
final class ObjectCheck {
    private let store: any ObjectReader
    private let depth: CheckDepth
    private let faults: FaultCollector
    private let workers: WorkerThreads
    /// What the first row that names an object expects of it. Some 60 bytes an object: 60 MB for a million.
    private var expectations: [ObjectKey: Expectation] = [:]
    /// Handed over together: most objects are small, and waking a thread costs more than looking at one.
    private var batch: [ObjectJob] = []
    private var batchBytes: Int64 = 0

    private static let batchLimit = 64
    private static let batchByteLimit: Int64 = 4 << 20

    private struct Expectation: Equatable {
        /// The inflated size, -1 where no row tells.
        var size: Int64
        var isCompressed: Bool
    }

    init(store: any ObjectReader, depth: CheckDepth, threads: Int, faults: FaultCollector) throws {
        self.store = store
        self.depth = depth
        self.faults = faults
        workers = try WorkerThreads(name: "check", count: max(threads, 1), queueLimit: 64)
    }

    /// How many different objects were looked at.
    var count: Int { expectations.count }

    /// Waits for everything that was begun.
    func finish() {
        flush()
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
        let known = expectations[key]
        if known == expectation { return }
        // The same bytes may be one file as they are and another one inflated, so each expectation is checked.
        if known == nil { expectations[key] = expectation }
        let reference = ObjectJob.Reference(path: path, size: size, compression: compression)
        submit(ObjectJob(hash: hash, kind: kind, reference: reference), bytes: max(size, 0))
    }

    /// Hashes an object that no row named.
    func checkUnreferenced(_ hash: ContentHash, _ kind: ObjectKind) {
        let expectation = Expectation(size: -1, isCompressed: true)
        guard depth == .content, expectations.updateValue(expectation, forKey: ObjectKey(hash, kind)) == nil else {
            return
        }
        // Nothing tells its size: it may be a large one.
        submit(ObjectJob(hash: hash, kind: kind, reference: nil), bytes: Self.batchByteLimit / 16)
    }

    private func submit(_ job: ObjectJob, bytes: Int64) {
        batch.append(job)
        batchBytes += min(bytes, Self.batchByteLimit)
        if batch.count >= Self.batchLimit || batchBytes >= Self.batchByteLimit { flush() }
    }

    private func flush() {
        if batch.isEmpty { return }
        workers.submit { [batch, store, depth, faults] in
            for job in batch { job.run(store, depth, faults) }
        }
        batch = []
        batchBytes = 0
    }
}
