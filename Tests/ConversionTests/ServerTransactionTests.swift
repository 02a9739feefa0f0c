import CVMFS
import Conversion
import Foundation
import Glibc
import Layers
import Logging
import Plumbing
import State
import StockServer
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
            let error = await #expect(throws: StockServerError.self) { try await server.publishFile() }
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
            let error = await #expect(throws: StockServerError.self) { try await server.publishTree() }
            #expect(try #require(error).description.hasPrefix("cvmfs_server ingest of \(server.fqrn) "))
            try server.expectClosed()
            #expect(try server.names() == [])
            #expect(try await server.publishTree() == .published(revision: 2))
            #expect(try server.names("tree") == ["a", "b", "c", "d", ".cvmfscatalog"])
            try server.expectClosed()
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

    @Test(
        "what hangs is ended, and its transaction aborted",
        arguments: ["transaction hang", "publish hang", "publish deaf"]
    )
    func hang(fault: String) async throws {
        try await StandInServer.with { server in
            try server.breakOnce(fault)
            let timeouts = ServerTimeouts(opening: .seconds(2), publishing: .seconds(2))
            let publisher = try server.publisher(timeouts: timeouts)
            let error = await #expect(throws: StockServerError.self) { try await server.publishFile(publisher) }
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

    @Test("an ingestion that signs comes to its end though somebody wants to stop")
    func stopSigning() async throws {
        try await StandInServer.with { server in
            try server.breakOnce("ingest held-signing")
            let log = LogKeeper()
            let publisher = try server.publisher(logger: log.logger(.trace))
            let work = Task { try await server.publishTree(publisher) }
            // Its line is read by another thread.
            while !log.lines.contains(where: { $0.contains("Signing") }) {
                try await Task.sleep(for: .milliseconds(20))
            }
            work.cancel()
            try server.proceed()
            // The wish counts afterwards, or nothing is left to stop.
            _ = await work.result
            #expect(try server.calls() == ["ingest"])
            #expect(try server.names("tree").count == 5)
            try server.expectClosed()
        }
    }

    @Test("layers that a process left behind are removed, and those of a living one are not")
    func spools() async throws {
        try await StandInServer.with { server in
            try await server.publishFile()
            let layers = server.workspace.appending("layers")
            for name in ["old", "fresh", "locked"] {
                let path = layers.appending(name).string
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
                let date = Date(timeIntervalSinceNow: name == "fresh" ? 0 : -120)
                try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
            }
            let locked = try FileDescriptor.open(layers.appending("locked"), .readOnly)
            defer { try? locked.close() }
            try #require(flock(locked.rawValue, LOCK_EX | LOCK_NB) == 0)
            try await server.publishFile(nil, "g")
            let left = try FileManager.default.contentsOfDirectory(atPath: layers.string)
            #expect(left.sorted() == ["fresh", "locked"])
        }
    }

    @Test(
        "directories above layers belong to the repository's owner, who writes beside the layers later",
        .enabled(if: geteuid() == 0, "only root gives files away")
    )
    func directoriesAbove() async throws {
        try await StandInServer.with(owner: "daemon") { server in
            let daemon = try ServerRepository.read(server.fqrn, from: server.configuration).ownerIDs().uid
            let archive = TarBuilder.archive { tar in tar.file("a", "x") { $0.uid = 77 } }
            _ = try await server.publish(archive, at: "some/where/tree")
            for (name, uid) in [("some", daemon), ("some/where", daemon), ("some/where/tree/a", 77)] {
                var status = stat()
                #expect(lstat(server.published.pushing(FilePath(name)).string, &status) == 0)
                #expect(status.st_uid == uid, "\(name)")
            }
        }
    }

    @Test("owners that are lost are found out, and said", .enabled(if: geteuid() == 0, "this is not root"))
    func owners() async throws {
        try await StandInServer.with { server in
            try server.breakOnce("ingest own")
            let pipe = BytePipe(capacity: 1 << 20)
            try await pipe.write(TarBuilder.archive { $0.file("a", "x") })
            pipe.finish()
            let path = try BytePath("tree")
            let losses = try await server.publisher().withSession { session in
                _ = try await session.ingest(
                    nil,
                    limits: LayerLimits(),
                    at: path,
                    over: LayersBelow.nothing,
                    from: pipe
                )
                _ = try await session.commit([TreeEdit(path, .attach(replacing: false))], requiring: [path])
                return session.losses(at: path)
            }
            #expect(losses == [.owners: 2])
        }
    }

    @Test("a publication that began comes to its end though somebody wants to stop")
    func stopPublication() async throws {
        try await StandInServer.with { server in
            try server.breakOnce("publish held")
            let work = Task { try await server.publishFile() }
            while try !server.calls().contains("publish") { try await Task.sleep(for: .milliseconds(20)) }
            work.cancel()
            try server.proceed()
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
            let log = LogKeeper()
            let publisher = try server.publisher(lockTimeout: .seconds(60), logger: log.logger(.notice))
            let work = Task { try await server.publishFile(publisher) }
            while !log.lines.contains(where: { $0.contains("waiting: ") }) {
                try await Task.sleep(for: .milliseconds(20))
            }
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

    @Test("while another process of ours has the lock, this one waits, and only so long")
    func lock() async throws {
        try await StandInServer.with { server in
            try await server.publishFile()
            let lock = try WriterLock.acquire(in: server.workspace, WriteContext(lockTimeout: .seconds(60)))
            let publisher = try server.publisher(lockTimeout: .milliseconds(200))
            let error = await #expect(throws: CVMFSError.self) { try await server.publishFile(publisher, "g") }
            #expect(try #require(error).code == .busy)
            withExtendedLifetime(lock) {}
            #expect(try server.calls() == ["transaction", "publish"])
            try server.expectClosed()
        }
    }

    @Test("a lock is released for good, although a child that was forked meanwhile has a copy of the lock")
    func release() async throws {
        try await StandInServer.with { server in
            try await server.publishFile()
            let path = server.workspace.appending("commit.lock").string
            let lock = try WriterLock.acquire(in: server.workspace, WriteContext(lockTimeout: .seconds(60)))
            let copies = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init)
                .filter { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path }
                .map { dup($0) }
            defer { for copy in copies { close(copy) } }
            try #require(!copies.isEmpty)
            #expect(try WriterLock.attempt(in: server.workspace) == nil)
            lock.release()
            #expect(try WriterLock.attempt(in: server.workspace) != nil)
        }
    }

    @Test("a layer that disappeared meanwhile is an error")
    func required() async throws {
        try await StandInServer.with { server in
            let gone = try BytePath("gone")
            let error = await #expect(throws: ConversionError.self) {
                try await server.publisher().withSession { try await $0.commit([], requiring: [gone]) }
            }
            #expect(try #require(error).description.contains("gone disappeared from"))
            try server.expectClosed()
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

    @Test("heavy directories of a layer get catalogs of their own, by the limits of server.conf")
    func heavy() async throws {
        let limits = "CVMFS_AUTOCATALOGS=true\nCVMFS_AUTOCATALOGS_MAX_WEIGHT=20\nCVMFS_AUTOCATALOGS_MIN_WEIGHT=5"
        try await StandInServer.with(more: limits) { server in
            let archive = TarBuilder.archive { tar in
                for directory in ["a", "b/inner", "light"] {
                    for number in 0..<(directory == "light" ? 3 : 12) {
                        tar.file(RawBytes(stringLiteral: "\(directory)/\(number)"), "x")
                    }
                }
            }
            #expect(try await server.publish(archive) == .published(revision: 2))
            let names = try FileManager.default.subpathsOfDirectory(atPath: server.published.string)
            let markers = names.filter { $0.hasSuffix("/.cvmfscatalog") }.sorted()
            #expect(markers == ["tree/.cvmfscatalog", "tree/a/.cvmfscatalog", "tree/b/inner/.cvmfscatalog"])
        }
    }

    @Test("a directory cannot be below what is none")
    func notADirectory() async throws {
        try await StandInServer.with { server in
            try server.write("other", "")
            let link = server.published.appending("tree").string
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: server.folder.string)
            let file = TreeEdit(try BytePath("tree/other"), .file([]))
            let error = await #expect(throws: ConversionError.self) {
                try await server.publisher().withSession { try await $0.commit([file], requiring: []) }
            }
            #expect(try #require(error).description.contains("tree in \(server.fqrn) is not a directory"))
            try server.expectClosed()
        }
    }

    static let explanations = [
        ("Repository whitelist for x is expired", "`cvmfs_server resign images.example.org` renews it"),
        ("write: No space left on device", "a disk is full"),
        ("publisher file system mount state is broken", "`cvmfs_server mount images.example.org` repairs them"),
        ("No write permission to repository", "run Wafer as that user"),
        (
            "sudo: a password is required",
            " NOPASSWD: /usr/bin/cvmfs_server, /usr/bin/tar, /usr/bin/rm, /usr/bin/rmdir`"
        ),
        ("x is not in the sudoers file", "add to sudoers (visudo) the line `"),
        ("user x is not allowed to execute '/usr/bin/cvmfs_server'", "add to sudoers"),
        ("Permission denied: Repository x is owned by y", "run Wafer as that user"),
        ("cp: Disk quota exceeded", "a disk is full"),
        ("Transport endpoint is not connected", "`cvmfs_server mount images.example.org` repairs them"),
        ("Repository x does not exist", "cvmfs_server knows no such repository here"),
        ("The repository is INCOMPATIBLE", "`cvmfs_server migrate images.example.org`"),
        ("WARNING! There are open read-only file descriptors in x", "`lsof "),
        ("Open writable file descriptors on x", "a program has files open in"),
        ("Repository unavailable under http://localhost", "start the web server"),
        ("something else", "it said: something else"),
    ]

    @Test("what cvmfs_server says is explained", arguments: explanations)
    func explain(said: String, explanation: String) async throws {
        try await StandInServer.with { server in
            let told = try await server.explanation(of: said)
            #expect(told.contains(explanation), "\(told)")
        }
    }

    @Test("a program that is not there is an error that says what to install")
    func notInstalled() async throws {
        try await StandInServer.with { server in
            try FileManager.default.removeItem(atPath: server.program.string)
            let error = await #expect(throws: StockServerError.self) { try await server.publishFile() }
            #expect(try #require(error).description.contains("install the package cvmfs-server"))
            try server.expectClosed()
        }
    }
}
