import CVMFS
import Conversion
import Foundation
import Logging
import OCI
import Plumbing
import Registry
import SystemPackage
import TestSupport
import Testing

@Suite("Repositories at a web server", .timeLimit(.minutes(5)))
struct HTTPObjectStoreTests {
    private typealias Body =
        @Sendable (ConversionFixture, HTTPObjectStore, _ seen: RepositoryReader) async throws -> Void

    /// Runs `body` with a repository that has an image, and the same as a web server shows it.
    private func with(_ body: @escaping Body) async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base, SampleLayers.application])
            _ = try await fixture.converter().convert(fixture.desire("app:1"))
            try await WebServer.serving(fixture.storage.string) { url in
                let store = try HTTPObjectStore(url: url + "/", web: .testing())
                let seen = RepositoryReader(
                    fqrn: ConversionFixture.fqrn,
                    store: store,
                    keys: fixture.repository.reader.keys.root,
                    logger: Logger(label: "test")
                )
                try await body(fixture, store, seen)
            }
        }
    }

    @Test("are read as in their storage: entries, content, signatures, every object")
    func reading() async throws {
        try await with { fixture, _, seen in
            @Sendable func rows(_ repository: RepositoryReader) throws -> [String] {
                var rows: [String] = []
                try repository.tree().walk(BytePath()) { path, row in rows.append("\(path) \(row)") }
                return rows
            }
            #expect(try seen.published().manifest.revision == 2)
            let rows = (try rows(fixture.repository.reader), try await onDedicatedThread("read") { try rows(seen) })
            #expect(rows.0 == rows.1 && rows.0.count > 10)
            let verification = ImageVerification(
                registry: fixture.client,
                repository: VerifiedRepository(seen),
                report: { _ in }
            )
            let differences = try await verification.findings(
                of: ImageSource(parsing: fixture.registry.reference("app:1"), folder: "/"),
                platform: .linuxAMD64,
                credentials: nil
            ).differences
            #expect(differences == [])
            let report = try await onDedicatedThread("check") {
                try RepositoryCheck(
                    store: seen.store,
                    fqrn: seen.fqrn,
                    masterKeys: try seen.masterKeys(),
                    options: CheckOptions(.content),
                    now: Date()
                ).run()
            }
            #expect(report.isSound && report.objects > 10, "\(report.faults)")
        }
    }

    @Test("what is missing, refused or not itself is told apart")
    func faults() async throws {
        try await with { fixture, store, seen in
            let root = try fixture.repository.reader.published().manifest.root.hash
            let absent = try ContentHash(.sha1, of: Array("nowhere".utf8))
            let path = fixture.storage.appending(root.objectPath(.catalog)).string
            try await onDedicatedThread("read") {
                #expect(try store.size(of: root, .catalog) == fixture.repository.reader.store.size(of: root, .catalog))
                #expect(try store.size(of: absent, .file) == nil)
                #expect(try store.readTopLevel(".cvmfsnothing") == nil)
                expect(.notFound, "\(absent) is missing at http://127.0.0.1:") { try store.load(absent, .file) }
                try Data("503".utf8).write(to: URL(filePath: path + ".status"))
                expect(.system, "\(root.objectPath(.catalog)) cannot be read: it answered 503") {
                    try store.load(root, .catalog)
                }
                expect(.system, "it answered 503") { _ = try store.size(of: root, .catalog) }
                try FileManager.default.removeItem(atPath: path + ".status")
                try Data("other".utf8).write(to: URL(filePath: path))
                expect(.corrupt, "has the content of") { _ = try seen.tree() }
            }
        }
    }

    @Test("what is wrong with TLS is said", arguments: ["expired", "unknown", "old"])
    func certificates(fault: String) async throws {
        let temporary = try TemporaryFolder()
        defer { withExtendedLifetime(temporary) {} }
        let folder = URL(filePath: temporary.path.string)
        let authority = try await PrivateCA(in: temporary.path)
        let past = ("20200101000000Z", "20210203040506Z")
        let file =
            fault == "expired"
            ? try await authority.issue("a", for: "IP:127.0.0.1", from: past.0, until: past.1)
            : authority.serverCertificate
        let tls = WebServer.TLS(certificate: file, key: authority.serverKey, isOld: fault == "old")
        let words =
            switch fault {
            case "expired": "cannot be read: its certificate expired on 2021-02-03T04:05:06Z; who runs that server"
            case "unknown": "no authority that this machine knows signed it; add its CA to those of this machine"
            default: "it has no version from 1.2 on"
            }
        try await WebServer.serving(folder.path, tls: tls) { url in
            let store = try HTTPObjectStore(url: url, web: .testing())
            try await onDedicatedThread("read") {
                expect(.system, words) { _ = try store.readTopLevel("ca.pem") }
                let hash = try ContentHash(.sha1, of: Array("nowhere".utf8))
                expect(.system, words) { _ = try store.size(of: hash, .file) }
            }
        }
    }

    @Test("a server cannot lead to the addresses of clouds, nor into an endless chain", arguments: ["cloud", "chain"])
    func redirects(kind: String) async throws {
        try await withTemporaryFolder { folder in
            try await WebServer.serving(folder.string) { url in
                let target = kind == "cloud" ? "http://169.254.169.254/latest/meta-data" : "\(url)/.cvmfspublished"
                let redirect = URL(filePath: folder.appending(".cvmfspublished.redirect").string)
                try Data(target.utf8).write(to: redirect)
                let store = try HTTPObjectStore(url: url, web: .testing())
                let words =
                    kind == "cloud"
                    ? "to http://169.254.169.254/latest/meta-data leads" : "there are more than 5 redirects"
                try await onDedicatedThread("read") {
                    expect(.system, words) { _ = try store.readTopLevel(".cvmfspublished") }
                }
            }
        }
    }

    @Test("an answer that is cut is an error that says so")
    func cut() async throws {
        try await withTemporaryFolder { folder in
            try Data().write(to: URL(filePath: folder.appending(".cvmfspublished.cut").string))
            try await WebServer.serving(folder.string) { url in
                let store = try HTTPObjectStore(url: url, web: .testing())
                try await onDedicatedThread("read") {
                    expect(.system, "/.cvmfspublished cannot be read: the connection was closed") {
                        _ = try store.readTopLevel(".cvmfspublished")
                    }
                }
            }
        }
    }

    @Test("an authority of hosts.yaml is trusted")
    func authorities() async throws {
        try await withTemporaryFolder { folder in
            let authority = try await PrivateCA(in: folder)
            let tls = WebServer.TLS(certificate: authority.serverCertificate, key: authority.serverKey)
            try await WebServer.serving(folder.string, tls: tls) { url in
                var settings = NetworkSettings()
                settings.hosts.authorities = [authority.certificate]
                let store = try HTTPObjectStore(url: url, web: .testing(settings))
                let bytes = try await onDedicatedThread("read") { try store.readTopLevel("ca.pem") }
                #expect(bytes != nil)
            }
        }
    }

    @Test("a server that does not answer is named")
    func unreachable() async throws {
        let store = try HTTPObjectStore(url: "http://127.0.0.1:1/cvmfs/a.org", web: .testing())
        try await onDedicatedThread("read") {
            for call in [
                { _ = try store.readTopLevel(".cvmfspublished") },
                { _ = try store.size(of: .init(.sha1, of: []), .file) },
            ] as [() throws -> Void] {
                expect(.system, "http://127.0.0.1:1/cvmfs/a.org/", call)
                expect(.system, "cannot be read: connection refused", call)
            }
        }
        for url in ["", "file:///srv/cvmfs", "a.org/cvmfs", "http://"] {
            expect(.refused, "is no http URL") { _ = try HTTPObjectStore(url: url, web: .testing()) }
        }
    }

    @Test("are never written: there is nothing to write them with")
    func writing() async throws {
        try await with { fixture, store, seen in
            let keys = fixture.repository.reader.keys.root.string
            let before = try FileManager.default.contentsOfDirectory(atPath: keys).sorted()
            #expect(!(store as Any is any ObjectWriter) && !(store as Any is any TopLevelWriter))
            #expect(!(store as Any is any ObjectStaging))
            let request = try await onDedicatedThread("read") { try seen.whitelistRequest() }
            #expect(request.fqrn == seen.fqrn)
            #expect(try FileManager.default.contentsOfDirectory(atPath: keys).sorted() == before)
        }
    }

    private func expect(
        _ code: CVMFSError.Code,
        _ words: String,
        _ body: () throws -> some Any,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: CVMFSError.self, sourceLocation: sourceLocation) { _ = try body() }
        #expect(error?.code == code, sourceLocation: sourceLocation)
        #expect(
            error?.description.contains(words) == true,
            "\(String(describing: error))",
            sourceLocation: sourceLocation
        )
    }
}
