import Foundation
import Glibc
import Plumbing
import Synchronization

/// What one preparation writes, noted before it gets its name, so that an unclean end can be cleaned up
/// (docs/decisions/010-crash-and-power.md).
///
/// The file is locked as long as its process lives. Its first line is durable before the first object is written; the
/// lines after it outlive the process but perhaps not a power failure, which ``JournalRecovery`` knows by the boot id.
final class Journal: Sendable {
    let place: FilePlace
    let label: String
    /// The process's life sign.
    private let lock: FileLock
    /// What a line names.
    typealias Object = (hash: ContentHash, kind: ObjectKind)

    /// What the preparation relies upon.
    let baseline: Baseline
    private let use = Mutex(Use())

    private struct Use {
        var hasNotes = false
        var hasNewNotes = false
    }

    private init(place: FilePlace, label: String, lock: FileLock, baseline: Baseline) {
        self.place = place
        self.label = label
        self.lock = lock
        self.baseline = baseline
    }

    /// That objects which were there at the beginning are there at the commit.
    struct Baseline: Sendable {
        /// Keeps garbage collections of others off as long as this lives.
        var collectionLease: (any AnyObject & Sendable)?
        /// The root catalogs that were logged, where others collect: a collection takes some of them away.
        var loggedRoots: Set<ContentHash>?
        /// The mark of the last collection of ours, nil where there was none.
        var lastCollection: String?
    }

    /// The first line of a journal.
    struct Header: Codable, Equatable {
        /// The kernel's boot: another one means that the machine went down in between.
        let boot: String
        /// What was published when the preparation began: ``RepositoryReader/publishedMark()``.
        let published: String
        /// Seconds since 1970; no object of this preparation is older.
        let started: Int64
    }

    /// Begins a journal. The caller holds the workspace's `journalLock`.
    static func begin(
        in workspace: OpenWorkspace,
        published: String,
        baseline: Baseline = Baseline(),
        now: Date
    ) throws -> Journal {
        let label = "\(LocalObjectStore.temporaryPrefix)\(getpid())-\(UUID().uuidString.prefix(8))"
        let place = workspace.journals.place(label)
        guard let lock = try FileLock.attempt(place) else {
            throw CVMFSError(.busy, "the new journal \(place) is locked already")
        }
        // One short write to the end of a file is one piece, whichever threads write.
        guard fcntl(lock.descriptor, F_SETFL, O_APPEND) == 0 else { throw SystemCall.error("open", "\(place)") }
        let journal = Journal(place: place, label: label, lock: lock, baseline: baseline)
        let header = Header(boot: try bootID(), published: published, started: Int64(now.timeIntervalSince1970))
        let line = try JSONEncoder().encode(header)
        try journal.append(String(decoding: line, as: UTF8.self))
        return journal
    }

    /// Makes its first line durable. No object may be written before. Blocks.
    func synchronize() throws {
        guard fsync(lock.descriptor) == 0 else { throw SystemCall.error("sync", "\(place)") }
    }

    /// Notes an object. May be called from any thread.
    func note(_ hash: ContentHash, _ kind: ObjectKind) throws {
        use.withLock { $0 = Use(hasNotes: true, hasNewNotes: true) }
        try append(hash.objectPath(kind))
    }

    /// Ends the journal: what it lists is safe, or nobody needs to know of it.
    func end() throws {
        guard place.remove() else { throw SystemCall.error("remove", "\(place)") }
    }

    /// Ends the journal where it lists nothing; else it stays for ``JournalRecovery``.
    func endUnlessUsed() throws {
        if use.withLock({ !$0.hasNotes }) { try end() }
    }

    /// Everything that it lists is durable.
    func didSynchronize() {
        use.withLock { $0.hasNewNotes = false }
    }

    /// Whether it lists something that may not be durable.
    var hasNewNotes: Bool { use.withLock { $0.hasNewNotes } }

    /// Gives the lock back, also where a child that is just starting has a copy of its descriptor.
    func release() {
        lock.release()
    }

    private func append(_ line: String) throws {
        let bytes = Array((line + "\n").utf8)
        try bytes.withUnsafeBytes { try SystemCall.write($0, to: lock.descriptor, "\(place)") }
    }

    /// The identity of the running kernel.
    static func bootID() throws -> String {
        do {
            return try BootID.read()
        } catch {
            throw CVMFSError(.system, "cannot read the boot id: \(error)")
        }
    }
}
