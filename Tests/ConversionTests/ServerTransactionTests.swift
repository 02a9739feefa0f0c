import CVMFS
import Conversion
import Foundation
import Plumbing
import State
import SystemPackage
import TestSupport
import Testing

/// Transactions through `cvmfs_server`, with the stand-in for it: whatever goes wrong, none of ours stays open and none
/// of somebody else's is touched.
@Suite("Transactions through cvmfs_server (stand-in)")
struct ServerTransactionTests {
    @Test("a file is published in one transaction, and nothing in none")
    func publish() async throws {
        try await StandInServer.with { server in
            #expect(try await server.publishFile() == .published(revision: 2))
            #expect(try server.calls() == ["transaction", "publish"])
            #expect(try server.names() == ["f"])
            #expect(try await server.publishFile() == .unchanged(revision: 2))
            #expect(try server.calls() == ["transaction", "publish"])
            try server.expectClosed()
        }
    }

    static let faults = [
        "transaction fail no luck", "transaction fail-open the hook failed", "transaction fail-late a late hook",
        "transaction kill", "publish fail no luck", "publish fail-open Synchronization failed", "publish kill",
    ]

    @Test("a step of the transaction fails", arguments: faults)
    func failingTransaction(fault: String) async throws {
        try await StandInServer.with { server in
            try server.breakOnce(fault)
            let error = await #expect(throws: ConversionError.self) { try await server.publishFile() }
            let words = fault.split(separator: " ", maxSplits: 2).map(String.init)
            let text = try #require(error).description
            #expect(text.hasPrefix("cvmfs_server \(words[0]) of \(server.fqrn) "), "\(text)")
            #expect(text.contains(words.count > 2 ? words[2] : "signal 9"), "\(text)")
            try server.expectClosed()
            #expect(try server.names() == [])
            // The next attempt is not in its way.
            #expect(try await server.publishFile() == .published(revision: 2))
        }
    }

    @Test("a step of an ingestion fails", arguments: ["ingest fail no luck", "ingest fail-open x", "ingest kill"])
    func failingIngestion(fault: String) async throws {
        try await StandInServer.with { server in
            try server.breakOnce(fault)
            let error = await #expect(throws: ConversionError.self) { try await server.publishTree() }
            #expect(try #require(error).description.hasPrefix("cvmfs_server ingest of \(server.fqrn) "))
            try server.expectClosed()
            #expect(try server.names() == [])
            #expect(try await server.publishTree() == .published(revision: 2))
            #expect(try server.names("tree") == ["a", "b", "c", "d", ".cvmfscatalog"])
        }
    }

    @Test("an archive that cvmfs_server reads in part, and calls that a success, is noticed")
    func truncatedIngestion() async throws {
        try await StandInServer.with { server in
            try server.breakOnce("ingest truncate")
            let error = await #expect(throws: ConversionError.self) { try await server.publishTree() }
            #expect(try #require(error).description.contains("is not what was ingested"))
            try server.expectClosed()
        }
    }

    @Test("what hangs is ended, and its transaction aborted", arguments: ["transaction", "publish"])
    func hang(command: String) async throws {
        try await StandInServer.with { server in
            try server.breakOnce("\(command) hang")
            let timeouts = ServerTimeouts(opening: .seconds(2), publishing: .seconds(2))
            let publisher = try server.publisher(timeouts: timeouts)
            let error = await #expect(throws: ConversionError.self) { try await server.publishFile(publisher) }
            #expect(try #require(error).description.contains("took too long"))
            try server.expectClosed()
        }
    }

    @Test("somebody who wants to stop does not wait for an ingestion, and it leaves nothing open")
    func stopIngestion() async throws {
        try await StandInServer.with { server in
            try server.breakOnce("ingest hang")
            let work = Task { try await server.publishTree() }
            while !server.isInTransaction { try await Task.sleep(for: .milliseconds(20)) }
            work.cancel()
            await #expect(throws: CancellationError.self) { try await work.value }
            try server.expectClosed()
            #expect(try server.calls() == ["ingest", "abort"])
        }
    }

    @Test("a publication that began comes to its end though somebody wants to stop")
    func stopPublication() async throws {
        try await StandInServer.with { server in
            try server.breakOnce("publish slow")
            let work = Task { try await server.publishFile() }
            while try !server.calls().contains("publish") { try await Task.sleep(for: .milliseconds(20)) }
            work.cancel()
            #expect(try await work.value == .published(revision: 2))
            try server.expectClosed()
        }
    }

    @Test("somebody else's transaction is waited for, and never ended")
    func another() async throws {
        try await StandInServer.with { server in
            try server.openTransaction()
            for attempt in [0, 1] {
                let publisher = try server.publisher(lockTimeout: .milliseconds(300))
                let error = await #expect(throws: CVMFSError.self) {
                    if attempt == 0 {
                        try await server.publishFile(publisher)
                    } else {
                        _ = try await server.publishTree(publisher)
                    }
                }
                #expect(try #require(error).code == .busy)
                #expect(try #require(error).description.contains("it is not Wafer's to end"))
                #expect(server.isInTransaction)
            }
            #expect(try server.calls() == [])
            let work = Task { try await server.publishFile() }
            try await Task.sleep(for: .milliseconds(300))
            try FileManager.default.removeItem(atPath: server.flag.string)
            #expect(try await work.value == .published(revision: 2))
        }
    }

    @Test("somebody else is quicker between the look and the call")
    func race() async throws {
        try await StandInServer.with { server in
            try server.breakOnce(
                "transaction fail CernVM-FS transaction error: another transaction is already open",
                "ingest fail CernVM-FS transaction error: another transaction is already open"
            )
            #expect(try await server.publishFile() == .published(revision: 2))
            #expect(try await server.publishTree() == .published(revision: 3))
            #expect(try server.calls() == ["transaction", "transaction", "publish", "ingest", "ingest"])
        }
    }

    @Test("two publications at once take turns")
    func turns() async throws {
        try await StandInServer.with { server in
            try server.breakOnce("publish slow")
            let patient = try server.publisher(lockTimeout: .seconds(120))
            async let one = server.publishFile(patient, "one")
            async let two = server.publishFile(patient, "two")
            #expect(Set(try await [one.revision, two.revision]) == [2, 3])
            #expect(try server.names() == ["one", "two"])
        }
    }

    @Test("the message of a publication has nothing that a shell would run")
    func message() async throws {
        try await StandInServer.with { server in
            let name = "dir $(touch evil);`id`/f"
            #expect(try await server.publishFile(nil, name) == .published(revision: 2))
            let calls = try String(contentsOfFile: server.folder.appending("calls").string, encoding: .utf8)
            #expect(calls.contains("publish -m wafer:dir___touch_evil___id_ \(server.fqrn)\n"), "\(calls)")
        }
    }

    static let explanations = [
        ("Repository whitelist for x is expired", "`cvmfs_server resign images.example.org` renews it"),
        ("write: No space left on device", "a disk is full"),
        ("publisher file system mount state is broken", "`cvmfs_server mount images.example.org` repairs them"),
        ("No write permission to repository", "run Wafer as that user"),
        ("sudo: a password is required", "allow it in sudoers"),
        ("Open writable file descriptors on x", "a program has files open in"),
        ("Repository unavailable under http://localhost", "start the web server"),
        ("something else", "it said: something else"),
    ]

    @Test("what cvmfs_server says is explained", arguments: explanations)
    func explain(said: String, explanation: String) async throws {
        try await StandInServer.with { server in
            try server.breakOnce("transaction fail \(said)")
            let error = await #expect(throws: ConversionError.self) { try await server.publishFile() }
            #expect(try #require(error).description.contains(explanation), "\(String(describing: error))")
        }
    }

    @Test("a program that is not there is an error that says what to install")
    func notInstalled() async throws {
        try await StandInServer.with { server in
            try FileManager.default.removeItem(atPath: server.program.string)
            let error = await #expect(throws: ConversionError.self) { try await server.publishFile() }
            #expect(try #require(error).description.contains("install the package cvmfs-server"))
            try server.expectClosed()
        }
    }
}
