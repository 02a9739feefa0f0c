import CVMFS
import Foundation
import Glibc
import Logging
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// A copy of a repository with two ways into it: whole, and through a store that fails.
struct FaultFixture {
    let folder: FilePath
    let trigger: FailingCalls
    let whole: Repository
    let broken: Repository

    /// Two revisions below `a` and `c`, and a tag between them.
    static func original(in folder: FilePath) throws -> NativeRepository {
        let original = try NativeRepository(in: folder.made())
        try original.publish(["f": [1], "g": Array("old".utf8)], at: "a/layer")
        try original.repository.tags.add("first", description: "", .test)
        try original.publish(["h": [3]], at: "c/layer")
        return original
    }

    init(
        copyOf original: NativeRepository,
        to folder: FilePath,
        failingAt call: Int,
        losingFirstSync: Bool = false
    ) throws {
        try FileManager.default.copyItem(atPath: original.folder.string, toPath: folder.string)
        self.folder = folder
        trigger = FailingCalls(failingAt: call, losingFirstSync: losingFirstSync)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let storage = folder.appending("storage")
        whole = try Repository(
            fqrn: NativeRepository.fqrn,
            storage: storage,
            keys: folder.appending("keys"),
            logger: logger
        )
        let store = WatchedStore(try LocalObjectStore(root: storage), trigger)
        broken = Repository(
            reader: RepositoryReader(
                fqrn: NativeRepository.fqrn,
                store: store,
                keys: folder.appending("keys"),
                logger: logger
            ),
            storage: store,
            workspace: RepositoryWorkspace(storage: storage)
        )
    }

    /// Waits until the threads of a publication that failed have let go of its journal, as the end of a process would.
    func waitForEnd() throws {
        let folder = folder.appending("storage.wafer/journals")
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.string) else { return }
        for name in names {
            let journal = try FileDescriptor.open(folder.appending(name), .readWrite)
            let result = flock(journal.rawValue, LOCK_EX)
            // A child that another test starts has a copy of the descriptor for a moment.
            flock(journal.rawValue, LOCK_UN)
            try journal.close()
            #expect(result == 0)
        }
    }

    /// Prepares a subtree and publishes it; a failure ends it where it stands, as it would end a process.
    static func publish(_ files: [String: [UInt8]], at path: String, in repository: Repository) throws {
        let new = NativeRepository(folder: FilePath(), repository: repository)
        let preparation = try repository.prepare(.test)
        let catalog = try preparation.catalog(of: try new.entries(files, preparation), at: BytePath(path))
        _ = try repository.commit(preparation, .test) { try $0.attach(catalog) }
        try preparation.end()
    }

    /// The published manifest without what a repair may change.
    func published() throws -> RepositoryManifest {
        var manifest = try whole.reader.published().manifest
        manifest.reflog = nil
        manifest.published = 0
        return manifest
    }

    /// Everything that is published is there and is what its name says. `independent` asks the other checker, too.
    func expectSound(afterCrash: Bool, independent: Bool, _ comment: String) async throws {
        let report = try RepositoryCheck(
            store: whole.reader.store,
            fqrn: whole.fqrn,
            masterKeys: [try PublicKey(file: whole.reader.keys.publicKey)],
            options: CheckOptions(.content, reflogMayBeAhead: afterCrash, threads: 1),
            now: Date()
        ).run()
        #expect(report.faults.map(\.description) == [], "\(comment)")
        guard independent else { return }
        let faults = try await RepositoryChecker.faults(
            in: folder.appending("storage"),
            fqrn: whole.fqrn,
            keys: folder.appending("keys"),
            afterCrash: afterCrash
        )
        #expect(faults == [], "\(comment)")
    }

    /// No temporary file and no journal is left.
    func expectNoRemains(_ comment: String) throws {
        for path in ["storage/data/txn", "storage.wafer/journals"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path).string)
            #expect(names == [], "\(comment): \(path)")
        }
    }

    /// No object is left that nothing refers to.
    func expectNoOrphans(_ comment: String) throws {
        var objects: Set<String> = []
        try whole.reader.store.lister?.forEachObject { path, _ in objects.insert(path) }
        #expect(objects.subtracting(try References(whole.reader.store).objects).sorted() == [], "\(comment)")
    }
}
