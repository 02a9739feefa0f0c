import Foundation
import Plumbing

/// Finds out what is needed and what goes. One value belongs to one thread at a time.
final class CollectionSearch {
    let marks: ObjectMarks
    let condemned: CondemnedObjects
    private let workspace: OpenWorkspace?
    private let reader: RepositoryReader
    private let policy: CollectionPolicy
    private let context: WriteContext
    private let report: @Sendable (CollectionProgress) -> Void
    private var store: any ObjectReader { reader.store }
    /// What was marked last.
    private var marked: RepositoryManifest?
    private var catalogs = 0

    /// A search in what a reader reads; without a workspace for a plan alone.
    init(
        _ reader: RepositoryReader,
        _ policy: CollectionPolicy,
        _ context: WriteContext,
        in workspace: OpenWorkspace?,
        report: @escaping @Sendable (CollectionProgress) -> Void
    ) throws {
        self.reader = reader
        self.policy = policy
        self.context = context
        self.workspace = workspace
        self.report = report
        marks = try ObjectMarks()
        condemned = try CondemnedObjects(in: workspace)
    }

    /// Marks, then lists. `reflogChecksum` is what the log's hash has to be where others say it than the manifest. Throws as
    /// ``GarbageCollection/run()`` does.
    func run(reflogChecksum: ContentHash?) throws -> CollectionReport {
        // The log first: what is published after that is not among its revisions.
        let reflog = try reflog()
        let manifest = try reader.published().manifest
        guard manifest.isGarbageCollectable else {
            throw CVMFSError(
                .refused,
                "\(reader.fqrn) does not say that its old revisions may be collected, and its clients and replicas rely on "
                    + "that: nothing was removed. Publish a revision that does (CVMFS_GARBAGE_COLLECTION=true in server.conf)"
            )
        }
        try check(reflog.bytes, reflog.log, manifest, reflogChecksum)
        let kept = try mark(manifest)
        try list(reflog.log, olderThan: kept.oldest, manifest)
        try listUnfinished()
        try listOrphaned()
        var report = CollectionReport()
        report.keptRevisions = kept.chain.count
        report.taggedRevisions = kept.tagged.count
        report.keptObjects = marks.count
        report.removedRevisions = try condemned.objects(areLogged: true).count { $0.kind == .catalog }
        report.removedObjects = condemned.count
        report.removedBytes = condemned.bytes
        return report
    }

    /// Marks what was published since the last time, and what a new tag names. Called while nobody else publishes.
    func update() throws {
        let manifest = try reader.published().manifest
        if manifest != marked { _ = try mark(manifest) }
    }

    /// Marks everything that is kept by a published state.
    private func mark(_ manifest: RepositoryManifest) throws -> KeptRevisions {
        let kept = try KeptRevisions(reader, manifest, policy, now: context.now)
        let walk = CatalogWalk(store: store, passesOverMissing: false)
        for root in kept.chain + kept.tagged {
            try walk.run(from: root) { reference in
                guard try marks.insert(reference.hash, .catalog) else { return false }
                try advance { .marking(catalogs: $0) }
                return true
            } object: { hash, kind in
                try marks.insert(hash, kind)
            }
        }
        let named: [(ContentHash?, ObjectKind)] = [
            (manifest.certificate, .certificate), (manifest.history, .history), (manifest.metainfo, .metainfo),
        ]
        for case (let hash?, let kind) in named { try marks.insert(hash, kind) }
        marked = manifest
        return kept
    }

    /// Lists what the log has beyond that. Certificates, tag databases and meta info go with the last revision that is not
    /// younger.
    private func list(_ reflog: Reflog, olderThan oldest: Int64, _ manifest: RepositoryManifest) throws {
        catalogs = 0
        for reference in try reflog.references() where try !marks.contains(reference.hash, reference.kind) {
            if reference.kind == .catalog {
                try list(CatalogReference(hash: reference.hash, size: 0))
            } else if reference.timestamp < oldest {
                let size = try store.size(of: reference.hash, reference.kind)
                try condemned.insert(reference.hash, reference.kind, size: size ?? 0, isLogged: true)
            }
        }
    }

    private func list(_ root: CatalogReference) throws {
        let size = try store.size(of: root.hash, .catalog)
        try condemned.insert(root.hash, .catalog, size: size ?? 0, isLogged: true)
        var isRoot = true
        try CatalogWalk(store: store, passesOverMissing: true).run(from: root) { reference in
            defer { isRoot = false }
            if isRoot { return true }
            if try marks.contains(reference.hash, .catalog) { return false }
            guard let size = try store.size(of: reference.hash, .catalog) else { return false }
            try advance { .searching(catalogs: $0) }
            return try condemned.insert(reference.hash, .catalog, size: size)
        } object: { hash, kind in
            if try marks.contains(hash, kind) { return }
            guard let size = try store.size(of: hash, kind) else { return }
            try condemned.insert(hash, kind, size: size)
        }
    }

    private func listUnfinished() throws {
        guard let workspace else { return }
        try CondemnedObjects.forEachUnfinished(in: workspace) { object, isLogged in
            if try marks.contains(object.hash, object.kind) { return }
            guard let size = try store.size(of: object.hash, object.kind) else { return }
            try condemned.insert(object.hash, object.kind, size: size, isLogged: isLogged)
        }
    }

    /// What dead processes left, and what is needed nowhere.
    private func listOrphaned() throws {
        guard let workspace else { return }
        try OrphanedObjects(in: workspace).forEach { hash, kind in
            if try marks.contains(hash, kind) { return }
            guard let size = try store.size(of: hash, kind) else { return }
            try condemned.insert(hash, kind, size: size)
        }
    }

    private func advance(_ progress: (Int) -> CollectionProgress) throws {
        catalogs += 1
        try context.checkCancelled()
        report(progress(catalogs))
    }

    // The log.

    private func reflog() throws -> (bytes: [UInt8], log: Reflog) {
        guard let bytes = try store.readTopLevel(Reflog.fileName) else {
            throw CVMFSError(
                .notFound,
                "\(reader.fqrn) has no reference log, which says what was ever published: nothing was removed. It begins with "
                    + "the next revision"
            )
        }
        return (bytes, try Reflog(bytes: bytes))
    }

    /// Throws ``CVMFSError`` `corrupt` unless the log is that of the repository. Its hash is that in the manifest, but for a
    /// process that ended between the two; then at least the database must be whole and have what is published.
    private func check(
        _ bytes: [UInt8],
        _ log: Reflog,
        _ manifest: RepositoryManifest,
        _ checksum: ContentHash?
    ) throws {
        guard log.fqrn == reader.fqrn else {
            throw CVMFSError(.corrupt, "the reference log is that of \(Printable.text(log.fqrn)): nothing was removed")
        }
        if let expected = checksum ?? manifest.reflog {
            if try ContentHash(expected.algorithm, of: bytes) == expected { return }
            // A collection that did not come to its end may have ended between the two.
            guard workspace == nil || workspace?.unfinishedCollection.status() != nil else {
                throw CVMFSError(
                    .corrupt,
                    "the reference log of \(reader.fqrn) is not the one that its manifest names: it is damaged, or another "
                        + "program or a process that was killed wrote it last. Nothing was removed; the next revision that is "
                        + "published names the log as it is: convert something, or `wafer repository tag add \(reader.fqrn) "
                        + "NAME`, and run this command again"
                )
            }
        }
        guard try log.isWhole(), try log.contains(manifest.root.hash, .catalog) else {
            throw CVMFSError(
                .corrupt,
                "the reference log of \(reader.fqrn) is not the one that was written last, and is damaged or lacks the "
                    + "published revision: nothing was removed; `wafer repository check \(reader.fqrn)` says more"
            )
        }
    }
}
