import Foundation
import Plumbing

/// Removes what a search listed, a short piece at a time under the repository's lock.
struct CollectionRemoval {
    let search: CollectionSearch
    let collection: GarbageCollection

    /// Objects for which the lock is held.
    private static let pieceLength = 2_000

    private var repository: Repository { collection.repository }
    private var storage: any ObjectStore { collection.repository.storage }

    /// Removes everything that is still not needed. Returns what went.
    func run(_ plan: CollectionReport) throws -> CollectionReport {
        var done = plan
        (done.removedRevisions, done.removedObjects, done.removedBytes) = (0, 0, 0)
        if search.condemned.count == 0 { return done }
        try removeLogged(&done)
        var last: Int64 = 0
        while true {
            try collection.context.checkCancelled()
            let piece = try search.condemned.objects(areLogged: false, after: last, limit: Self.pieceLength)
            guard let end = piece.last else { break }
            try withLock { _ in for object in piece { try remove(object, &done) } }
            last = end.number
            collection.report(.removing(objects: done.removedObjects, of: plan.removedObjects))
        }
        try storage.synchronize()
        try search.condemned.end()
        try StorageUseFile(repository.workspace.open().use).add(-done.removedBytes)
        return done
    }

    /// Takes revisions out of the log and away, so that nobody can name them any more while their objects go.
    private func removeLogged(_ done: inout CollectionReport) throws {
        try withLock { lock in
            let logged = try search.condemned.objects(areLogged: true).filter {
                try !search.marks.contains($0.hash, $0.kind)
            }
            let state = try repository.reader.published()
            let signer = try Signer(
                keys: repository.reader.keys,
                whitelist: state.whitelist,
                now: collection.context.now
            )
            try search.condemned.begin()
            try repository.workspace.open().collectionMark.replace(by: UUID().uuidString, mode: 0o600)
            var manifest = state.manifest
            manifest.reflog = try ReflogUpdate(fqrn: repository.fqrn, storage: storage)
                .remove(logged.map(\.hash), after: manifest, lock)
            try storage.replaceTopLevel(RepositoryManifest.fileName, with: try manifest.serialize(signedBy: signer.key))
            for object in logged {
                try remove(object, &done)
                if object.kind == .catalog { done.removedRevisions += 1 }
            }
        }
    }

    private func remove(_ object: CondemnedObjects.Object, _ done: inout CollectionReport) throws {
        if try search.marks.contains(object.hash, object.kind) { return }
        try storage.remove(object.hash, object.kind)
        done.removedObjects += 1
        done.removedBytes += object.size
    }

    private func withLock(_ body: (any CommitLock) throws -> Void) throws {
        let lock = try repository.commitGuard.acquire(purpose: "collecting garbage", collection.context)
        try withExtendedLifetime(lock) {
            try search.update()
            try body(lock)
        }
    }
}
