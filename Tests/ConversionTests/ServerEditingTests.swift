import CVMFS
import Conversion
import Foundation
import Plumbing
import StockServer
import SystemPackage
import TestSupport
import Testing

/// What people do to a repository besides publishing images, through `cvmfs_server`, with the stand-in for it.
@Suite("Editing through cvmfs_server (stand-in)")
struct ServerEditingTests {
    private func withServer(
        upstream: String = StandInServer.objectStore,
        _ body: (StandInServer, ServerPublisher) async throws -> Void
    ) async throws {
        try await StandInServer.with(upstream: upstream) { server in
            _ = try await server.publishTree()
            try await body(server, try server.publisher(lockTimeout: .seconds(5)))
            try server.expectClosed()
        }
    }

    private func paths(_ names: String...) throws -> [BytePath] { try names.map { try BytePath($0) } }

    @Test("paths are removed in one transaction, by cvmfs_server itself")
    func remove() async throws {
        try await withServer { server, publisher in
            #expect(try await publisher.remove(paths("tree/a", "tree/b")) == 3)
            #expect(try server.names("tree") == ["c", "d", ".cvmfscatalog"])
            #expect(try server.commands().last == "ingest -d tree/a -d tree/b \(server.fqrn)")
            #expect(try server.calls() == ["ingest", "ingest"])
            try server.expectClosed()
        }
    }

    static let irremovable = [
        ["tree/a", "nothing"], ["tree", "tree/a"], ["tree/a", "tree/a"], [""], [".cvmfs/x"], ["tree/.cvmfscatalog"],
    ]

    @Test("where one path cannot be removed, none is", arguments: irremovable)
    func refuseAll(names: [String]) async throws {
        try await withServer { server, publisher in
            let reserved = server.published.appending(".cvmfs").string
            try FileManager.default.createDirectory(atPath: reserved, withIntermediateDirectories: false)
            try server.write("spool/rdonly/.cvmfs/x", "")
            let paths = try names.map { try BytePath($0) }
            if names.contains("nothing") {
                let error = await #expect(throws: CVMFSError.self) { try await publisher.remove(paths) }
                #expect(error?.code == .notFound)
            } else {
                await #expect(throws: ConversionError.self) { try await publisher.remove(paths) }
            }
            #expect(try server.calls() == ["ingest"])
            #expect(try server.names("tree").count == 5)
        }
    }

    @Test(
        "what a shell would read as its own is refused, with what to type",
        arguments: ["a b", "a;b", "-k", "a:b", "ü"]
    )
    func shell(name: String) async throws {
        try await withServer { server, publisher in
            try server.write("spool/rdonly/\(name)", "")
            let path = try BytePath(name)
            let error = await #expect(throws: StockServerError.self) { try await publisher.remove([path]) }
            #expect(try #require(error).description.contains("`cvmfs_server transaction \(server.fqrn)`"))
            #expect(try server.calls() == ["ingest"])
        }
    }

    @Test("links on the way lead nowhere, and go themselves")
    func links() async throws {
        try await withServer { server, publisher in
            let outside = server.folder.appending("outside")
            try FileManager.default.createDirectory(atPath: outside.string, withIntermediateDirectories: false)
            try server.write("outside/file", "")
            let link = server.published.appending("link").string
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: outside.string)
            let error = await #expect(throws: CVMFSError.self) { try await publisher.remove(paths("link/file")) }
            #expect(try #require(error).code == .notFound)
            #expect(try await publisher.contents(paths("link/file")) == [:])
            #expect(try server.calls() == ["ingest"])
            #expect(try await publisher.remove(paths("link")) == 3)
            #expect(try server.names() == ["tree"])
            #expect(FileManager.default.fileExists(atPath: outside.appending("file").string))
        }
    }

    @Test("a success that is none is noticed")
    func forgotten() async throws {
        try await withServer { server, publisher in
            try server.breakOnce("ingest forget", "tag forget")
            let removal = await #expect(throws: ConversionError.self) { try await publisher.remove(paths("tree/a")) }
            #expect(try #require(removal).description.contains("says that it removed tree/a, and it is there"))
        }
    }

    @Test("somebody else's transaction is waited for and left alone", arguments: ["rm", "tag", "metainfo"])
    func another(what: String) async throws {
        try await withServer { server, publisher in
            try server.openTransaction()
            let error = await #expect(throws: CVMFSError.self) {
                switch what {
                case "rm": _ = try await publisher.remove(paths("tree/a"))
                case "tag": _ = try await publisher.addTag("v1", description: "", revisionOf: nil)
                default: _ = try await publisher.setMetainfo(Array("{}".utf8))
                }
            }
            #expect(try #require(error).code == .busy)
            #expect(server.isInTransaction)
            try FileManager.default.removeItem(atPath: server.flag.string)
        }
    }

    @Test("one that cannot be seen from here is not asked for without end")
    func unseen() async throws {
        try await withServer { server, publisher in
            let refusals = [String](
                repeating: "tag fail Cannot change repository tags while in a transaction\n",
                count: 40
            )
            try server.write("faults", "tag pass\n" + refusals.joined())
            let error = await #expect(throws: CVMFSError.self) {
                try await publisher.addTag("v1", description: "", revisionOf: nil)
            }
            #expect(try #require(error).code == .busy)
            #expect(try #require(error).description.contains("somebody else is publishing"))
            try server.breakOnce()
        }
    }

    @Test("images that refer to layers are found without the storage")
    func referrers() async throws {
        try await withServer { server, publisher in
            try await server.publishFile(nil, ".metadata/.images/a/b/host/app:1/manifest.json", "no manifest")
            #expect(try server.names(".metadata") == [".cvmfscatalog", ".images"])
            #expect(try server.names(".metadata/.images/a/b") == [".cvmfscatalog", "host"])
            try await server.publishFile(nil, ".layers/ab/cd", "x")
            let referrers = try await publisher.referrers(to: paths(".layers/ab"))
            #expect(referrers.images.map(\.image.description) == [".metadata/.images/a/b/host/app:1"])
            await #expect(throws: CVMFSError.self) { try await publisher.referrers(to: paths(".layers/ff")) }
        }
    }

    @Test("names that lead to root file systems are found without the storage")
    func names() async throws {
        try await withServer { server, publisher in
            try await server.publishFile(nil, ".flat/ab/abcd/bin/app", "x")
            try await server.publishFile(nil, ".flat/ab/abce/bin/app", "x")
            let links = [
                ("tools/app", "../.flat/ab/abcd"), ("tools/other", "../.flat/ab/abce"), ("tools/own", "app/bin"),
            ]
            _ = try await publisher.withSession { session in
                let edits = try links.map { TreeEdit(try BytePath($0), .symlink(Array($1.utf8))) }
                return try await session.commit(edits, requiring: [])
            }
            for path in [".flat/ab/abcd", ".flat/ab/abcd/bin"] {
                let found = try await publisher.referrers(to: paths(path)).links.map(\.description)
                #expect(found == ["tools/app", "tools/own"])
            }
            #expect(
                try await publisher.referrers(to: paths(".flat", "tools/app")).links.map(\.description) == [
                    "tools/other", "tools/own",
                ]
            )
            #expect(try await publisher.referrers(to: paths("tools/other")).links.isEmpty)
        }
    }

    // MARK: - Tags

    @Test("tags are added and removed by cvmfs_server")
    func tags() async throws {
        try await withServer { server, publisher in
            let description = "it's (b) & c; d > e | f * #"
            let revision = try await publisher.addTag("v1", description: description, revisionOf: nil)
            #expect(revision == 2)
            #expect(try server.commands().contains("tag -a v1 -m \(description) \(server.fqrn)"))
            _ = try await publisher.addTag("v2", description: "", revisionOf: "v1")
            let call = try #require(try server.commands().first { $0.hasPrefix("tag -a v2 -h ") })
            // The hash of the other one, 40 digits.
            #expect(call.split(separator: " ")[4].count == 40)
            let taken = await #expect(throws: CVMFSError.self) {
                try await publisher.addTag("v1", description: "", revisionOf: nil)
            }
            #expect(try #require(taken).description.contains("remove it first"))
            await #expect(throws: CVMFSError.self) {
                try await publisher.addTag("v3", description: "", revisionOf: "no")
            }
            let missing = await #expect(throws: CVMFSError.self) { try await publisher.removeTags(["v1", "no"]) }
            #expect(try #require(missing).code == .notFound)
            try await publisher.removeTags(["v1", "v2"])
            #expect(try server.commands().contains("tag -f -r v1 -r v2 \(server.fqrn)"))
            #expect(try server.commands().filter { $0.hasPrefix("tag -a") || $0.hasPrefix("tag -f") }.count == 3)
        }
    }

    @Test("a tag that is not there afterwards, or still is, is an error")
    func forgottenTags() async throws {
        try await withServer { server, publisher in
            // The first call lists the tags.
            try server.breakOnce("tag pass", "tag forget")
            let added = await #expect(throws: ConversionError.self) {
                try await publisher.addTag("v1", description: "", revisionOf: nil)
            }
            #expect(try #require(added).description.contains("added the tag v1, and it is not there"))
            _ = try await publisher.addTag("v1", description: "", revisionOf: nil)
            try server.breakOnce("tag pass", "tag forget")
            let removed = await #expect(throws: ConversionError.self) { try await publisher.removeTags(["v1"]) }
            #expect(try #require(removed).description.contains("removed the tag v1, and it is there"))
        }
    }

    @Test(
        "names and descriptions with a meaning for a shell are refused",
        arguments: ["$(x)", "a b", "-x", "a;b", "", "trunk"]
    )
    func names(name: String) async throws {
        try await withServer { server, publisher in
            await #expect(throws: CVMFSError.self) {
                try await publisher.addTag(name, description: "", revisionOf: nil)
            }
            await #expect(throws: CVMFSError.self) { try await publisher.removeTags([name]) }
            for description in ["$(x)", "`x`", "a\"; x \"", "a\\", "a\nb"] {
                await #expect(throws: ConversionError.self) {
                    try await publisher.addTag("v1", description: description, revisionOf: nil)
                }
            }
            #expect(try server.calls() == ["ingest"])
            try server.expectClosed()
        }
    }

    @Test("a tag edit that is killed is aborted")
    func killed() async throws {
        try await withServer { server, publisher in
            try server.breakOnce("tag pass", "tag kill")
            let error = await #expect(throws: StockServerError.self) {
                try await publisher.addTag("v1", description: "", revisionOf: nil)
            }
            #expect(try #require(error).description.contains("signal 9"))
            #expect(try server.calls().last == "abort")
            try server.expectClosed()
        }
    }

    // MARK: - Others

    @Test("meta info is published by cvmfs_server, which reads it by the descriptor")
    func metainfo() async throws {
        try await withServer { server, publisher in
            let text = "{\"administrator\": \"A\"}"
            #expect(try await publisher.setMetainfo(Array(text.utf8)))
            let stored = try String(contentsOfFile: server.folder.appending("metainfo").string, encoding: .utf8)
            #expect(stored == text)
            await #expect(throws: CVMFSError.self) { try await publisher.setMetainfo(Array("[]".utf8)) }
            #expect(try server.calls() == ["ingest", "update-repoinfo"])
            let left = try FileManager.default.contentsOfDirectory(atPath: server.workspace.string)
            #expect(!left.contains { $0.hasPrefix("input-") })
        }
    }

    @Test("going back where nobody can tell what is lost names the command for it")
    func rollback() async throws {
        try await withServer { server, publisher in
            let error = await #expect(throws: ConversionError.self) { try await publisher.rollback(to: "v1") }
            #expect(try #require(error).description.contains("`cvmfs_server rollback -t v1 \(server.fqrn)`"))
            #expect(try server.calls() == ["ingest"])
            try server.expectClosed()
        }
    }
}
