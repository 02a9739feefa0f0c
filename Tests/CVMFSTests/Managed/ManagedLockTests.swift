import CVMFS
import Foundation
import Glibc
import Plumbing
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite("Locks shared with cvmfs_server")
struct ManagedLockTests {
    private func expectBusy(
        _ part: String,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws -> Void
    ) {
        let error = #expect(throws: CVMFSError.self, sourceLocation: sourceLocation) { try body() }
        #expect(error?.code == .busy, sourceLocation: sourceLocation)
        let text = error?.description ?? ""
        #expect(text.contains(part), "\(text)", sourceLocation: sourceLocation)
    }

    @Test("an open transaction of the server is waited for, and then refused")
    func openTransaction() async throws {
        try await withTemporaryFolder { folder in
            let managed = try ManagedRepository(in: folder)
            let before = try managed.repository.reader.published().manifest
            try managed.transactionFlag.write([])
            expectBusy("cvmfs_server has a transaction open") { try managed.write("f", timeout: .milliseconds(100)) }
            #expect(try managed.repository.reader.published().manifest == before)
            #expect(FileManager.default.fileExists(atPath: managed.transactionFlag.string))
            // It ends while we wait: who waits asks again and again whether to go on.
            let flag = managed.transactionFlag.string
            let asked = Mutex(0)
            let ask = { @Sendable in
                let count = asked.withLock { count in
                    count += 1
                    return count
                }
                if count == 20 { unlink(flag) }
            }
            let context = WriteContext(lockTimeout: .seconds(60), checkCancelled: ask)
            let outcome = try managed.repository.edit(context) { transaction in
                try transaction.writeFile(BytePath("f"), Array("text".utf8))
            }
            #expect(outcome == .published(revision: 2))
            #expect(asked.withLock { $0 } >= 20)
            try managed.expectReflogKnown()
        }
    }

    @Test("a publication of the server is waited for, and then refused")
    func publishing() async throws {
        try await withTemporaryFolder { folder in
            let managed = try ManagedRepository(in: folder)
            let lock = try ForeignLock(managed.spool.appending("is_publishing.lock"))
            #expect(lock.isHeld)
            expectBusy("is_publishing.lock is held by") { try managed.write("f", timeout: .milliseconds(100)) }
            // Nothing of the attempt stays in the server's way.
            #expect(!FileManager.default.fileExists(atPath: managed.transactionFlag.string))
            withExtendedLifetime(lock) {}
        }
    }

    @Test("a garbage collection or check of the server is waited for, and then refused")
    func collecting() async throws {
        try await withTemporaryFolder { folder in
            let managed = try ManagedRepository(in: folder)
            let lock = try ForeignLock(managed.spool.appending("is_collecting.lock"))
            expectBusy("is_collecting.lock is held by") { try managed.write("f", timeout: .milliseconds(100)) }
            withExtendedLifetime(lock) {}
        }
    }

    @Test("the server is kept out while we publish, and garbage collections while we prepare")
    func keepsOut() async throws {
        try await withTemporaryFolder { folder in
            let managed = try ManagedRepository(in: folder)
            let preparation = try managed.repository.prepare(.test)
            #expect(try !managed.isFree("is_collecting.lock"))
            #expect(!FileManager.default.fileExists(atPath: managed.transactionFlag.string))
            // Another preparation is no garbage collection.
            try managed.write("f") {
                #expect(FileManager.default.fileExists(atPath: managed.transactionFlag.string))
                #expect(try !managed.isFree("is_publishing.lock"))
                let text = String(decoding: try managed.transactionFlag.contents(), as: UTF8.self)
                #expect(text.hasPrefix("wafer process \(ProcessInfo.processInfo.processIdentifier) "))
                expectBusy("held by process") { try managed.write("g", timeout: .milliseconds(50)) }
            }
            #expect(!FileManager.default.fileExists(atPath: managed.transactionFlag.string))
            #expect(try managed.isFree("is_publishing.lock"))
            #expect(try !managed.isFree("is_collecting.lock"))
            try preparation.end()
            withExtendedLifetime(preparation) {}
        }
    }

    @Test("the flag of a process of ours that died is taken away; one that lives and the server's stay")
    func deadFlag() async throws {
        try await withTemporaryFolder { folder in
            let managed = try ManagedRepository(in: folder)
            try managed.transactionFlag.write(Array("wafer process 1 (committing)".utf8))
            try managed.write("f")
            #expect(!FileManager.default.fileExists(atPath: managed.transactionFlag.string))
            try managed.transactionFlag.write(Array("wafer process 1 (committing)".utf8))
            var alive: ForeignLock? = try ForeignLock(managed.transactionFlag)
            #expect(alive?.isHeld == true)
            expectBusy("wafer process 1 (committing) publishes") {
                try managed.write("g", timeout: .milliseconds(50))
            }
            alive = nil
            try managed.write("g")
        }
    }

    @Test("a working copy at an older revision is left alone")
    func checkedOut() async throws {
        try await withTemporaryFolder { folder in
            let managed = try ManagedRepository(in: folder)
            try managed.spool.appending("checkout").write(Array("tag 0123 branch\n".utf8))
            let error = #expect(throws: CVMFSError.self) { try managed.write("f") }
            #expect(error?.description.contains("cvmfs_server checkout") == true)
        }
    }

    @Test("what a crash left stays while the server has a transaction open, and where it published since")
    func recovery() async throws {
        try await withTemporaryFolder { folder in
            let managed = try ManagedRepository(in: folder)
            func crash(_ content: String) throws -> FilePath {
                let hash = try ContentHash(.sha1, of: Array(content.utf8))
                let path = managed.storage.appending(hash.objectPath(.file))
                try path.write(Array(content.utf8))
                let boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
                let time = Int(Date().timeIntervalSince1970)
                let published = try managed.storage.appending(".cvmfspublished").contents()
                let mark = Hex.encode(try MessageDigest.hash(.sha256, published))
                let header = #"{"boot":"\#(boot)","published":"\#(mark)","started":\#(time)}"#
                try FileManager.default.createDirectory(
                    atPath: managed.journals.string,
                    withIntermediateDirectories: true
                )
                let text = "\(header)\n\(hash.objectPath(.file))\n"
                try managed.journals.appending("wafer-1-dead").write(Array(text.utf8))
                return path
            }
            func exists(_ path: FilePath) -> Bool { FileManager.default.fileExists(atPath: path.string) }
            func recover() throws { try managed.repository.prepare(.test).end() }

            let unused = try crash("nobody's")
            try recover()
            #expect(!exists(unused))

            // The server's publication may have found the object there, and so not stored it again.
            let during = try crash("during a transaction")
            try managed.transactionFlag.write([])
            try recover()
            #expect(exists(during))
            try FileManager.default.removeItem(atPath: managed.transactionFlag.string)

            // Stands in for a publication by the server: only the manifest tells.
            let after = try crash("before a publication")
            try managed.native.repository.edit(.test) { transaction in
                try transaction.writeFile(BytePath("theirs"), [1])
            }
            let reflog = try managed.storage.appending(".cvmfsreflog").contents()
            try managed.spool.appending("reflog.chksum").write(Array("\(ContentHash(.sha1, of: reflog))".utf8))
            try recover()
            #expect(exists(after))
            try managed.write("ours")
            #expect(try managed.repository.reader.published().manifest.revision == 3)
            #expect(try managed.repository.reader.tree().entry(at: BytePath("theirs")) != nil)
            try await managed.native.expectSound()
        }
    }
}
