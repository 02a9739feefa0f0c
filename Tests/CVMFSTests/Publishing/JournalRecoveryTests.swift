import CVMFS
import Foundation
import Glibc
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// A preparation whose process is gone is one whose journal nobody has locked.
@Suite("Recovery from journals")
struct JournalRecoveryTests {
    private func writeJournal(_ new: NativeRepository, boot: String?, published: String, objects: [String]) throws {
        let current = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        let id = boot ?? current.trimmingCharacters(in: .whitespacesAndNewlines)
        // A minute ago: what tests wrote before it, they wrote for it.
        let started = Int(Date().timeIntervalSince1970) - 60
        let header = #"{"boot":"\#(id)","published":"\#(published)","started":\#(started)}"#
        let text = ([header] + objects).map { $0 + "\n" }.joined()
        try FileManager.default.createDirectory(atPath: new.journals.string, withIntermediateDirectories: true)
        try new.journals.appending("wafer-1-dead").write(Array(text.utf8))
    }

    /// How a journal names what is published now.
    private func mark(_ new: NativeRepository) throws -> String {
        Hex.encode(try MessageDigest.hash(.sha256, new.storage.appending(".cvmfspublished").contents()))
    }

    private func orphan(_ new: NativeRepository, _ content: [UInt8], torn: Bool = false) throws -> String {
        let hash = try ContentHash(.sha1, of: content)
        let path = hash.objectPath(.file)
        try new.storage.appending(path).write(torn ? content.map { _ in 0 } : content)
        return path
    }

    private func exists(_ new: NativeRepository, _ path: String) -> Bool {
        FileManager.default.fileExists(atPath: new.storage.appending(path).string)
    }

    @Test("where somebody published since, a garbage collection removes what no revision needs")
    func leavesOrphansToACollection() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            try new.publish(["f": [7]], at: "a/layer")
            let needed = try #require(try new.repository.reader.tree().entry(at: BytePath("a/layer/f"))?.hash)
            let path = try orphan(new, Array("orphan".utf8))
            let names = [path, needed.objectPath(.file)]
            try writeJournal(new, boot: nil, published: "what was before", objects: names)
            try new.repository.prepare(.test).end()
            #expect(exists(new, path) && exists(new, names[1]))
            let collection = GarbageCollection(new.repository, CollectionPolicy(revisions: 100), .test)
            let plan = try collection.plan()
            #expect(plan.removedObjects == 1 && plan.removedBytes == 6)
            #expect(try collection.run() == plan)
            #expect(!exists(new, path) && exists(new, names[1]))
            #expect(try collection.plan().removedObjects == 0)
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.appending("storage.wafer").string)
            #expect(!left.contains { $0.hasPrefix("objects.orphaned") }, "\(left)")
        }
    }

    @Test("objects that nothing can refer to are removed, with the temporary files")
    func removesOrphans() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let path = try orphan(new, Array("orphan".utf8))
            try new.storage.appending("data/txn/wafer-1-dead.7").write([1])
            let mark = try mark(new)
            try writeJournal(new, boot: nil, published: mark, objects: [path])
            try new.repository.prepare(.test).end()
            #expect(!exists(new, path))
            #expect(!exists(new, "data/txn/wafer-1-dead.7"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: new.journals.string) == [])
        }
    }

    @Test("a line that is no object's name removes nothing", arguments: [true, false])
    func plantedLines(unchanged: Bool) async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let victim = folder.appending("victim")
            try victim.write([1])
            let kept = new.storage.appending(".cvmfswhitelist")
            let mark = unchanged ? try mark(new) : "other"
            let lines = [
                "../victim", "data/../../victim", victim.string, ".cvmfswhitelist", "data/ab/../../.cvmfswhitelist", "",
            ]
            try writeJournal(new, boot: nil, published: mark, objects: lines)
            try new.repository.prepare(.test).end()
            #expect(try victim.contents() == [1])
            #expect(try !kept.contents().isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: new.journals.string) == [])
        }
    }

    @Test("an object that is older than the journal stays, whatever the journal says")
    func keepsWhatIsOlder() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let old = try orphan(new, Array("old".utf8))
            let young = try orphan(new, Array("young".utf8))
            let hourAgo = Date(timeIntervalSinceNow: -3_600)
            let path = new.storage.appending(old).string
            try FileManager.default.setAttributes([.modificationDate: hourAgo], ofItemAtPath: path)
            try writeJournal(new, boot: nil, published: try mark(new), objects: [old, young])
            try new.repository.prepare(.test).end()
            #expect(exists(new, old))
            #expect(!exists(new, young))
        }
    }

    @Test("a folder of the storage that somebody else made a link is not followed", .enabled(if: geteuid() == 0))
    func foreignLink() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let elsewhere = folder.appending("elsewhere")
            try FileManager.default.createDirectory(atPath: elsewhere.string, withIntermediateDirectories: false)
            let link = new.storage.appending("data/ab")
            try FileManager.default.removeItem(atPath: link.string)
            try FileManager.default.createSymbolicLink(atPath: link.string, withDestinationPath: elsewhere.string)
            // One of this user's own is: storages lie on several disks.
            try new.repository.prepare(.test).end()
            #expect(lchown(link.string, 34_567, 34_567) == 0)
            let victim = elsewhere.appending(String(repeating: "a", count: 38))
            try victim.write([1])
            let object = "data/ab/" + String(repeating: "a", count: 38)
            try writeJournal(new, boot: nil, published: try mark(new), objects: [object])
            let error = #expect(throws: CVMFSError.self) {
                try new.repository.prepare(.test).end()
            }
            #expect(error?.code == .notTrusted)
            #expect(try victim.contents() == [1])
            try FileManager.default.removeItem(atPath: new.journals.appending("wafer-1-dead").string)
            #expect(throws: CVMFSError.self) { try new.publish(["f": [1]], at: "a/layer") }
        }
    }

    @Test("objects stay where another revision was published meanwhile, unless they are torn")
    func keepsWhatMayBeReferenced() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let mark = try mark(new)
            try new.publish(["f": [1]], at: "a/layer")
            let sound = try orphan(new, Array("sound".utf8))
            let torn = try orphan(new, Array("torn".utf8), torn: true)
            try writeJournal(new, boot: nil, published: mark, objects: [sound, torn])
            try new.repository.prepare(.test).end()
            #expect(exists(new, sound))
            #expect(!exists(new, torn))
        }
    }

    @Test("objects stay while another preparation lives")
    func keepsWhatOthersMayUse() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let living = try new.repository.prepare(.test)
            let path = try orphan(new, Array("used".utf8))
            let mark = try mark(new)
            try writeJournal(new, boot: nil, published: mark, objects: [path])
            try new.repository.prepare(.test).end()
            #expect(exists(new, path))
            try living.end()
        }
    }

    @Test("after a power failure objects that the journal lost are hashed as well")
    func powerFailure() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let torn = try orphan(new, Array("unlisted".utf8), torn: true)
            try writeJournal(new, boot: "another-boot", published: "0", objects: [])
            try new.repository.prepare(.test).end()
            #expect(!exists(new, torn))
            try await new.expectSound()
        }
    }

    @Test("a tag database that was published stays, though the root is what it was")
    func publishedTags() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let mark = try mark(new)
            try new.repository.tags.add("release", description: "", .test)
            let history = try #require(try new.repository.reader.published().manifest.history)
            try writeJournal(new, boot: nil, published: mark, objects: [history.objectPath(.history)])
            try new.repository.prepare(.test).end()
            #expect(exists(new, history.objectPath(.history)))
            try await new.expectSound()
        }
    }
}
