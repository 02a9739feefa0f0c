package import CVMFS
import Plumbing
import StockServer

/// Garbage is collected by `cvmfs_server gc`, and planned here.
extension ServerPublisher {
    /// Throws where no storage can be read: what would go cannot be told then.
    package func collectGarbage(
        _ policy: CollectionPolicy,
        dryRun: Bool,
        report: @escaping @Sendable (CollectionProgress) -> Void
    ) async throws -> CollectionReport {
        try refuseThroughGateway("gc -f")
        guard let storage else {
            throw ConversionError(
                "Wafer cannot read the storage of \(fqrn) here, and so cannot tell what would go: `cvmfs_server gc \(fqrn)` "
                    + "collects garbage"
            )
        }
        let plan = try await plan(policy, in: storage, report)
        if dryRun || plan.removedObjects == 0 { return plan }
        return try await withWriterLock {
            // It keeps the published revision and so many before it.
            let depth = String(plan.keptRevisions - 1)
            try await transactions.run(["gc", "-f", "-r", depth], purpose: "collecting garbage")
            let left = try await self.plan(CollectionPolicy(revisions: plan.keptRevisions), in: storage, report)
            var done = plan
            done.removedRevisions -= left.removedRevisions
            done.removedObjects -= left.removedObjects
            done.removedBytes -= left.removedBytes
            // They are counted anew by whoever asks.
            usePlace.remove()
            return done
        }
    }

    private func plan(
        _ policy: CollectionPolicy,
        in storage: RepositoryReader,
        _ report: @escaping @Sendable (CollectionProgress) -> Void
    ) async throws -> CollectionReport {
        let (context, repository) = (transactions.context, repository)
        return try await onDedicatedThread("plan the collection of \(fqrn)") {
            try storage.planCollection(
                policy,
                context,
                reflogChecksum: repository.spool.reflogChecksum(),
                report: report
            )
        }
    }
}
