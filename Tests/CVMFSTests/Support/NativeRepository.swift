import CVMFS
import Foundation
import Logging
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// A repository that our own code made, in a folder of its own.
struct NativeRepository {
    static let fqrn = "test.example.org"
    let folder: FilePath
    let repository: Repository

    var storage: FilePath { folder.appending("storage") }
    var keys: FilePath { folder.appending("keys") }
    var journals: FilePath { folder.appending("storage.wafer/journals") }

    init(folder: FilePath, repository: Repository) {
        self.folder = folder
        self.repository = repository
    }

    init(in folder: FilePath, policy: CompressionPolicy = .balanced, algorithm: HashAlgorithm = .sha1) throws {
        self.folder = folder
        repository = try RepositoryCreation(
            fqrn: Self.fqrn,
            storage: folder.appending("storage"),
            keys: folder.appending("keys"),
            algorithm: algorithm,
            settings: PublishingSettings(compression: policy)
        ).run(now: Date(), logger: Logger(label: "test"))
    }

    /// Prepares a subtree and publishes it, with whatever `edit` adds.
    @discardableResult
    func publish(
        _ files: [String: [UInt8]] = [:],
        at path: String,
        now: Date = Date(),
        edit: (Transaction) throws -> Void = { _ in }
    ) throws -> CommitOutcome {
        let preparation = try repository.prepare(.test(at: now))
        let catalog = try preparation.catalog(of: try entries(files, preparation), at: BytePath(path))
        let outcome = try repository.commit(preparation, .test(at: now)) { transaction in
            try transaction.attach(catalog)
            try edit(transaction)
        }
        try preparation.end()
        return outcome
    }

    /// The root directory and files in it.
    func entries(_ files: [String: [UInt8]], _ preparation: Preparation) throws -> [SubtreeEntry] {
        let batch = ContentBatch()
        var pending: [(String, PendingContent)] = []
        for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
            let writer = preparation.content.begin(size: Int64(bytes.count), in: batch)
            try bytes.withUnsafeBytes { try writer.append($0) }
            pending.append((name, try writer.finish()))
        }
        try batch.wait()
        var entries = [SubtreeEntry(path: BytePath(), row: .directory([], modified: 1))]
        for (name, content) in pending {
            let stored = try content.stored()
            let row = CatalogEntry.file(Array(name.utf8), content: stored, modified: 2)
            entries.append(SubtreeEntry(path: try BytePath(name), row: row, chunks: stored.chunks))
        }
        return entries
    }

    /// What the independent checker has to say.
    func faults(afterCrash: Bool = false) async throws -> [String] {
        try await RepositoryChecker.faults(in: storage, fqrn: Self.fqrn, keys: keys, afterCrash: afterCrash)
    }
}

extension NativeRepository {
    /// Records what the independent checker finds.
    func expectSound(afterCrash: Bool = false, sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let faults = try await faults(afterCrash: afterCrash)
        #expect(faults == [], sourceLocation: sourceLocation)
    }
}
