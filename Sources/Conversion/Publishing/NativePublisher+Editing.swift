package import CVMFS
package import Plumbing
import StockServer

/// What else people do to a repository. A wish to stop counts while another writer is waited for.
extension NativePublisher {
    package func inventory() async throws -> RepositoryInventory {
        try await onDedicatedThread("read \(fqrn)") {
            try RepositoryInventory.read(
                StorageReader(repository.reader),
                of: fqrn,
                isAdopted: adoption != nil
            )
        }
    }

    package func referrers(to paths: [BytePath]) async throws -> RemovalReferrers {
        try await onDedicatedThread("read \(fqrn)") {
            try RemovalReferrers.to(paths, in: StorageReader(repository.reader))
        }
    }

    package func remove(_ paths: [BytePath]) async throws -> UInt64 {
        try await writing("remove from") { context in
            try repository.edit(context) { transaction in
                for path in paths { try transaction.remove(path) }
            }.revision
        }
    }

    package func addTag(_ name: String, description: String, revisionOf source: String?) async throws -> UInt64 {
        try await writing("tag") { context in
            try repository.tags.add(name, description: description, revisionOf: source, context).revision
        }
    }

    package func removeTags(_ names: [String]) async throws {
        try await writing("tag") { try repository.tags.remove(names, $0) }
    }

    package func planRollback(to name: String) async throws -> RollbackPlan {
        try await onDedicatedThread("plan the way back") { try RollbackPlan(to: name, in: repository.reader) }
    }

    package func rollback(to name: String) async throws -> Rollback {
        try await writing("roll back") { try repository.tags.rollback(to: name, $0) }
    }

    package func setMetainfo(_ bytes: [UInt8]) async throws -> Bool {
        try await writing("meta info of") { try repository.setMetainfo(bytes, $0) }
    }

    package func collectGarbage(
        _ policy: CollectionPolicy,
        dryRun: Bool,
        report: @escaping @Sendable (CollectionProgress) -> Void
    ) async throws -> CollectionReport {
        try await writing("collect garbage of") { context in
            let collection = GarbageCollection(repository, policy, context, report: report)
            return dryRun ? try collection.plan() : try collection.run()
        }
    }

    func writing<Value: Sendable>(
        _ what: String,
        _ body: @escaping @Sendable (WriteContext) throws -> Value
    ) async throws -> Value {
        let cancellation = Cancellation()
        let context = context.stopped(by: cancellation.check)
        return try await withTaskCancellationHandler {
            try await onDedicatedThread("\(what) \(fqrn)") { try body(context) }
        } onCancel: {
            cancellation.cancel()
        }
    }
}
