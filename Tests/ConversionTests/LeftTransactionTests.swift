import CVMFS
import Conversion
import Foundation
import Plumbing
import State
import StockServer
import SystemPackage
import TestSupport
import Testing

/// What a process of ours that was killed leaves open, and what only looks like it.
@Suite("Transactions that were left open (stand-in)")
struct LeftTransactionTests {
    /// The note of a process that is gone.
    private struct Mark: Codable {
        var process = ProcessIdentity(
            pid: 1 << 22 + 1,
            startTicks: 1,
            host: ProcessIdentity.current.host,
            bootID: ProcessIdentity.current.bootID,
            pidNamespace: ProcessIdentity.current.pidNamespace
        )
        var child: ProcessIdentity?
        var purpose = "writing 1 file"
        var intended: Int64
        var transaction: ServerSpool.OpenTransaction?
    }

    private func leave(_ mark: Mark, in server: StandInServer) throws {
        try FileManager.default.createDirectory(atPath: server.workspace.string, withIntermediateDirectories: true)
        try JSONEncoder().encode(mark).write(to: URL(filePath: server.mark.string))
    }

    private func spool(_ server: StandInServer) -> ServerSpool { ServerSpool(root: server.folder.appending("spool")) }

    private func clock(_ server: StandInServer) throws -> Int64 { try ServerSpool.clock(in: server.folder) }

    /// Waits until the file system's clock has gone on: what is made from now on is newer than what there was.
    private func tick(_ server: StandInServer) async throws {
        let now = try clock(server)
        while try clock(server) <= now { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test("one that is noted is aborted, whatever was edited in it")
    func noted() async throws {
        try await StandInServer.with { server in
            let before = try clock(server)
            try server.openTransaction()
            try server.write("spool/scratch/current/edited", "")
            try leave(Mark(intended: before, transaction: try spool(server).transaction()), in: server)
            #expect(try await server.publishFile() == .published(revision: 2))
            #expect(try server.calls() == ["abort", "transaction", "publish"])
            try server.expectClosed()
        }
    }

    @Test("one is aborted also where there is nothing to publish, unless its process lives")
    func recovered() async throws {
        try await StandInServer.with { server in
            let before = try clock(server)
            try server.openTransaction()
            var mark = Mark(intended: before, transaction: try spool(server).transaction())
            let dead = mark.process
            mark.process = .current
            try leave(mark, in: server)
            try await server.publisher().recover()
            #expect(server.isInTransaction)
            mark.process = dead
            try leave(mark, in: server)
            try await server.publisher().recover()
            #expect(try server.calls() == ["abort"])
            try server.expectClosed()
            try await server.publisher().recover()
            #expect(try server.calls() == ["abort"])
        }
    }

    @Test("one that was being opened is aborted where nothing was edited in it")
    func intended() async throws {
        try await StandInServer.with { server in
            let before = try clock(server)
            try server.openTransaction()
            try leave(Mark(intended: before), in: server)
            #expect(try await server.publishFile() == .published(revision: 2))
            #expect(try server.calls() == ["abort", "transaction", "publish"])
        }
    }

    @Test("one that may be somebody else's is left alone", arguments: ["edited", "older", "newer"])
    func leftAlone(why: String) async throws {
        try await StandInServer.with { server in
            if why == "older" { try server.openTransaction() }
            try await tick(server)
            var mark = Mark(intended: try clock(server))
            if why == "newer" {
                // Ours was aborted by hand, and theirs opened.
                try server.openTransaction()
                mark.transaction = try spool(server).transaction()
                try FileManager.default.removeItem(atPath: server.flag.string)
                try await tick(server)
            }
            if why != "older" { try server.openTransaction() }
            if why == "edited" { try server.write("spool/scratch/current/edited", "") }
            try leave(mark, in: server)
            let publisher = try server.publisher(lockTimeout: .milliseconds(200))
            let error = await #expect(throws: CVMFSError.self) { try await server.publishFile(publisher) }
            #expect(try #require(error).code == .busy)
            #expect(server.isInTransaction)
            #expect(try server.calls() == [])
        }
    }

    @Test("what a process left that ended while it wrote a note is in nobody's way")
    func halfWritten() async throws {
        try await StandInServer.with { server in
            try FileManager.default.createDirectory(atPath: server.workspace.string, withIntermediateDirectories: true)
            try Data("{".utf8).write(to: URL(filePath: "\(server.mark).new"))
            #expect(try await server.publishFile() == .published(revision: 2))
            try server.expectClosed()
            #expect(!FileManager.default.fileExists(atPath: "\(server.mark).new"))
        }
    }

    @Test("a note without a transaction is only taken away")
    func nothingOpen() async throws {
        try await StandInServer.with { server in
            try leave(Mark(intended: try clock(server)), in: server)
            #expect(try await server.publishFile() == .published(revision: 2))
            #expect(try server.calls() == ["transaction", "publish"])
        }
    }

    @Test("what cvmfs_server started, and what outlives it, is waited for: its transaction may still come")
    func sessionAtWork() async throws {
        try await StandInServer.with { server in
            let session = try await OrphanSession()
            defer { session.end() }
            let before = try clock(server)
            var mark = Mark(intended: before)
            mark.child = ProcessIdentity(
                pid: session.leader,
                startTicks: 1,
                host: ProcessIdentity.current.host,
                bootID: ProcessIdentity.current.bootID,
                pidNamespace: ProcessIdentity.current.pidNamespace
            )
            try leave(mark, in: server)
            let impatient = try server.publisher(lockTimeout: .milliseconds(200))
            let error = await #expect(throws: CVMFSError.self) { try await server.publishFile(impatient) }
            #expect(try #require(error).description.contains("is still at work"))
            let work = Task { try await server.publishFile(server.publisher(lockTimeout: .seconds(120))) }
            try server.openTransaction()
            session.end()
            #expect(try await work.value == .published(revision: 2))
            #expect(try server.calls() == ["abort", "transaction", "publish"])
        }
    }

    @Test("cvmfs_server that outlives its Wafer is waited for")
    func childAtWork() async throws {
        try await StandInServer.with { server in
            try server.openTransaction()
            let open = try spool(server).transaction()
            try leave(Mark(child: .current, intended: 0, transaction: open), in: server)
            let publisher = try server.publisher(lockTimeout: .milliseconds(200))
            let error = await #expect(throws: CVMFSError.self) { try await server.publishFile(publisher) }
            #expect(try #require(error).description.contains("is still at work"))
            #expect(server.isInTransaction)
        }
    }

    @Test("an abort that fails is said, and tried again")
    func abortFails() async throws {
        try await StandInServer.with { server in
            try server.breakOnce("publish fail no luck", "abort fail mounts are busy")
            let error = await #expect(throws: StockServerError.self) { try await server.publishFile() }
            let text = try #require(error).description
            #expect(text.contains("no luck") && text.contains("mounts are busy"), "\(text)")
            #expect(text.contains("`cvmfs_server abort \(server.fqrn)` ends it"))
            #expect(server.isInTransaction)
            #expect(try await server.publishFile() == .published(revision: 2))
            try server.expectClosed()
        }
    }

    @Test(
        "one that cannot be noted is an error that says why, and aborted, though something is edited in it",
        arguments: [["transaction no-notes"], ["ingest no-notes", "ingest hang"]]
    )
    func unnoted(faults: [String]) async throws {
        try await StandInServer.with { server in
            try server.breakOnce(faults.joined(separator: "\n"))
            let isIngestion = faults[0].hasPrefix("ingest")
            let error = await #expect(throws: StockServerError.self) {
                _ = try await isIngestion ? server.publishTree() : server.publishFile()
            }
            let text = try #require(error).description
            #expect(text.contains("the note of Wafer's transactions cannot be written"), "\(text)")
            // One that hangs is ended for it.
            #expect(!text.contains("took too long"), "\(text)")
            try server.expectClosed()
            // The next attempt is not in its way.
            try FileManager.default.removeItem(atPath: "\(server.mark).new")
            _ = try await isIngestion ? server.publishTree(replacing: true) : server.publishFile()
            try server.expectClosed()
        }
    }
}
