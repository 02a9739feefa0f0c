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
    private let context: WriteContext
    private let commits: CommitQueue
    private let ingested = Mutex<[PreparedCatalog]>([])
    /// What the prepared layers have from those below them, by their roots.
    private let bases = Mutex<[BytePath: LayerBase]>([:])
    private let inVain = Mutex(false)
    /// What was published when it was first asked for layers: those that are known were there before.
    private let published = Mutex<CatalogTree?>(nil)

    init(
        repository: Repository,
        preparation: Preparation,
        context: WriteContext,
        commits: CommitQueue
    ) {
        self.repository = repository
        self.preparation = preparation
        self.context = context
        self.commits = commits
    }

    func ingest(
        _ expectation: LayerExpectation?,
        limits: LayerLimits,
        at root: BytePath,
        over below: LayersBelow,
        from pipe: BytePipe
    ) async throws -> IngestedLayer {
        let ingestion = LayerIngestion(
            preparation: preparation,
            limits: limits,
            catalogLimits: repository.settings.limits,
            hardLinks: repository.settings.hardLinks
        )
        let name = "layer \(expectation?.digest.hex.prefix(12) ?? "")"
        let read = try await onDedicatedThread(name) { [self] in
            do {
                return try ingestion.read(expectation, from: pipe)
            } catch {
                // Whoever fills the pipe must learn that nobody reads it any more.
                pipe.cancel(error)
                noteFailure(error)
                throw error
            }
        }
        if read.tree.needsLower { try await below.prepared() }
        let roots = read.tree.needsLower ? below.roots : []
        let layer = try await onDedicatedThread(name) { [self] in
            do {
                return try ingestion.finish(
                    read,
                    at: root,
                    over: LayerStack(try stored(roots).map { MappedLayer($0, PendingContent.init(stored:)) })
                )
            } catch {
                noteFailure(error)
                throw error
            }
        }
        ingested.withLock { $0.append(layer.catalog) }
        bases.withLock { $0[root] = layer.result.base }
        return layer.result
    }

    func entriesOfAnotherBase(
        _ root: BytePath,
        prepared: LayerBase?,
        over below: LayersBelow
    ) async throws -> Int {
        try await onDedicatedThread("compare \(root)") { [self] in
            try withPublished { published in
                let bytes = try published.readFile(RepositoryLayout.layerBase(at: root))
                guard let layer = try stored([root], published).first else { return 0 }
                let comparison = LayerBaseComparison(
                    layer: layer,
                    record: try prepared.map { LayerBaseRecord($0, over: []) } ?? bytes.map(LayerBaseRecord.decode),
                    lower: LayerStack(try stored(below.roots, published)),
                    areEqual: ==
                )
                return try comparison.differences().count
            }
        }
    }

    /// Reads what is published, one thread at a time.
    private func withPublished<Value: Sendable>(_ body: (CatalogTree) throws -> Value) throws -> Value {
        try published.withLock { known in
            let tree = try known ?? repository.reader.tree()
            known = tree
            return try body(tree)
        }
    }

    func assemble(_ tree: TreePlan) async throws -> AssembledTree {
        try await onDedicatedThread("tree \(String(decoding: tree.root.name.prefix(12), as: UTF8.self))") { [self] in
            do {
                return try withPublished { try assemble(tree, in: $0) }
            } catch {
                noteFailure(error)
                throw error
            }
        }
    }

    private func assemble(_ tree: TreePlan, in published: CatalogTree) throws -> AssembledTree {
        let (layers, unknown) = try treeLayers(tree.layers, published)
        let added = try AddedFiles(tree.additions) { try preparation.storeFile($0.content) }
        let rule = TreeRowRule(tree.options, repository.settings.hardLinks)
        let rows = try TreeRows(layers + [.added(added)], rule)
        let catalog = try preparation.catalog(
            of: rows,
            at: tree.root,
            limits: TreeRows.catalogLimits,
            markerAttributes: rule.markerAttributes
        )
        ingested.withLock { $0.append(catalog) }
        return AssembledTree(
            entries: rows.count,
            size: rows.size,
            notes: rows.notes.merging(unknown) { $0 + $1 },
            merging: rows.merging
        )
    }

    /// The layers as they are unpacked, and what cannot be known of them.
    private func treeLayers(
        _ digests: [Digest],
        _ published: CatalogTree
    ) throws -> ([TreeLayer], unknown: [String: Int]) {
        var unknown: [String: Int] = [:]
        let layers: [TreeLayer] = try digests.map { digest in
            let root = RepositoryLayout.layerRoot(digest)
            if let prepared = ingested.withLock({ $0.last { $0.path == root } }) {
                let tree = try published.subtree(at: root, prepared.reference) ?? published
                let base = bases.withLock { $0[root] }.map { LayerBaseRecord($0, over: []) }
                return .stored(try StoredLayer(tree, at: root, hasRecord: true, base: base))
            }
            let base = try published.readFile(RepositoryLayout.layerBase(at: root)).map(LayerBaseRecord.decode)
            let record = try published.readFile(RepositoryLayout.layerRecord(digest)).map(LayerRecord.decode)
            unknown.merge(AssembledTree.unknown(record?.losses ?? [:], base)) { $0 + $1 }
            let tree = try published.subtree(at: root) ?? published
            return .stored(try StoredLayer(tree, at: root, hasRecord: record != nil, base: base))
        }
        return (layers, unknown)
    }

    /// Layers that are prepared or published.
    private func stored(_ roots: [BytePath]) throws -> [CatalogLayer] {
        roots.isEmpty ? [] : try stored(roots, repository.reader.tree())
    }

    private func stored(_ roots: [BytePath], _ published: CatalogTree) throws -> [CatalogLayer] {
        let prepared = ingested.withLock { $0 }
        return try roots.map { root in
            guard let catalog = prepared.last(where: { $0.path == root }) else {
                return CatalogLayer(published, at: root)
            }
            let tree = try CatalogTree(store: repository.reader.store, root: catalog.reference, of: root)
            return CatalogLayer(tree, at: root)
        }
    }

    /// Whether what was stored is of no use to a next attempt: a layer is refused, or the storage itself failed, and
    /// where that is full its room is needed.
    var isInVain: Bool { inVain.withLock { $0 } }

    private func noteFailure(_ error: any Error) {
        if error is LayerError || (error as? CVMFSError)?.code == .system { inVain.withLock { $0 = true } }
    }

    func commit(
        _ edits: [TreeEdit],
        requiring required: [BytePath],
        onto revision: UInt64?
    ) async throws -> CommitOutcome {
        let catalogs = ingested.withLock { $0 }
        let cancellation = Cancellation()
        let request = CommitQueue.Request(preparation: preparation, cancellation: cancellation) { [self] transaction in
            // Others may share the revision, and what they edited counts as well.
            if let revision, try transaction.hasChanges || transaction.revision != revision { throw RevisionMoved() }
            let edits = try PodmanStoreLoss(PodmanStoreReader(transaction.tree)).mended(edits)
            try apply(edits, prepared: catalogs, to: transaction)
            try check(required, in: transaction.tree)
            try PodmanStore.check(edits, in: PodmanStoreReader(transaction.tree), of: repository.fqrn)
        }
        do {
            return try await withTaskCancellationHandler {
                try await commits.commit(request, to: repository, context)
            } onCancel: {
                cancellation.cancel()
            }
        } catch {
            noteFailure(error)
            throw error
        }
    }

    /// The image's own changes decide whether there is anything to do along with them.
    private func apply(_ edits: [TreeEdit], prepared: [PreparedCatalog], to transaction: Transaction) throws {
        for edit in edits {
            guard case .attach(replacing: false) = edit.change, try isComplete(edit.path, in: transaction.tree) else {
                continue
            }
            let base = try transaction.tree.readFile(RepositoryLayout.layerBase(at: edit.path))
            try LayerOvertaken.check(edit.path, published: base, edits)
        }
        for edit in edits where edit.isDecisive { try apply(edit, prepared, to: transaction) }
        guard transaction.hasChanges else { return }
        for edit in edits where !edit.isDecisive { try apply(edit, prepared, to: transaction) }
    }

    private func apply(_ edit: TreeEdit, _ prepared: [PreparedCatalog], to transaction: Transaction) throws {
        if !edit.change.isRemoval { try makeDirectories(above: edit, in: transaction) }
        switch edit.change {
        case .attach(let replacing):
            // Another process may have published the same layer meanwhile (``apply(_:prepared:to:)`` has compared it).
            if !replacing, try isComplete(edit.path, in: transaction.tree) { return }
            guard let catalog = prepared.last(where: { $0.path == edit.path }) else {
                throw ConversionError("nothing was prepared for \(edit.path)")
            }
            try transaction.attach(catalog)
        case .file(let bytes):
            if let parent = edit.path.parent { try transaction.makeDirectory(parent) }
            try transaction.writeFile(edit.path, bytes, attributes: edit.attributes)
        case .symlink(let target):
            if let parent = edit.path.parent { try transaction.makeDirectory(parent) }
            try transaction.writeSymlink(edit.path, target, attributes: edit.attributes)
        case .directory:
            try transaction.makeDirectory(edit.path, attributes: edit.attributes)
        case .amend(let amendment):
            let former = try transaction.tree.readFile(edit.path, limit: Self.amendmentLimit)
            if let bytes = try amendment.bytes(former) {
                if let parent = edit.path.parent { try transaction.makeDirectory(parent) }
                try transaction.writeFile(edit.path, bytes, attributes: edit.attributes)
            } else {
                try remove(edit.path, from: transaction)
            }
        case .name(let target):
            let there = try transaction.tree.entry(at: edit.path).map { $0.type == .symlink ? $0.symlink : [] }
            try ImageName.check(edit.path, there: there, in: repository.fqrn)
            if let target {
                if let parent = edit.path.parent { try transaction.makeDirectory(parent) }
                try transaction.writeSymlink(edit.path, target, attributes: edit.attributes)
            } else {
                try remove(edit.path, from: transaction)
            }
        case .remove:
            try remove(edit.path, from: transaction)
        case .removeUnless(let path):
            if try transaction.tree.entry(at: path) == nil { try remove(edit.path, from: transaction) }
        }
    }

    /// The lists of a store of a hundred thousand images.
    private static let amendmentLimit = 128 << 20

    private func isComplete(_ root: BytePath, in tree: CatalogTree) throws -> Bool {
        var contents: [BytePath: [UInt8]] = [:]
        for path in LayerPresence.paths(at: root) where try tree.entry(at: path) != nil { contents[path] = [] }
        return LayerPresence(at: root, in: contents) == .complete
    }

    private func check(_ required: [BytePath], in tree: CatalogTree) throws {
        for path in required where try tree.entry(at: path) == nil {
            throw ConversionError(
                "\(path) disappeared from \(repository.fqrn) during the conversion: run the command again"
            )
        }
    }

    /// Removes what may be there, and the directories above it that then have nothing but markers.
    private func remove(_ path: BytePath, from transaction: Transaction) throws {
        guard try transaction.tree.entry(at: path) != nil else { return }
        var path = path
        while let parent = path.parent, !RepositoryLayout.staysEmpty(parent) {
            let others = try transaction.tree.entries(of: parent).map(\.name)
                .filter { $0 != path.name && $0 != CatalogEntry.markerName }
            guard others.isEmpty else { break }
            path = parent
        }
        try transaction.remove(path)
    }

    private func makeDirectories(above edit: TreeEdit, in transaction: Transaction) throws {
        for directory in RepositoryLayout.nestedDirectories(above: edit) {
            try transaction.makeDirectory(directory, nested: true)
        }
    }
}
