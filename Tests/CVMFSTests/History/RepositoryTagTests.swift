import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

@Suite("Tags and the way back")
struct RepositoryTagTests {
    private func names(_ new: NativeRepository) throws -> [String: UInt64] {
        Dictionary(uniqueKeysWithValues: try new.repository.reader.tags().map { ($0.name, $0.revision) })
    }

    private func add(_ new: NativeRepository, _ name: String, of source: String? = nil) throws {
        try new.repository.tags.add(
            name,
            description: "what \(name) is for",
            revisionOf: source,
            .test
        )
    }

    @Test("a tag names a revision without making one")
    func addAndRemove() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1]], at: "a")
            let before = try new.repository.reader.published().manifest
            try add(new, "v1")
            try add(new, "first", of: "trunk-previous")
            let after = try new.repository.reader.published().manifest
            #expect(after.root == before.root && after.revision == 2)
            #expect(after.history != before.history && after.published >= before.published)
            #expect(try names(new) == ["trunk": 2, "trunk-previous": 1, "v1": 2, "first": 1])
            let tag = try #require(try new.repository.reader.tags().first { $0.name == "v1" })
            #expect(tag.root == before.root && tag.description == "what v1 is for")
            #expect(tag.timestamp == before.published)
            try await new.expectSound()
            // The log knows every tag database, and each of them the one before.
            let reflog = try Reflog(bytes: try new.storage.appending(".cvmfsreflog").contents())
            #expect(try reflog.references().filter { $0.kind == .history }.count == 4)
            let history = try new.repository.reader.store.loadInflated(try #require(after.history), .history)
            #expect(try History(bytes: history).previousRevision() != nil)

            try new.publish(["f": [2]], at: "a")
            #expect(try names(new) == ["trunk": 3, "trunk-previous": 2, "v1": 2, "first": 1])
            try new.repository.tags.remove(["v1", "first"], .test)
            #expect(try names(new) == ["trunk": 3, "trunk-previous": 2])
            #expect(try new.repository.reader.published().manifest.revision == 3)
            try await new.expectSound()
        }
    }

    @Test("names that are taken, reserved, impossible or unknown change nothing")
    func refused() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try add(new, "v1")
            let before = try new.storage.appending(".cvmfspublished").contents()
            for name in ["v1", "trunk", "trunk-previous", "two words", ""] {
                #expect(throws: CVMFSError.self) { try add(new, name) }
            }
            #expect(throws: CVMFSError.self) { try add(new, "v2", of: "none") }
            for names in [["trunk"], ["trunk-previous"], ["v1", "none"]] {
                #expect(throws: CVMFSError.self) {
                    try new.repository.tags.remove(names, .test)
                }
            }
            #expect(try new.storage.appending(".cvmfspublished").contents() == before)
            // A refusal leaves nothing to clean up.
            #expect(try FileManager.default.contentsOfDirectory(atPath: new.journals.string).isEmpty)
            try await new.expectSound()
        }
    }

    @Test("the way back is a new revision; later tags go, earlier ones stay")
    func rollback() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1]], at: "a")
            try add(new, "early")
            try new.publish(["f": [2]], at: "b")
            try add(new, "target")
            try new.publish(["f": [3]], at: "c")
            try add(new, "late")
            try new.publish(["f": [4]], at: "d")
            let before = try new.repository.reader.published().manifest
            #expect(before.revision == 5)
            let plan = try new.repository.reader.planRollback(to: "target")
            #expect(plan.target.revision == 3 && plan.current == 5 && plan.removed.map(\.name) == ["late"])
            #expect(try new.repository.reader.published().manifest == before)

            let done = try new.repository.tags.rollback(to: "target", .test)
            #expect(done == plan)
            let after = try new.repository.reader.published().manifest
            #expect(after.revision == 6 && after.published >= before.published)
            #expect(try names(new) == ["early": 2, "target": 6, "trunk": 6])
            #expect(try new.repository.reader.tags().last?.root == after.root)
            let bytes = try new.repository.reader.store.loadInflated(after.root.hash, .catalog)
            let properties = try Catalog(bytes: bytes).properties()
            #expect(properties["revision"] == "6")
            #expect(properties["previous_revision"] == before.root.hash.description)
            let root = try new.repository.reader.tree().entries(of: BytePath())
            #expect(root.map { String(decoding: $0.name, as: UTF8.self) } == ["a", "b"])
            try await new.expectSound()
            // Publishing goes on from there.
            #expect(try new.publish(["f": [5]], at: "e") == .published(revision: 7))
            try await new.expectSound()
        }
    }

    @Test("trunk-previous undoes the last publication; the published revision is no way back")
    func undo() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [1]], at: "a")
            try new.publish(["f": [2]], at: "b")
            for name in ["trunk", "none"] {
                #expect(throws: CVMFSError.self) {
                    try new.repository.tags.rollback(to: name, .test)
                }
            }
            #expect(try new.repository.reader.published().manifest.revision == 3)
            _ = try new.repository.tags.rollback(to: "trunk-previous", .test)
            #expect(try names(new) == ["trunk": 4])
            #expect(try new.repository.reader.tree().entry(at: BytePath("b")) == nil)
            try await new.expectSound()
        }
    }
}
