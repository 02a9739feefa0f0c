import CVMFS
import Foundation
import Layers
import OCI
import Plumbing
import Synchronization
import SystemPackage

/// One image on its way through `cvmfs_server`.
final class ServerSession: PublishingSession {
    private struct State {
        var layers: [SpooledLayer] = []
        var begun = 0
        var transactions = 0
        var losses: [BytePath: [LayerLoss: Int]] = [:]
    }

    private let repository: ServerRepository
    private let reader: any RevisionReader
    private let server: ServerTransactions
    private let workspace: FilePath
    private let folder: FilePath
    private let lockTimeout: Duration
    private let state = Mutex(State())

    init(
        repository: ServerRepository,
        reader: any RevisionReader,
        transactions: ServerTransactions,
        workspace: FilePath,
        folder: FilePath,
        lockTimeout: Duration
    ) {
        self.repository = repository
        self.reader = reader
        server = transactions
        self.workspace = workspace
        self.folder = folder
        self.lockTimeout = lockTimeout
    }

    private var fqrn: String { repository.fqrn }

    var transactions: Int? { state.withLock { $0.transactions } }

    func ingest(
        _ expectation: LayerExpectation?,
        limits: LayerLimits,
        at root: BytePath,
        from pipe: BytePipe
    ) async throws -> IngestedLayer {
        let number = state.withLock { state in
            state.begun += 1
            return state.begun
        }
        let file = folder.appending("layer-\(number)")
        return try await onDedicatedThread("layer \(expectation?.digest.hex.prefix(12) ?? "")") { [self] in
            do {
                let layer = try SpooledLayer(expectation, limits: limits, at: root, from: pipe, to: file)
                state.withLock { $0.layers.append(layer) }
                return IngestedLayer(
                    summary: layer.summary,
                    entries: layer.nodes.count,
                    content: ContentStatistics(unexamined: layer.contentSize),
                    losses: layer.losses
                )
            } catch {
                // Whoever fills the pipe must learn that nobody reads it any more.
                pipe.cancel(error)
                throw error
            }
        }
    }

    func commit(_ publication: RevisionContents) async throws -> CommitOutcome {
        let cancellation = Cancellation()
        let turn = try await withTaskCancellationHandler {
            try await onDedicatedThread("wait for \(fqrn)") { [self] in
                try ServerTurn.acquire(in: workspace, timeout: lockTimeout, checkCancelled: cancellation.check)
            }
        } onCancel: {
            cancellation.cancel()
        }
        try await server.recover()
        let before = try await read { try $0.revision() }
        try await publishLayers(overwriting: publication.overwritesLayers)
        let changed = try await publishFiles(publication)
        try await checkRequired(publication.required)
        let after = try await read { try $0.revision() }
        withExtendedLifetime(turn) {}
        return changed || after != before ? .published(revision: after) : .unchanged(revision: after)
    }

    private func read<Value: Sendable>(_ body: @escaping @Sendable (any RevisionReader) throws -> Value) async throws
        -> Value
    {
        let reader = reader
        return try await onDedicatedThread("read \(fqrn)") { try body(reader) }
    }

    private func count() {
        state.withLock { $0.transactions += 1 }
    }

    // MARK: - Layers

    /// All layers in one ingestion, and then what is there compared with what was verified.
    private func publishLayers(overwriting: Bool) async throws {
        let layers = try await missing(overwriting: overwriting)
        if layers.isEmpty { return }
        let roots = layers.map(\.root)
        let remains = try await read { try $0.contents(roots) }.keys.sorted()
        if !remains.isEmpty {
            // Another tool's, or what a process of ours had published before it could write the record. Deleting and
            // adding in one ingestion ends in an assertion of the stock tools.
            for path in remains { try Self.checkPlain(path) }
            try await server.ingest(
                remains.flatMap { ["-d", String(decoding: $0.bytes, as: UTF8.self)] },
                from: nil,
                purpose: "removing \(remains.count) layers without a record"
            )
            count()
        }
        let archive = folder.appending("layers.tar")
        let above = try await directoriesAbove(layers)
        try await onDedicatedThread("archive of \(layers.count) layers") {
            try LayerArchive(directories: above, layers: layers).write(to: archive)
        }
        try await server.ingest(
            ["-k", "-t", "-", "-b", "/"],
            from: archive,
            purpose: "ingesting \(layers.count) layers"
        )
        count()
        try? FileManager.default.removeItem(atPath: archive.string)
        for layer in layers { try await verify(layer) }
    }

    /// `cvmfs_server` pastes paths that it deletes into a line for a shell, with colons between them.
    private static func checkPlain(_ path: BytePath) throws {
        let isPlain = path.bytes.allSatisfy { byte in
            let scalar = Unicode.Scalar(byte)
            return scalar.isASCII
                && (scalar.properties.isAlphabetic || "0123456789._/@+-".unicodeScalars.contains(scalar))
        }
        guard isPlain else {
            throw ConversionError(
                "\(path) cannot be replaced through cvmfs_server, which takes letters, digits and ._/@+- in a path only: "
                    + "remove it in a transaction of your own first"
            )
        }
    }

    /// Those that another process did not publish meanwhile.
    private func missing(overwriting: Bool) async throws -> [SpooledLayer] {
        let layers = state.withLock { $0.layers }
        if overwriting { return layers }
        var missing: [SpooledLayer] = []
        for layer in layers {
            let record = layer.root.parent.map(RepositoryLayout.record(of:))
            let wanted = [layer.root] + (record.map { [$0] } ?? [])
            if try await read({ try $0.contents(wanted) }).count < wanted.count { missing.append(layer) }
        }
        return missing
    }

    /// The directories on the way to the layers that are not there yet, outermost first.
    private func directoriesAbove(_ layers: [SpooledLayer]) async throws -> [LayerArchive.Directory] {
        var paths: Set<BytePath> = []
        var nested: Set<BytePath> = []
        for layer in layers {
            nested.formUnion(RepositoryLayout.nestedDirectories(above: layer.root))
            var path = layer.root.parent
            while let directory = path, !directory.isRoot {
                paths.insert(directory)
                path = directory.parent
            }
        }
        let wanted = Array(paths)
        let there = try await read { try $0.contents(wanted) }
        return wanted.filter { there[$0] == nil }.sorted().map {
            LayerArchive.Directory(path: $0, isNested: nested.contains($0))
        }
    }

    /// `cvmfs_server ingest` says "done" of an archive that it read in part.
    private func verify(_ layer: SpooledLayer) async throws {
        let expected = try layer.fingerprint()
        let actual = try await read { try $0.fingerprint(layer.root) }
        if actual == expected { return }
        guard actual.content == expected.content else {
            throw ConversionError(
                "\(layer.root) in \(fqrn) is not what was ingested: \(actual.entries) entries of \(expected.entries), or "
                    + "others; it has no record, so it counts as missing, and the next conversion replaces it"
            )
        }
        state.withLock { $0.losses[layer.root] = [.owners: expected.entries] }
    }

    /// What turned out to be lost only by looking at it.
    func losses(at root: BytePath) -> [LayerLoss: Int] { state.withLock { $0.losses[root] ?? [:] } }

    // MARK: - Files

    /// Everything else in one transaction. Returns whether there was anything.
    private func publishFiles(_ publication: RevisionContents) async throws -> Bool {
        let wanted = publication.files.map(\.path)
        let there = try await read { try $0.contents(wanted) }
        let isIngested = transactions ?? 0 > 0
        guard isIngested || publication.files.contains(where: { $0.isDecisive && there[$0.path] != $0.bytes }) else {
            return false
        }
        var files = try publication.files.map(amended).filter { there[$0.path] != $0.bytes }
        if files.isEmpty { return isIngested }
        files += try await markers(above: files)
        let archive = folder.appending("files.tar")
        let owner = try repository.ownerIDs()
        let written = files
        try await onDedicatedThread("archive of \(files.count) files") {
            try LayerArchive.write(written, uid: owner.uid, gid: owner.gid, to: archive)
        }
        let name = publication.files.last?.path.parent.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
        try await server.edit(purpose: "writing \(files.count) files", message: "wafer:\(name)") {
            try await server.unpack(archive)
        }
        count()
        try? FileManager.default.removeItem(atPath: archive.string)
        return true
    }

    /// A layer's record with what turned out to be lost only when it was in the repository.
    private func amended(_ file: RevisionContents.File) throws -> RevisionContents.File {
        let found = state.withLock { state in
            state.losses.first { root, _ in root.parent.map(RepositoryLayout.record(of:)) == file.path }?.value
        }
        guard let found else { return file }
        let notes = Dictionary(uniqueKeysWithValues: found.map { ($0.rawValue, $1) })
        let bytes = try LayerRecord.decode(file.bytes).adding(notes).encoded()
        return RevisionContents.File(path: file.path, bytes: bytes, isDecisive: file.isDecisive)
    }

    /// Markers of the nested catalogs that shall be above these files.
    private func markers(above files: [RevisionContents.File]) async throws -> [RevisionContents.File] {
        var paths: Set<BytePath> = []
        for file in files {
            for directory in RepositoryLayout.nestedDirectories(above: file.path) {
                paths.insert(directory.appending(CatalogEntry.markerName))
            }
        }
        let wanted = Array(paths)
        let there = try await read { try $0.contents(wanted) }
        return wanted.filter { there[$0] == nil }.map { RevisionContents.File(path: $0, bytes: [], isDecisive: false) }
    }

    private func checkRequired(_ paths: [BytePath]) async throws {
        let there = try await read { try $0.contents(paths) }
        for path in paths where there[path] == nil {
            throw ConversionError("\(path) disappeared from \(fqrn) during the conversion: run the command again")
        }
    }
}
