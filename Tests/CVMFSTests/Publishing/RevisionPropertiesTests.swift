import CVMFS
import Foundation
import Logging
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// What a revision says of itself and of the one before.
@Suite("What revisions say of themselves")
struct RevisionPropertiesTests {
    private func properties(_ path: String, _ repository: Repository) throws -> [String: String] {
        var found: [String: String] = [:]
        let path = try BytePath(path)
        try repository.reader.tree().walk(path) { place, _, catalog in
            // What lies in a directory is in its own catalog.
            if place.parent == path { found = try catalog.properties() }
        }
        return found
    }

    @Test("a catalog names the one that it replaces, and the time")
    func predecessors() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1]], at: "a/layer")
            let before = try new.repository.reader.published().manifest.root.hash
            let now = Date(timeIntervalSinceNow: 7)
            try new.publish(["f": [2]], at: "b/layer", now: now)
            let root = try properties("", new.repository)
            #expect(root["previous_revision"] == before.description)
            #expect(root["last_modified"] == "\(Int64(now.timeIntervalSince1970))")
            // A layer's catalog says what the layer does: the same layer is the same catalog, whenever it is published.
            #expect(try properties("b/layer", new.repository)["last_modified"] == "2")
            try await new.expectSound()
        }
    }

    @Test("rows that were read elsewhere begin no catalogs here")
    func copiedRows() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let preparation = try new.repository.prepare(.test)
            var entries = try new.entries([:], preparation)
            for (name, flag) in [("m", EntryFlags.mountpoint), ("r", .nestedRoot)] {
                var row = CatalogEntry.directory(Array(name.utf8), modified: 1)
                row.flags.insert(flag)
                entries.append(SubtreeEntry(path: try BytePath(name), row: row, chunks: []))
            }
            let catalog = try preparation.catalog(of: entries, at: BytePath("layer"))
            _ = try new.repository.commit(preparation, .test) { try $0.attach(catalog) }
            try preparation.end()
            for name in ["m", "r"] {
                #expect(try new.repository.reader.tree().entry(at: BytePath("layer/\(name)"))?.flags == .directory)
            }
            try await new.expectSound()
        }
    }

    @Test("what replaces a layer is seen within the same transaction")
    func replacedWithinATransaction() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["old": [1]], at: "a/layer")
            let preparation = try new.repository.prepare(.test)
            let catalog = try preparation.catalog(
                of: try new.entries(["new": [2]], preparation),
                at: BytePath("a/layer")
            )
            _ = try new.repository.commit(preparation, .test) { transaction in
                #expect(try transaction.tree.entry(at: BytePath("a/layer/old")) != nil)
                try transaction.attach(catalog)
                #expect(try transaction.tree.entry(at: BytePath("a/layer/old")) == nil)
                #expect(try transaction.tree.entry(at: BytePath("a/layer/new")) != nil)
            }
            try preparation.end()
            try await new.expectSound()
        }
    }

    @Test("a catalog of another length than announced is refused")
    func announcedLength() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            var root = try new.repository.reader.published().manifest.root
            _ = try CatalogTree(store: new.repository.reader.store, root: root)
            root = CatalogReference(hash: root.hash, size: root.size + 1)
            let error = #expect(throws: CVMFSError.self) {
                try CatalogTree(store: new.repository.reader.store, root: root)
            }
            #expect(error?.code == .corrupt)
        }
    }

    @Test("a revision that somebody published without our lock is not lost")
    func stranger() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let stranger = Repository(
                reader: new.repository.reader,
                storage: try LocalObjectStore(root: new.storage),
                workspace: RepositoryWorkspace(storage: folder.appending("elsewhere"))
            )
            let error = #expect(throws: CVMFSError.self) {
                try new.publish(["f": [1]], at: "a/layer") { _ in
                    let directory = try BytePath("s")
                    try stranger.edit(.test) { try $0.makeDirectory(directory) }
                }
            }
            #expect(error?.code == .busy && error?.description.contains("another program published") == true)
            #expect(try new.repository.reader.tree().entry(at: BytePath("s")) != nil)
            #expect(try new.repository.reader.tree().entry(at: BytePath("a/layer")) == nil)
        }
    }
}
