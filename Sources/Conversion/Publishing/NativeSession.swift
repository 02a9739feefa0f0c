import CVMFS
import Foundation
import Layers
import OCI
import Plumbing
import Synchronization

/// One image on its way into a native repository.
final class NativeSession: PublishingSession {
    private let repository: Repository
    private let preparation: Preparation
    private let lockTimeout: Duration
    private let now: @Sendable () -> Date
    private let ingested = Mutex<[PreparedCatalog]>([])
    private let inVain = Mutex(false)

    init(
        repository: Repository,
        preparation: Preparation,
        lockTimeout: Duration,
        now: @escaping @Sendable () -> Date
    ) {
        self.repository = repository
        self.preparation = preparation
        self.lockTimeout = lockTimeout
        self.now = now
    }

    func ingest(
        _ expectation: LayerExpectation?,
        limits: LayerLimits,
        at root: BytePath,
        from pipe: BytePipe
    ) async throws -> IngestedLayer {
        let layer = try await onDedicatedThread("layer \(expectation?.digest.hex.prefix(12) ?? "")") { [self] in
            do {
                let ingestion = LayerIngestion(
                    preparation: preparation,
                    limits: limits,
                    catalogLimits: repository.limits
                )
                return try ingestion.run(expectation, at: root, from: pipe)
            } catch {
                // Whoever fills the pipe must learn that nobody reads it any more.
                pipe.cancel(error)
                noteFailure(error)
                throw error
            }
        }
        ingested.withLock { $0.append(layer.catalog) }
        return layer.result
    }

    /// Whether what was stored is of no use to a next attempt: a layer is refused, or the storage itself failed, and
    /// where that is full its room is needed.
    var isInVain: Bool { inVain.withLock { $0 } }

    private func noteFailure(_ error: any Error) {
        if error is LayerError || (error as? CVMFSError)?.code == .system { inVain.withLock { $0 = true } }
    }

    func commit(_ publication: RevisionContents) async throws -> CommitOutcome {
        let catalogs = ingested.withLock { $0 }
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await onDedicatedThread("commit \(repository.fqrn)") { [self] in
                do {
                    return try repository.commit(
                        preparation,
                        lockTimeout: lockTimeout,
                        now: now(),
                        checkCancelled: cancellation.check
                    ) { transaction in
                        try apply(publication, layers: catalogs, to: transaction)
                    }
                } catch {
                    noteFailure(error)
                    throw error
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    private func apply(_ publication: RevisionContents, layers: [PreparedCatalog], to transaction: Transaction) throws {
        for layer in layers {
            // Another process may have published the same layer meanwhile; its content is the same.
            if !publication.overwritesLayers, try transaction.tree.entry(at: layer.path) != nil,
                try hasRecord(layer.path, in: transaction.tree)
            {
                continue
            }
            try makeDirectories(above: layer.path, in: transaction)
            try transaction.attach(layer)
        }
        for file in publication.files where file.isDecisive { try write(file, to: transaction) }
        if transaction.hasChanges {
            for file in publication.files where !file.isDecisive { try write(file, to: transaction) }
            for path in publication.removed { try remove(path, from: transaction) }
        }
        for path in publication.required where try transaction.tree.entry(at: path) == nil {
            throw ConversionError(
                "\(path) disappeared from \(repository.fqrn) during the conversion: run the command again"
            )
        }
    }

    private func hasRecord(_ layerRoot: BytePath, in tree: CatalogTree) throws -> Bool {
        guard let record = layerRoot.parent.map(RepositoryLayout.record(of:)) else { return false }
        return try tree.entry(at: record) != nil
    }

    private func write(_ file: RevisionContents.File, to transaction: Transaction) throws {
        try makeDirectories(above: file.path, in: transaction)
        if let parent = file.path.parent { try transaction.makeDirectory(parent) }
        try transaction.writeFile(file.path, file.bytes)
    }

    /// Removes a file that may be there, and the directories above it that then have nothing but markers; those at the
    /// top stay.
    private func remove(_ path: BytePath, from transaction: Transaction) throws {
        guard try transaction.tree.entry(at: path) != nil else { return }
        var path = path
        while let parent = path.parent, parent.components.count > 1 {
            let others = try transaction.tree.entries(of: parent).map(\.name)
                .filter { $0 != path.name && $0 != CatalogEntry.markerName }
            guard others.isEmpty else { break }
            path = parent
        }
        try transaction.remove(path)
    }

    private func makeDirectories(above path: BytePath, in transaction: Transaction) throws {
        for directory in RepositoryLayout.nestedDirectories(above: path) {
            try transaction.makeDirectory(directory, nested: true)
        }
    }
}
