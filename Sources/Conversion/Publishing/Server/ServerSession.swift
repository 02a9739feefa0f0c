import CVMFS
import Foundation
import Layers
import OCI
import Plumbing
import StockServer
import Synchronization
import SystemPackage

/// One image on its way through `cvmfs_server`.
final class ServerSession: PublishingSession {
    struct State {
        var layers: [SpooledLayer] = []
        var trees: [SpooledTree] = []
        var begun = 0
        var transactions = 0
        var losses: [BytePath: [LayerLoss: Int]] = [:]
    }

    let repository: ServerRepository
    let reader: any RevisionReader
    let server: ServerTransactions
    let folder: FilePath
    let state = Mutex(State())

    init(
        repository: ServerRepository,
        reader: any RevisionReader,
        transactions: ServerTransactions,
        folder: FilePath
    ) {
        self.repository = repository
        self.reader = reader
        server = transactions
        self.folder = folder
    }

    var fqrn: String { repository.fqrn }

    var transactions: Int? { state.withLock { $0.transactions } }

    func ingest(
        _ expectation: LayerExpectation?,
        limits: LayerLimits,
        at root: BytePath,
        over below: LayersBelow,
        from pipe: BytePipe
    ) async throws -> IngestedLayer {
        let number = state.withLock { state in
            state.begun += 1
            return state.begun
        }
        let file = folder.appending("layer-\(number)")
        let name = "layer \(expectation?.digest.hex.prefix(12) ?? "")"
        let read = try await onDedicatedThread(name) {
            do {
                return try SpoolingLayer(expectation, limits: limits, from: pipe, to: file)
            } catch {
                // Whoever fills the pipe must learn that nobody reads it any more.
                pipe.cancel(error)
                throw error
            }
        }
        if read.tree.needsLower { try await below.prepared() }
        let roots = read.tree.needsLower ? below.roots : []
        return try await onDedicatedThread(name) { [self] in
            let layer = try SpooledLayer(
                read,
                catalogLimits: repository.catalogLimits,
                at: root,
                over: LayerStack(lower(roots))
            )
            state.withLock { $0.layers.append(layer) }
            return IngestedLayer(
                summary: layer.summary,
                entries: layer.nodes.count,
                content: ContentStatistics(unexamined: layer.contentSize),
                losses: layer.losses,
                base: layer.recordedBase
            )
        }
    }

    func entriesOfAnotherBase(
        _ root: BytePath,
        prepared: LayerBase?,
        over below: LayersBelow
    ) async throws -> Int {
        try await onDedicatedThread("compare \(root)") { [self] in
            let path = RepositoryLayout.layerBase(at: root)
            let bytes = try reader.contents([path])[path]
            guard let layer = lower([root]).first else { return 0 }
            let comparison = LayerBaseComparison(
                layer: layer,
                record: try prepared.map { LayerBaseRecord($0, over: []) } ?? bytes.map(LayerBaseRecord.decode),
                lower: LayerStack(lower(below.roots)),
                // Files of the same size, time and owner: to read them through a mount would take as long as the layer.
                areEqual: { _, _ in true }
            )
            return try comparison.differences().count
        }
    }

    private func lower(_ roots: [BytePath]) -> [ServerLayer] {
        let layers = state.withLock { $0.layers }
        return roots.map { root in
            layers.last { $0.root == root }.map(ServerLayer.init) ?? ServerLayer(at: root, in: reader)
        }
    }

    func commit(
        _ edits: [TreeEdit],
        requiring required: [BytePath],
        onto revision: UInt64?
    ) async throws -> CommitOutcome {
        try await server.withWriterLock {
            let before = try await read { try $0.revision() }
            if let revision, before != revision { throw RevisionMoved() }
            try await publishLayers(edits)
            let changed = try await publish(edits.filter(\.isSmall))
            try await checkRequired(required)
            let after = try await read { try $0.revision() }
            return changed || after != before ? .published(revision: after) : .unchanged(revision: after)
        }
    }

    func read<Value: Sendable>(_ body: @escaping @Sendable (any RevisionReader) throws -> Value) async throws
        -> Value
    {
        let reader = reader
        return try await onDedicatedThread("read \(fqrn)") { try body(reader) }
    }

    func count() {
        state.withLock { $0.transactions += 1 }
    }

    // MARK: - Layers

    /// All layers in one ingestion, and then what is there compared with what was verified.
    private func publishLayers(_ edits: [TreeEdit]) async throws {
        let layers = try await missing(edits)
        let trees = try await changed(state.withLock { $0.trees })
        let subtrees: [any ArchivedSubtree] = layers + trees
        if subtrees.isEmpty { return }
        let roots = subtrees.map(\.root)
        let remains = try await read { reader in try roots.filter(reader.exists) }.sorted()
        if !remains.isEmpty {
            // Another tool's, or what a process of ours had published before it could write the record. Deleting and
            // adding in one ingestion ends in an assertion of the stock tools.
            try await server.remove(
                remains,
                purpose: "removing \(Counted.text(remains.count, "subtree")) that were not finished or are made anew"
            ) { count() }
        }
        try await makeCatalogs(above: subtrees)
        let archive = folder.appending("layers.tar")
        let above = try await directoriesAbove(subtrees)
        let (repository, now) = (repository, server.context.now)
        try await onDedicatedThread("archive of \(Counted.text(layers.count, "layer"))") {
            let owner = try repository.ownerIDs()
            try LayerArchive(directories: above, layers: layers, trees: trees, owner: owner, now: now)
                .write(to: archive)
        }
        try await server.ingest(
            ["-k", "-t", "-", "-b", "/"],
            from: archive,
            purpose: "ingesting \(Counted.text(layers.count, "layer"))"
        )
        count()
        try await discard(archive)
        for subtree in subtrees { try await verify(subtree) }
    }

    /// Those to attach that another process did not publish meanwhile.
    private func missing(_ edits: [TreeEdit]) async throws -> [SpooledLayer] {
        let layers = state.withLock { $0.layers }
        var missing: [SpooledLayer] = []
        for edit in edits {
            guard case .attach(let replacing) = edit.change else { continue }
            if state.withLock({ $0.trees.contains { $0.root == edit.path } }) { continue }
            guard let layer = layers.last(where: { $0.root == edit.path }) else {
                throw ConversionError("nothing was prepared for \(edit.path)")
            }
            let contents = try await read { try $0.contents(LayerPresence.paths(at: edit.path)) }
            guard !replacing, LayerPresence(at: edit.path, in: contents) == .complete else {
                missing.append(layer)
                continue
            }
            let base = RepositoryLayout.layerBase(at: edit.path)
            let published = try await read { try $0.contents([base])[base] }
            try LayerOvertaken.check(edit.path, published: published, edits)
        }
        return missing
    }

    /// The directories on the way to the layers that are not there yet, outermost first.
    private func directoriesAbove(_ layers: [any ArchivedSubtree]) async throws -> [LayerArchive.Directory] {
        var nested: Set<BytePath> = []
        for layer in layers { nested.formUnion(RepositoryLayout.nestedDirectories(above: layer.root)) }
        return try await absentDirectories(above: layers.map(\.root)).map {
            LayerArchive.Directory(path: $0, isNested: nested.contains($0))
        }
    }

    /// Throws where something else is in the place of one: what is unpacked below a link would go wherever that leads.
    func absentDirectories(
        above paths: [BytePath],
        besides removed: [BytePath] = []
    ) async throws -> [BytePath] {
        var above: Set<BytePath> = []
        for path in paths { above.formUnion(path.ancestors) }
        let wanted = Array(above)
        let there = try await read { try $0.entries(wanted) }.filter { !removed.contains($0.key) }
        if let other = there.sorted(by: { $0.key < $1.key }).first(where: { $0.value.kind != .directory }) {
            throw ConversionError("\(other.key) in \(fqrn) is not a directory: nothing can be published below it")
        }
        return wanted.filter { there[$0] == nil }.sorted()
    }

    /// `cvmfs_server ingest` says "done" of an archive that it read in part.
    private func verify(_ layer: any ArchivedSubtree) async throws {
        let (expected, actual) = try await read { (try layer.fingerprint(), try $0.fingerprint(layer.root)) }
        if actual == expected { return }
        let lacksSpecialFiles = repository.isBehindGateway && actual.special.entries == 0
        guard actual.ordinary.content == expected.ordinary.content,
            actual.special.content == expected.special.content || lacksSpecialFiles
        else {
            throw ConversionError(
                "\(layer.root) in \(fqrn) is not what was ingested: \(actual.entries) entries of \(expected.entries), or "
                    + "others; it has no record, so it counts as missing, and the next conversion replaces it"
            )
        }
        var losses = lacksSpecialFiles ? layer.specialFiles : [:]
        if actual.ordinary.owned != expected.ordinary.owned || losses.isEmpty && actual.special != expected.special {
            losses[.owners] = expected.entries
        }
        state.withLock { [losses] in $0.losses[layer.root] = losses }
    }

    /// A gateway replays what is new row by row, and drops special files on the way, whiteouts among them. A catalog that
    /// is in both revisions it takes as it is, with all that is below: so there has to be one above the layers, or at a
    /// tree, before they come (docs/cvmfs-format.md §9.7). Once in the life of a repository that is a revision more.
    private func makeCatalogs(above layers: [any ArchivedSubtree]) async throws {
        guard repository.isBehindGateway else { return }
        var missing: Set<BytePath> = []
        for layer in layers {
            let shared = RepositoryLayout.nestedDirectories(above: layer.root).first
            guard let directory = shared ?? (layer.specialFiles.isEmpty ? nil : layer.root) else { continue }
            let markers = (directory.ancestors + [directory]).map { $0.appending(CatalogEntry.markerName) }
            let there = try await read { try $0.contents(markers) }
            if there.isEmpty { missing.insert(directory.appending(CatalogEntry.markerName)) }
        }
        if missing.isEmpty { return }
        let files = missing.sorted().map { TreeEdit($0, .file([]), isDecisive: false) }
        try await edit(files, message: "wafer:catalogs")
    }

    /// What turned out to be lost only by looking at it.
    func losses(at root: BytePath) -> [LayerLoss: Int] { state.withLock { $0.losses[root] ?? [:] } }

    private func checkRequired(_ paths: [BytePath]) async throws {
        let there = try await read { try $0.contents(paths) }
        for path in paths where there[path] == nil {
            throw ConversionError("\(path) disappeared from \(fqrn) during the conversion: run the command again")
        }
    }
}
