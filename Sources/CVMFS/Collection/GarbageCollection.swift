import Foundation
import Plumbing

/// Removes the objects that nothing needs any more: mark and sweep (docs/cvmfs-format.md §8).
///
/// It reads what is kept and marks every object of it, reads the other revisions of the reference log and lists what they
/// have beyond that, and removes that in short pieces, each under the repository's lock and after what was published
/// meanwhile is marked, too. Preparations go on beside it. Whatever cannot be read ends it before anything is removed. What
/// was never part of a logged revision is seen only where a dead process's journal named it (``OrphanedObjects``).
package struct GarbageCollection: Sendable {
    let repository: Repository
    let policy: CollectionPolicy
    let context: WriteContext
    let report: @Sendable (CollectionProgress) -> Void

    /// A collection; `report` hears of its progress.
    package init(
        _ repository: Repository,
        _ policy: CollectionPolicy,
        _ context: WriteContext,
        report: @escaping @Sendable (CollectionProgress) -> Void = { _ in }
    ) {
        self.repository = repository
        self.policy = policy
        self.context = context
        self.report = report
    }

    /// What ``run()`` would do now; nothing is changed. Throws and blocks as that does.
    package func plan() throws -> CollectionReport {
        try withPlan { _, report in report }
    }

    /// Removes it, and returns what went. One that did not come to its end is finished first of all.
    ///
    /// Throws ``CVMFSError``, having removed nothing: `refused` where the repository may not be collected, `busy` where
    /// another collection runs, `notTrusted` where a revision could not be signed, `corrupt` and `notFound` for what cannot
    /// be read. After the first removal it throws what the storage does, and the next run goes on. Blocks.
    package func run() throws -> CollectionReport {
        try repository.checkPermission()
        return try withPlan(preparing: { workspace in
            let lock = try FileLock.acquire(workspace.journalLock, purpose: "collecting garbage", context)
            try withExtendedLifetime(lock) { try OrphanedObjects(in: workspace).take() }
        }) { search, report in
            let done = try CollectionRemoval(search: search, collection: self).run(report)
            try OrphanedObjects(in: try repository.workspace.open()).forgetTaken()
            return done
        }
    }

    private func plan(by search: CollectionSearch) throws -> CollectionReport {
        do {
            return try search.run(reflogChecksum: repository.reflogChecksum())
        } catch let error as CVMFSError where !error.description.contains("nothing was removed") {
            // What an object is that cannot be read, its reader does not know.
            throw CVMFSError(
                error.code,
                "\(error): nothing was removed; `wafer repository check \(repository.fqrn) --tags` says more"
            )
        }
    }

    private func withPlan<Value>(
        preparing prepare: (OpenWorkspace) throws -> Void = { _ in },
        _ body: (CollectionSearch, CollectionReport) throws -> Value
    ) throws -> Value {
        let workspace = try repository.workspace.open()
        let lock = try FileLock.acquire(workspace.collectionLock, purpose: "collecting garbage", context)
        let lease = try repository.commitGuard.beginCollection(context)
        return try withExtendedLifetime((lock, lease)) {
            try prepare(workspace)
            let search = try CollectionSearch(repository.reader, policy, context, in: workspace, report: report)
            defer { search.condemned.discard() }
            return try body(search, try plan(by: search))
        }
    }
}
