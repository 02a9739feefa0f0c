import CVMFS
import Foundation
import Logging
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// A store that fails at any of its calls leaves the published revision as it was, and the next run repairs the rest.
@Suite("Failures of the store", .timeLimit(.minutes(2)))
struct FailingStoreTests {
    private typealias Work = @Sendable (Repository) throws -> Void

    /// What is tried, as a user would: each begins with a preparation of its own.
    private static let works: [(name: String, work: Work)] = [
        ("publish", { try publish(["new": Array("new".utf8), "old": Array("old".utf8)], at: "b/layer", in: $0) }),
        ("replace", { try publish(["f": [UInt8](repeating: 7, count: 100)], at: "a/layer", in: $0) }),
        (
            "remove",
            { repository in
                try repository.edit(lockTimeout: .seconds(5), now: Date()) { try $0.remove(BytePath("a/layer")) }
            }
        ),
        (
            "tag",
            { repository in
                try repository.addTag("release", description: "", lockTimeout: .seconds(5), now: Date())
            }
        ),
        ("rollback", { _ = try $0.rollback(to: "first", lockTimeout: .seconds(5), now: Date()) }),
        ("resign", { try $0.resign(lockTimeout: .seconds(5), now: Date()) }),
    ]

    private static func publish(_ files: [String: [UInt8]], at path: String, in repository: Repository) throws {
        let new = NativeRepository(folder: FilePath(), repository: repository)
        let preparation = try repository.prepare(lockTimeout: .seconds(5), now: Date())
        let catalog = try preparation.catalog(of: try new.entries(files, preparation), at: BytePath(path))
        _ = try repository.commit(preparation, lockTimeout: .seconds(5), now: Date()) { try $0.attach(catalog) }
        try preparation.end()
    }

    /// The published manifest without the hash of the reference log and the time, which a repair may change.
    private func content(_ repository: Repository) throws -> RepositoryManifest {
        var manifest = try repository.published().manifest
        manifest.reflog = nil
        manifest.published = 0
        return manifest
    }

    private func faults(_ repository: Repository, mayBeAhead: Bool) throws -> [String] {
        RepositoryCheck(
            store: repository.store,
            fqrn: repository.fqrn,
            masterKeys: [try PublicKey(file: repository.keys.publicKey)],
            depth: .content,
            now: Date(),
            reflogMayBeAhead: mayBeAhead,
            threads: 1
        ).run().faults.map(\.description)
    }

    /// The objects of a storage.
    private func objects(_ repository: Repository) throws -> Set<String> {
        var objects: Set<String> = []
        try repository.store.forEachObject { path, _ in objects.insert(path) }
        return objects
    }

    @Test("at every call", arguments: works.map(\.name))
    func everyCall(_ name: String) async throws {
        let work = try #require(Self.works.first { $0.name == name }).work
        try await withTemporaryFolder { folder in
            let original = try NativeRepository(in: folder.appending("original").made())
            try original.publish(["f": [1], "g": Array("old".utf8)], at: "a/layer")
            try original.repository.addTag("first", description: "", lockTimeout: .seconds(5), now: Date())
            try original.publish(["h": [3]], at: "c/layer")
            let counting = FailingStore.Trigger(failingAt: 1 << 20)
            let (_, unbroken) = try copy(original, to: folder.appending("unbroken"), counting)
            try work(unbroken)
            let calls = counting.calls(of: 1 << 20)
            #expect(calls > 3)
            // What a run without failures leaves.
            let wanted = try content(unbroken).revision
            for call in 0..<calls {
                let place = folder.appending("\(call)")
                let (whole, broken) = try copy(original, to: place, FailingStore.Trigger(failingAt: call))
                let before = try content(whole)
                let error = #expect(throws: (any Error).self) { try work(broken) }
                #expect(error is FailingStore.Failure, "call \(call): \(error.map { "\($0)" } ?? "")")
                // The old revision or the new one, whole.
                let after = try content(whole)
                #expect(after == before || after.revision == wanted || name == "tag", "call \(call)")
                #expect(try faults(whole, mayBeAhead: true) == [], "call \(call)")
                if call % 9 == 0 { try await expectSound(place, afterCrash: true, "call \(call)") }
                // Whoever comes next repairs it.
                try Self.publish(["next": [9]], at: "n/layer", in: whole)
                if after == before, name != "resign" { try work(whole) }
                try await expectClean(whole, place, "call \(call)", checked: call % 9 == 0)
                try FileManager.default.removeItem(atPath: place.string)
            }
        }
    }

    /// A copy of a repository, whole and with a store that fails.
    private func copy(
        _ original: NativeRepository,
        to folder: FilePath,
        _ trigger: FailingStore.Trigger
    ) throws -> (whole: Repository, broken: Repository) {
        try FileManager.default.copyItem(atPath: original.folder.string, toPath: folder.string)
        let storage = folder.appending("storage")
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let whole = try Repository(
            fqrn: NativeRepository.fqrn,
            storage: storage,
            keys: folder.appending("keys"),
            logger: logger
        )
        let broken = try Repository(
            fqrn: NativeRepository.fqrn,
            store: FailingStore(whole.store, trigger),
            workspace: RepositoryWorkspace(storage: storage),
            keys: folder.appending("keys"),
            logger: logger
        )
        return (whole, broken)
    }

    private func expectSound(_ folder: FilePath, afterCrash: Bool, _ comment: String) async throws {
        let faults = try await RepositoryChecker.faults(
            in: folder.appending("storage"),
            fqrn: NativeRepository.fqrn,
            keys: folder.appending("keys"),
            afterCrash: afterCrash
        )
        #expect(faults == [], "\(comment)")
    }

    /// Nothing is left of the failure: no temporary file, no journal, no object that nothing refers to.
    private func expectClean(
        _ repository: Repository,
        _ folder: FilePath,
        _ comment: String,
        checked: Bool
    ) async throws {
        #expect(try faults(repository, mayBeAhead: false) == [], "\(comment)")
        if checked { try await expectSound(folder, afterCrash: false, comment) }
        let files = FileManager.default
        #expect(try files.contentsOfDirectory(atPath: folder.appending("storage/data/txn").string) == [], "\(comment)")
        let journals = folder.appending("storage.wafer/journals").string
        #expect(try files.contentsOfDirectory(atPath: journals) == [], "\(comment)")
        let referenced = try References(repository.store).objects
        #expect(try objects(repository).subtracting(referenced).sorted() == [], "\(comment)")
    }
}
