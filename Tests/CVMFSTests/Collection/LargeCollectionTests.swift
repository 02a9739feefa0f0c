import CVMFS
import Foundation
import Logging
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Millions of objects take no more memory than thousands.
@Suite("Garbage collection of a large repository", .timeLimit(.minutes(30)))
struct LargeCollectionTests {
    /// Five million files in the thorough form.
    private static let layers = Thoroughness.rounds(short: 6, thorough: 100)
    private static let files = Thoroughness.rounds(short: 2_000, thorough: 50_000)
    /// The caches of the two lists, and a catalog with what is made of it.
    private static let mostMegabytes = 400

    private func publish(_ number: Int, in new: NativeRepository, _ random: inout SeededRandom) throws {
        let preparation = try new.repository.prepare(.test)
        var entries = [SubtreeEntry(path: BytePath(), row: .directory([], modified: 1))]
        for file in 0..<Self.files {
            var digest: [UInt8] = []
            for _ in 0..<20 { digest.append(UInt8.random(in: 0...255, using: &random)) }
            let hash = try #require(ContentHash(algorithm: .sha1, digest: digest))
            let content = StoredContent.whole(hash: hash, size: 1, compression: .zlib)
            let name = String(file + 1_000_000)
            entries.append(
                SubtreeEntry(
                    path: try BytePath(name),
                    row: .file(Array(name.utf8), content: content, modified: 2),
                    chunks: []
                )
            )
        }
        let catalog = try preparation.catalog(of: entries, at: BytePath("layers/\(number)"))
        _ = try new.repository.commit(preparation, .test) { try $0.attach(catalog) }
        try preparation.end()
    }

    private func peakMegabytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(line.split(separator: " ").compactMap { Int($0) }.first) / 1024
    }

    @Test("what goes and what stays is counted, in bounded memory")
    func counts() async throws {
        try await withTemporaryFolder(inMemory: true) { folder in
            let made = try NativeRepository(in: folder)
            let store = PretendedFiles(try LocalObjectStore(root: made.storage))
            let repository = Repository(
                reader: RepositoryReader(
                    fqrn: NativeRepository.fqrn,
                    store: store,
                    keys: made.keys,
                    logger: Logger(label: "test")
                ),
                storage: store,
                workspace: RepositoryWorkspace(storage: made.storage)
            )
            let new = NativeRepository(folder: folder, repository: repository)
            var random = SeededRandom(seed: 5)
            for number in 0..<Self.layers { try publish(number, in: new, &random) }
            try repository.edit(.test) { transaction in
                for number in stride(from: 0, to: Self.layers, by: 2) {
                    try transaction.remove(BytePath("layers/\(number)"))
                }
            }
            // Twice, so that trunk-previous does not have them any more.
            try new.publish(["f": [1]], at: "other")
            let before = try peakMegabytes()
            let start = ContinuousClock.now
            let collection = GarbageCollection(repository, CollectionPolicy(revisions: 1), .test)
            let plan = try collection.plan()
            let planned = ContinuousClock.now
            let done = try collection.run()
            let after = try peakMegabytes()
            #expect(done == plan)
            let gone = (Self.layers + 1) / 2 * Self.files
            #expect(store.removed == gone && done.removedObjects > gone)
            #expect(done.removedBytes > Int64(gone) * PretendedFiles.size)
            #expect(done.keptObjects > Self.layers / 2 * Self.files)
            if Thoroughness.isWanted {
                print(
                    "plan \(planned - start), run \(ContinuousClock.now - planned), \(before) MB before, \(after) after"
                )
                #expect(after - before < Self.mostMegabytes)
            }
        }
    }
}
