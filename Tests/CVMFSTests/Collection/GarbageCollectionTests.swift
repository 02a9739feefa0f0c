import CVMFS
import Foundation
import Logging
import Plumbing
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Garbage collection")
struct GarbageCollectionTests {
    /// Five revisions after the first, of which each replaces the content of the one before; two of them have a tag.
    private func original(in folder: FilePath) throws -> NativeRepository {
        let new = try NativeRepository(in: folder.made())
        try new.publish(["kept": [1], "f": [2], "g": [3]], at: "a/layer")
        try new.publish(["kept": [1], "f": [4]], at: "a/layer")
        try new.repository.tags.add("release", description: "", .test)
        try new.publish(["kept": [1], "f": [5]], at: "a/layer")
        try new.publish(["kept": [1], "f": [6]], at: "b/layer")
        try new.publish(["kept": [1], "f": [7]], at: "a/layer")
        return new
    }

    private func collection(_ repository: Repository, _ policy: CollectionPolicy = CollectionPolicy(revisions: 1))
        -> GarbageCollection
    {
        GarbageCollection(repository, policy, .test)
    }

    private func objects(_ repository: Repository) throws -> [String: Int64] {
        var objects: [String: Int64] = [:]
        try repository.reader.store.lister?.forEachObject { path, _ in
            let (hash, kind) = try #require(ContentHash.parse(objectPath: path))
            objects[path] = try repository.reader.store.size(of: hash, kind)
        }
        return objects
    }

    @Test("what only old revisions need goes; the plan says so to the byte; published and tagged revisions are whole")
    func removes() async throws {
        try await withTemporaryFolder { folder in
            let new = try original(in: folder.appending("r"))
            let before = try objects(new.repository)
            let second = try RevisionNames(new.repository.reader).revision("2")
            let tree = try new.repository.reader.tree(of: second)
            guard case .whole(let hash, _, _) = try tree.content(of: BytePath("a/layer/g")) else {
                Issue.record("a small file is one object")
                return
            }
            let content = hash.objectPath(.file)
            let plan = try collection(new.repository).plan()
            #expect(try objects(new.repository) == before)
            let done = try collection(new.repository).run()
            #expect(done == plan)
            let after = try objects(new.repository)
            #expect(before.count - after.count == done.removedObjects)
            let gone = before.filter { after[$0.key] == nil }
            #expect(gone.values.reduce(0, +) == done.removedBytes && done.removedBytes > 0)
            // Revisions 6, as published, 5, as trunk-previous, and 3, as release, stay; 1, 2 and 4 go.
            #expect(done.keptRevisions == 1 && done.taggedRevisions == 2 && done.removedRevisions == 3)
            try await new.expectSound()
            let reader = new.repository.reader
            for tag in try reader.tags() {
                #expect(try reader.tree(of: tag).readFile(BytePath("a/layer/kept")) == [1])
            }
            let release = try #require(try reader.tags().first { $0.name == "release" })
            #expect(try reader.tree(of: release).readFile(BytePath("a/layer/f")) == [4])
            #expect(try reader.tree().readFile(BytePath("a/layer/f")) == [7])
            #expect(before[content] != nil && after[content] == nil)
            // Nothing is left to do, and no file of the collection.
            #expect(try collection(new.repository).run().removedObjects == 0)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.appending("r/storage.wafer").string)
            #expect(left.filter { $0.hasPrefix("collection-") } == [])
            #expect(try reader.revisions().end != .first)
        }
    }

    @Test("as many revisions stay as are wanted, and those that were current within the time")
    func policies() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let start = Date()
            for day in 1...5 {
                let now = start + TimeInterval(day * 86_400)
                try new.publish(["f": [UInt8(day)]], at: "a/layer", now: now)
            }
            let context = WriteContext.test(at: start + 5.5 * 86_400)
            func kept(_ policy: CollectionPolicy) throws -> Int {
                try GarbageCollection(new.repository, policy, context).plan().keptRevisions
            }
            #expect(try kept(CollectionPolicy(revisions: 1)) == 1)
            #expect(try kept(CollectionPolicy(revisions: 4)) == 4)
            #expect(try kept(CollectionPolicy(revisions: 100)) == 6)
            // The one of the third day was current until the fourth.
            #expect(try kept(CollectionPolicy(seconds: 2 * 86_400)) == 3)
            #expect(try kept(CollectionPolicy(revisions: 5, seconds: 2 * 86_400)) == 5)
            #expect(try kept(CollectionPolicy(seconds: 0)) == 1)
        }
    }

    @Test("a preparation that relies on what went is refused at its commit, and the next one stores it")
    func besidePreparation() async throws {
        try await withTemporaryFolder { folder in
            let new = try original(in: folder.appending("r"))
            // The content is there, but no revision that stays needs it.
            let preparation = try new.repository.prepare(.test)
            let files: [String: [UInt8]] = ["again": [2]]
            let catalog = try preparation.catalog(of: try new.entries(files, preparation), at: BytePath("c/layer"))
            #expect(try collection(new.repository).run().removedObjects > 0)
            let before = try new.repository.reader.published().manifest
            let error = #expect(throws: CVMFSError.self) {
                _ = try new.repository.commit(preparation, .test) { try $0.attach(catalog) }
            }
            #expect(error?.code == .busy)
            try preparation.abandon()
            #expect(try new.repository.reader.published().manifest == before)
            try new.publish(files, at: "c/layer")
            #expect(try new.repository.reader.tree().readFile(BytePath("c/layer/again")) == [2])
            try await new.expectSound()
        }
    }

    @Test("one that relies on what stays is published")
    func besideOther() async throws {
        try await withTemporaryFolder { folder in
            let new = try original(in: folder.appending("r"))
            let preparation = try new.repository.prepare(.test)
            let files: [String: [UInt8]] = ["kept": [1], "new": [9]]
            let catalog = try preparation.catalog(of: try new.entries(files, preparation), at: BytePath("c/layer"))
            #expect(try collection(new.repository).run().removedObjects > 0)
            _ = try new.repository.commit(preparation, .test) { try $0.attach(catalog) }
            try preparation.end()
            #expect(try new.repository.reader.tree().readFile(BytePath("c/layer/new")) == [9])
            try await new.expectSound()
        }
    }

    @Test("what is published while it searches is kept, and so is what a new tag names")
    func publishedMeanwhile() async throws {
        try await withTemporaryFolder { folder in
            let new = try original(in: folder.appending("r"))
            let total = CountedCalls()
            _ = try collection(watched(new, total)).plan()
            // With its last question the search is at its end.
            let meanwhile = Interjection(at: total.count(.size)) {
                do {
                    try new.publish(["again": [2], "g": [3]], at: "c/layer")
                    try new.repository.tags.add("late", description: "", .test)
                } catch {
                    Issue.record(error)
                }
            }
            let done = try collection(watched(new, meanwhile)).run()
            #expect(meanwhile.hasRun && done.removedObjects > 0)
            #expect(try new.repository.reader.tree().readFile(BytePath("c/layer/again")) == [2])
            #expect(try new.repository.reader.tags().contains { $0.name == "late" })
            try await new.expectSound()
        }
    }

    private func watched(_ new: NativeRepository, _ watcher: any StoreWatcher) throws -> Repository {
        let store = WatchedStore(try LocalObjectStore(root: new.storage), watcher)
        return Repository(
            reader: RepositoryReader(
                fqrn: NativeRepository.fqrn,
                store: store,
                keys: new.keys,
                logger: Logger(label: "test")
            ),
            storage: store,
            workspace: RepositoryWorkspace(storage: new.storage)
        )
    }

    @Test("two at once: the second is refused")
    func twoAtOnce() async throws {
        try await withTemporaryFolder { folder in
            let new = try original(in: folder.appending("r"))
            let refused = Mutex<CVMFSError?>(nil)
            let total = CountedCalls()
            _ = try collection(watched(new, total)).plan()
            let second = Interjection(at: total.count(.size)) {
                let context = WriteContext(lockTimeout: .zero)
                do {
                    _ = try GarbageCollection(new.repository, CollectionPolicy(revisions: 1), context).run()
                } catch {
                    refused.withLock { $0 = error as? CVMFSError }
                }
            }
            #expect(try collection(watched(new, second)).run().removedObjects > 0)
            #expect(refused.withLock { $0?.code } == .busy)
        }
    }
}

/// Does something once, at a question for the size of an object: which, counted from 1, is said.
final class Interjection: StoreWatcher {
    private let state = Mutex(0)
    private let number: Int
    private let body: @Sendable () -> Void

    init(at number: Int, _ body: @escaping @Sendable () -> Void) {
        self.number = number
        self.body = body
    }

    var hasRun: Bool { state.withLock { $0 >= number } }

    func on(_ call: StoreCall) {
        guard call == .size else { return }
        let count = state.withLock {
            $0 += 1
            return $0
        }
        if count == number { body() }
    }
}
