import CVMFS
import Conversion
import Foundation
import Layers
import Plumbing
import StockServer
import SystemPackage
import TestSupport
import Testing

/// Publishing where a gateway writes the storage, with the stand-in for `cvmfs_server`.
@Suite("Behind a gateway (stand-in)")
struct GatewayTests {
    private func withServer(_ body: (StandInServer, ServerPublisher) async throws -> Void) async throws {
        try await StandInServer.with(upstream: StandInServer.gateway) { server in
            try await body(server, try server.publisher(lockTimeout: .seconds(5)))
            try server.expectClosed()
        }
    }

    private func paths(_ names: String...) throws -> [BytePath] { try names.map { try BytePath($0) } }

    private func type(_ path: String, in server: StandInServer) throws -> FileAttributeType? {
        let attributes = try FileManager.default.attributesOfItem(
            atPath: server.published.pushing(FilePath(path)).string
        )
        return attributes[.type] as? FileAttributeType
    }

    private static let special = TarBuilder.archive { tar in
        tar.file("d/a", "x")
        tar.file("d/.wh.gone")
        tar.fifo("d/pipe")
    }

    @Test("the mount is brought up to date, and one path goes at a time")
    func mount() async throws {
        try await withServer { server, publisher in
            _ = try await server.publishTree(publisher)
            #expect(try await publisher.revision() == 2)
            await #expect(throws: ConversionError.self) { try await publisher.remove(paths("tree/a", "tree/b")) }
            #expect(try await publisher.remove(paths("tree/a")) == 3)
            #expect(try await server.publishFile() == .published(revision: 4))
            #expect(try await server.publishFile() == .unchanged(revision: 4))
            #expect(try await server.publishTree(nil, replacing: true) == .published(revision: 6))
        }
    }

    @Test("a tree with special files gets its catalog first, once, or is below one that is there")
    func catalogFirst() async throws {
        try await withServer { server, publisher in
            #expect(try await server.publish(Self.special, publisher, at: "a/tree") == .published(revision: 3))
            let calls = try server.calls().filter { $0 != "mount" }
            #expect(calls == ["transaction", "publish", "ingest"])
            #expect(try type("a/tree/d/gone", in: server) == .typeCharacterSpecial)
            #expect(try server.names("a/tree/d") == ["a", "gone", "pipe"])
            #expect(try await server.publish(Self.special, publisher, at: "a/tree/sub") == .published(revision: 4))
            #expect(try server.names("a/tree/sub/d") == ["a", "gone", "pipe"])
            // Nothing in it needs that.
            #expect(try await server.publishTree(publisher) == .published(revision: 5))
        }
    }

    @Test("what a gateway drops nevertheless is told, and nothing else may be missing")
    func dropped() async throws {
        try await withServer { server, publisher in
            try server.breakOnce("ingest drop")
            let archive = server.folder.appending("special.tar")
            try Data(Self.special).write(to: URL(filePath: archive.string))
            let file = try FileDescriptor.open(archive, .readOnly)
            defer { try? file.close() }
            let ingestion = TarIngestion(publisher, limits: LayerLimits())
            let layer = try await ingestion.ingest(file, at: BytePath("tree"), replacing: false).layer
            #expect(layer.losses == [.whiteouts: 1, .specialFiles: 1])
            #expect(layer.notes["lost-whiteouts"] == 1)
            let text = "1 device or FIFO is missing, 1 file that is removed from lower layers is there again"
            #expect(LayerLoss.text(layer.losses) == text)
            #expect(LayerLoss.text([.whiteouts: 2]) == "2 files that are removed from lower layers are there again")
            #expect(try server.names("tree/d") == ["a"])
            try server.breakOnce("ingest drop", "ingest truncate")
            await #expect(throws: ConversionError.self) {
                try await server.publish(Self.special, publisher, at: "other")
            }
        }
    }

    @Test("a directory whose special files would be left behind is not removed, one with a catalog is")
    func remove() async throws {
        try await withServer { server, publisher in
            _ = try await server.publish(Self.special, publisher, at: "some/tree")
            for path in ["some/tree/d", "some/tree/d/pipe"] {
                let error = await #expect(throws: ConversionError.self) { try await publisher.remove(paths(path)) }
                #expect(try #require(error).description.contains("a file .cvmfscatalog in it"))
            }
            #expect(try await publisher.remove(paths("some/tree/d/a")) == 4)
            // The catalog below it goes as a whole.
            #expect(try await publisher.remove(paths("some")) == 5)
        }
    }

    @Test("what is done only where the storage is says so")
    func refusals() async throws {
        try await withServer { server, publisher in
            func refused(_ command: String, _ attempt: () async throws -> Void) async throws {
                let error = await #expect(throws: ConversionError.self) { try await attempt() }
                let words = "`cvmfs_server \(command) \(server.fqrn)` on the gateway's machine"
                #expect(try #require(error).description.contains(words))
            }
            try await refused("tag -a v1") { _ = try await publisher.addTag("v1", description: "", revisionOf: nil) }
            try await refused("tag -r v1") { try await publisher.removeTags(["v1"]) }
            try await refused("rollback -t v1") { _ = try await publisher.rollback(to: "v1") }
            try await refused("update-repoinfo -f FILE") {
                _ = try await publisher.setMetainfo(Array("{}".utf8))
            }
            #expect(try server.calls() == [])
        }
    }

    @Test("somebody else's lease is waited for")
    func lease() async throws {
        try await withServer { server, _ in
            let busy = "fail CernVM-FS transaction error: lease path busy"
            try server.breakOnce("transaction \(busy)", "ingest \(busy)")
            #expect(try await server.publishFile() == .published(revision: 2))
            #expect(try await server.publishTree() == .published(revision: 3))
            try server.breakOnce("transaction \(busy)")
            let publisher = try server.publisher(lockTimeout: .zero)
            let error = await #expect(throws: CVMFSError.self) { try await server.publishFile(publisher, "g") }
            #expect(try #require(error).code == .busy)
            let told = try #require(error).description
            #expect(told.contains("the gateway has leased it to another publisher"), "\(told)")
        }
    }

    static let failures = [
        ("gateway key missing: /k/x.gw", "the gateway's key /keys/images.example.org.gw is missing"),
        ("Error: 'invalid_hmac'", "does not accept the key in /keys/images.example.org.gw"),
        ("Error: 'authorization error: invalid_path'", "is not for the whole repository"),
        ("Error: 'repo_disabled'", "has disabled the repository"),
        ("Error: 'invalid lease'", "the lease ended before everything was there"),
        ("(unexpected termination) cannot acquire lease", "does not answer at http://127.0.0.1:9/api/v1"),
    ]

    @Test("why a gateway refuses is recognised, and a stack is not shown", arguments: failures)
    func failure(said: String, meaning: String) async throws {
        let keys = "CVMFS_KEYS_DIR=/keys"
        try await StandInServer.with(upstream: StandInServer.gateway, more: keys) { server in
            let told = try await server.explanation(of: said)
            #expect(told.contains(meaning), "\(told)")
            let frame = try await server.explanation(of: "/usr/lib/libcvmfs.so(+0x7a100) [0x7fdd7087a100]")
            #expect(frame.hasSuffix("it said nothing"))
        }
    }

    static let answers: [(answer: String, key: String?, words: String)] = [
        (#"{"status":"ok","data":{"enabled":true,"keys":{"k1":"/"}}}"#, "plain_text k1 secret", "takes publications"),
        (#"{"status":"ok","data":{"enabled":true,"keys":{"k1":"/"}}}"#, "plain_text k2 secret", "not know the key k2"),
        (#"{"status":"ok","data":{"enabled":true,"keys":{"k1":"/a"}}}"#, "plain_text k1 secret", "is for /a in "),
        (#"{"status":"ok","data":{"enabled":true,"keys":{}}}"#, "k1 secret", "is no key of a gateway"),
        (#"{"status":"ok","data":{"enabled":true,"keys":{}}}"#, nil, ".gw is missing"),
        (#"{"status":"ok","data":{"enabled":false,"keys":{}}}"#, "plain_text k1 secret", "disabled"),
        (
            #"{"status":"error","reason":"invalid_repo"}"#, "plain_text k1 secret",
            "publications of images.example.org: invalid_repo"
        ),
        ("no JSON", "plain_text k1 secret", "does not answer as a gateway"),
    ]

    @Test("a gateway is asked about the repository and this machine's key", arguments: answers.indices)
    func examine(number: Int) async throws {
        let (answer, key, words) = Self.answers[number]
        try await StandInServer.with { server in
            let fqrn = server.fqrn
            let folder = server.folder
            try FileManager.default.createDirectory(
                atPath: folder.appending("web/api/v1/repos").string,
                withIntermediateDirectories: true
            )
            try server.write("web/api/v1/repos/\(fqrn)", answer)
            if let key { try server.write("\(fqrn).gw", key + "\n") }
            try await WebServer.serving(folder.appending("web").string) { url in
                let configuration = try String(contentsOfFile: server.configuration.string, encoding: .utf8)
                let more = "CVMFS_UPSTREAM_STORAGE=gw,/tmp,\(url)/api/v1\nCVMFS_KEYS_DIR=\(folder)\n"
                try server.write("etc/\(fqrn)/server.conf", configuration + more)
                let gateway = try #require(
                    Gateway(ServerRepository.read(fqrn, from: server.configuration), web: .testing())
                )
                let text: String
                do {
                    text = try await gateway.examine()
                    #expect(number == 0)
                } catch let trouble as Gateway.Trouble {
                    text = trouble.text
                    #expect(number > 0 && !trouble.remedy.isEmpty)
                }
                #expect(text.contains(words) && !text.contains("secret"), "\(text)")
            }
        }
    }

    @Test("a gateway that is not there is told at once")
    func absent() async throws {
        try await withServer { server, _ in
            let gateway = try #require(
                Gateway(ServerRepository.read(server.fqrn, from: server.configuration), web: .testing())
            )
            let trouble = await #expect(throws: Gateway.Trouble.self) { try await gateway.examine() }
            #expect(try #require(trouble).text.contains("connection refused"))
        }
    }
}
