package import CVMFS
package import Plumbing
package import State

/// Writes the repository format itself: no root, no mounts, one revision an image.
package struct NativePublisher: Publisher {
    let repository: Repository
    let context: WriteContext
    package let trees: TreeSettings
    package var adoption: RepositoryAdoption?
    private let latest = LatestView()
    private let commits = CommitQueue()

    /// A publisher for a repository on this machine's disks.
    package init(_ repository: Repository, _ context: WriteContext, trees: TreeSettings = TreeSettings()) {
        self.trees = trees
        self.repository = repository
        self.context = context
    }

    package var fqrn: String { repository.fqrn }

    package func contents(_ paths: [BytePath]) async throws -> [BytePath: [UInt8]] {
        try await latest.contents(paths, of: repository.reader)
    }

    package func membership() async throws -> String? {
        try await BlockingExecutor.storages.run { try repository.reader.membership() }
    }

    package func freeBytes() async throws -> Int64? {
        try await BlockingExecutor.storages.run { try repository.freeBytes() }
    }

    package func space() async throws -> RepositorySpace {
        try await BlockingExecutor.storages.run {
            let quota = repository.settings.quota
            return RepositorySpace(
                used: try quota == nil ? nil : repository.use(now: context.now)?.bytes,
                quota: quota,
                free: try repository.freeBytes(),
                reserve: try repository.reservedBytes()
            )
        }
    }

    package func withSession<Result: Sendable>(
        _ body: @Sendable (any PublishingSession) async throws -> Result
    ) async throws -> Result {
        let cancellation = Cancellation()
        let preparation = try await withTaskCancellationHandler {
            try await onDedicatedThread("prepare \(fqrn)") {
                try repository.prepare(context.stopped(by: cancellation.check))
            }
        } onCancel: {
            cancellation.cancel()
        }
        let session = NativeSession(
            repository: repository,
            preparation: preparation,
            context: context,
            commits: commits
        )
        do {
            let result = try await commits.withSession { try await body(session) }
            try await onDedicatedThread("finish \(fqrn)") { try preparation.end() }
            return result
        } catch {
            // What is stored helps the next attempt, unless it is in vain. Somebody who wants to stop does not wait for
            // the disk. The journal stays in these cases, and the next preparation cleans up. So it does where this
            // fails, which the first error explains better.
            if session.isInVain {
                try? await onDedicatedThread("give up \(fqrn)") { try preparation.abandon() }
            } else if !Task.isCancelled {
                try? await onDedicatedThread("finish \(fqrn)") { try preparation.end() }
            }
            throw error
        }
    }
}
