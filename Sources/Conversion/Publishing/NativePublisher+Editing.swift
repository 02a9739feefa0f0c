package import CVMFS
package import Plumbing
import StockServer

/// What else people do to a repository.
extension NativePublisher {
    package func referrers(to paths: [BytePath]) async throws -> [LayerReferrer] {
        try await onDedicatedThread("read \(fqrn)") { try LayerReferrer.to(paths, in: StorageReader(repository)) }
    }

    package func remove(_ paths: [BytePath]) async throws -> UInt64 {
        try await onDedicatedThread("remove from \(fqrn)") {
            try repository.edit(lockTimeout: lockTimeout, now: now()) { transaction in
                for path in paths { try transaction.remove(path) }
            }.revision
        }
    }

    package func addTag(_ name: String, description: String, revisionOf source: String?) async throws -> UInt64 {
        try await onDedicatedThread("tag \(fqrn)") {
            try repository.addTag(
                name,
                description: description,
                revisionOf: source,
                lockTimeout: lockTimeout,
                now: now()
            ).revision
        }
    }

    package func removeTags(_ names: [String]) async throws {
        try await onDedicatedThread("tag \(fqrn)") {
            try repository.removeTags(names, lockTimeout: lockTimeout, now: now())
        }
    }

    package func planRollback(to name: String) async throws -> RollbackPlan {
        try await onDedicatedThread("plan the way back") { try RollbackPlan(to: name, in: repository) }
    }

    package func rollback(to name: String) async throws -> Rollback {
        try await onDedicatedThread("roll back \(fqrn)") {
            try repository.rollback(to: name, lockTimeout: lockTimeout, now: now())
        }
    }

    package func setMetainfo(_ bytes: [UInt8]) async throws -> Bool {
        try await onDedicatedThread("meta info of \(fqrn)") {
            try repository.setMetainfo(bytes, lockTimeout: lockTimeout, now: now())
        }
    }
}
