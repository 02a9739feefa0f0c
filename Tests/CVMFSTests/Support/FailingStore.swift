import CVMFS
import Synchronization

/// A store whose n-th call fails, and every one after it: what a full disk or a lost mount does to a publisher.
final class FailingStore: ObjectStore {
    struct Failure: Error, Equatable {}

    /// Counts calls across the stores of all preparations.
    final class Trigger: Sendable {
        private struct State {
            var calls = 0
            var unsynced: [String] = []
            var losesNextSync: Bool
        }

        private let state: Mutex<State>
        private let limit: Int

        /// Fails from call number `limit` on, which counts from 0; with `losingFirstSync` also the first sync, and no
        /// other, as a disk reports a lost write once.
        init(failingAt limit: Int, losingFirstSync: Bool = false) {
            self.limit = limit
            state = Mutex(State(losesNextSync: losingFirstSync))
        }

        /// How many calls there were.
        var calls: Int { state.withLock { $0.calls } }

        /// Objects that were written and not synced.
        var unsynced: [String] { state.withLock { $0.unsynced } }

        func step() throws {
            try state.withLock { state in
                if state.calls >= limit { throw Failure() }
                state.calls += 1
            }
        }

        func wrote(_ path: String) { state.withLock { $0.unsynced.append(path) } }

        func synced() throws {
            try state.withLock { state in
                if state.losesNextSync {
                    state.losesNextSync = false
                    throw Failure()
                }
                state.unsynced = []
            }
        }
    }

    private let store: any ObjectStore
    private let trigger: Trigger

    init(_ store: any ObjectStore, _ trigger: Trigger) {
        self.store = store
        self.trigger = trigger
    }

    var location: String { store.location }

    func read(_ hash: ContentHash, _ kind: ObjectKind, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try trigger.step()
        try store.read(hash, kind, body)
    }

    func modified(_ hash: ContentHash, _ kind: ObjectKind) throws -> Int64? {
        try trigger.step()
        return try store.modified(hash, kind)
    }

    func size(of hash: ContentHash, _ kind: ObjectKind) throws -> Int64? {
        try trigger.step()
        return try store.size(of: hash, kind)
    }

    func write(
        _ bytes: UnsafeRawBufferPointer,
        as hash: ContentHash,
        _ kind: ObjectKind,
        announce: (String) throws -> Void
    ) throws -> Bool {
        try trigger.step()
        let isNew = try store.write(bytes, as: hash, kind) { path in
            try announce(path)
            // Announced, and without a name.
            try trigger.step()
        }
        if isNew { trigger.wrote(hash.objectPath(kind)) }
        // With its name, and nobody knows.
        try trigger.step()
        return isNew
    }

    func remove(_ hash: ContentHash, _ kind: ObjectKind) throws {
        try trigger.step()
        try store.remove(hash, kind)
    }

    func forEachObject(_ body: (_ path: String, _ modified: Int64) throws -> Void) throws {
        try trigger.step()
        try store.forEachObject(body)
    }

    func readTopLevel(_ name: String) throws -> [UInt8]? {
        try trigger.step()
        return try store.readTopLevel(name)
    }

    func replaceTopLevel(_ name: String, with bytes: [UInt8]) throws {
        try trigger.step()
        try store.replaceTopLevel(name, with: bytes)
        // Replaced, and the caller learns of a failure.
        try trigger.step()
    }

    func synchronize() throws {
        try trigger.step()
        // No disk is waited for: what a power failure would take is only counted here.
        try trigger.synced()
    }

    func freeBytes() throws -> Int64? {
        try trigger.step()
        return try store.freeBytes()
    }

    func preparing(as label: String) throws -> any ObjectStore {
        FailingStore(try store.preparing(as: label), trigger)
    }

    func removeTemporaryFiles(prefix: String) throws {
        try trigger.step()
        try store.removeTemporaryFiles(prefix: prefix)
    }
}
