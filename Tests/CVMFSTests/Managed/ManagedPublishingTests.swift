import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

@Suite("Publishing beside cvmfs_server")
struct ManagedPublishingTests {
    @Test("the server's tools find what they need to go on")
    func bookkeeping() async throws {
        try await withTemporaryFolder { folder in
            let managed = try ManagedRepository(in: folder)
            try managed.write("f")
            let manifest = try managed.repository.reader.published().manifest
            try managed.expectReflogKnown()
            #expect(try managed.repository.reflogChecksum() == manifest.reflog)
            let client = String(decoding: try managed.spool.appending("client.local").contents(), as: UTF8.self)
            #expect(client == "KEPT=1\nCVMFS_ROOT_HASH=\(manifest.root.hash)\n")
            // Nothing of ours lies beside the storage, and nothing of the preparation is left.
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.string)
            #expect(Set(left) == ["storage", "keys", "spool"])
            #expect(!FileManager.default.fileExists(atPath: managed.transactionFlag.string))
            try await managed.native.expectSound()
            // A tag makes no new root, but a new log.
            try managed.repository.tags.add("v1", description: "", .test)
            try managed.expectReflogKnown()
            _ = try managed.repository.tags.rollback(to: "trunk-previous", .test)
            try managed.expectReflogKnown()
            try await managed.native.expectSound()
        }
    }

    @Test("garbage collection, TTL and compression as configured; other people can read what is stored")
    func settings() async throws {
        try await withTemporaryFolder { folder in
            let more = "CVMFS_COMPRESSION_ALGORITHM=none\nCVMFS_REPOSITORY_TTL=777\nCVMFS_GARBAGE_COLLECTION=false"
            let managed = try ManagedRepository(in: folder, more: more)
            let text = Array(String(repeating: "compressible ", count: 100).utf8)
            try managed.repository.edit(.test) { transaction in
                try transaction.writeFile(try BytePath("f"), text)
                try transaction.writeFile(try BytePath("empty"), [])
            }
            let manifest = try managed.repository.reader.published().manifest
            // What the repository has stays: the server's own import writes "false" for every repository.
            #expect(manifest.isGarbageCollectable && manifest.timeToLive == 777)
            let tree = try managed.repository.reader.tree()
            try tree.walk(BytePath()) { (_, _, root: Catalog) in
                let properties = try root.properties()
                #expect(properties["TTL"] == "777")
            }
            guard case .whole(let hash, _, .none) = try managed.repository.reader.tree().content(of: BytePath("f"))
            else {
                Issue.record("not one uncompressed object")
                return
            }
            let path = managed.storage.appending(hash.objectPath(.file))
            #expect(try path.contents() == text)
            let attributes = try FileManager.default.attributesOfItem(atPath: path.string)
            #expect(attributes[.posixPermissions] as? Int == 0o644)
            try await managed.native.expectSound()
        }
    }

    @Test("a repository that is to be collected says so from its next revision on")
    func becomesCollectable() async throws {
        try await withTemporaryFolder { folder in
            let managed = try ManagedRepository(in: folder)
            var manifest = try managed.repository.reader.published().manifest
            manifest.isGarbageCollectable = false
            let key = try PrivateKey(file: managed.native.keys.appending("\(NativeRepository.fqrn).key"))
            try managed.storage.appending(".cvmfspublished").write(manifest.serialize(signedBy: key))
            try managed.write("f")
            #expect(try managed.repository.reader.published().manifest.isGarbageCollectable)
        }
    }

    @Test("a tag for each revision, with a number where the second is the same, and none older than configured")
    func autoTags() async throws {
        try await withTemporaryFolder { folder in
            let more = "CVMFS_AUTO_TAG=true\nCVMFS_AUTO_TAG_TIMESPAN=\"1 day ago\""
            let managed = try ManagedRepository(in: folder, more: more)
            let now = Date().addingTimeInterval(100)
            try managed.write("a", now: now)
            try managed.write("b", now: now)
            try managed.write("c", now: now)
            let time = now.formatted(.iso8601)
            func names() throws -> Set<String> { Set(try managed.repository.reader.tags().map(\.name)) }
            let first: Set = ["generic-\(time)", "generic_1-\(time)", "generic_2-\(time)"]
            #expect(try names() == first.union(["trunk", "trunk-previous"]))
            try managed.repository.tags.add("generic-name", description: "", .test(at: now))
            let later = now.addingTimeInterval(2 * 86400)
            try managed.write("d", now: later)
            let rest: Set = ["generic-\(later.formatted(.iso8601))", "generic-name", "trunk", "trunk-previous"]
            #expect(try names() == rest)
            // The same edit again is no revision and gets no tag.
            try managed.write("d", now: later)
            #expect(try names() == rest)
            try await managed.native.expectSound()
        }
    }

    @Test("after a garbage collection the server's hash of the reference log counts, not the manifest's")
    func collectedReflog() async throws {
        try await withTemporaryFolder { folder in
            let managed = try ManagedRepository(in: folder)
            try managed.write("f")
            let path = managed.storage.appending(".cvmfsreflog")
            let reflog = try Reflog(bytes: try path.contents())
            let manifest = try managed.repository.reader.published().manifest
            for reference in try reflog.references()
            where reference.kind == .history && reference.hash != manifest.history {
                try reflog.remove(reference.hash)
            }
            try path.write(try reflog.serialize())
            // Only one of the two files: nobody who keeps the rules does that.
            #expect(throws: CVMFSError.self) { try managed.write("g") }
            #expect(try managed.repository.reader.published().manifest == manifest)
            let hash = try ContentHash(.sha1, of: try path.contents())
            try managed.spool.appending("reflog.chksum").write(Array("\(hash)\n".utf8))
            try managed.write("g")
            try managed.expectReflogKnown()
            try await managed.native.expectSound()
        }
    }

    @Test("a process that ends between the reference log and its hash leaves nothing that stays wrong")
    func crashBeforeChecksum() async throws {
        try await withTemporaryFolder { folder in
            let managed = try ManagedRepository(in: folder)
            let before = try managed.spool.appending("reflog.chksum").contents()
            try managed.write("f")
            try managed.spool.appending("reflog.chksum").write(before)
            try managed.write("g")
            try managed.expectReflogKnown()
            try await managed.native.expectSound()
        }
    }

    @Test("what a garbage collection may have removed meanwhile is not relied upon")
    func collectedMeanwhile() async throws {
        try await withTemporaryFolder { folder in
            let managed = try ManagedRepository(in: folder)
            try managed.write("f")
            let preparation = try managed.repository.prepare(.test)
            let path = managed.storage.appending(".cvmfsreflog")
            let reflog = try Reflog(bytes: try path.contents())
            let manifest = try managed.repository.reader.published().manifest
            let old = try #require(
                try reflog.references().first { $0.kind == .catalog && $0.hash != manifest.root.hash }
            )
            try reflog.remove(old.hash)
            try path.write(try reflog.serialize())
            let hash = try ContentHash(.sha1, of: try path.contents())
            try managed.spool.appending("reflog.chksum").write(Array("\(hash)".utf8))
            let error = #expect(throws: CVMFSError.self) {
                try managed.repository.commit(preparation, .test) { transaction in
                    try transaction.writeFile(BytePath("g"), [1])
                }
            }
            #expect(error?.code == .busy)
            #expect(try managed.repository.reader.published().manifest == manifest)
            try preparation.end()
            try managed.write("g")
            try await managed.native.expectSound()
        }
    }

    @Test("nobody but the owner publishes")
    func owner() async throws {
        try await withTemporaryFolder { folder in
            let other = ManagedRepository.me == "nobody" ? "root" : "nobody"
            let managed = try ManagedRepository(in: folder, owner: other)
            let error = #expect(throws: CVMFSError.self) { try managed.write("f") }
            #expect(error?.description.contains("run it as \(other)") == true)
            #expect(!FileManager.default.fileExists(atPath: managed.journals.string))
        }
        try await withTemporaryFolder { folder in
            let managed = try ManagedRepository(in: folder, owner: "no-such-user-here")
            #expect(throws: CVMFSError.self) { try managed.write("f") }
        }
    }
}
