import CVMFS
import Plumbing
import SystemPackage
import TestSupport
import Testing

@Suite struct ReflogTests {
    @Test func stockLogIsRead() async throws {
        try await withStockRepository { stock in
            let bytes = try stock.storage.appending(".cvmfsreflog").contents()
            let manifest = try stock.manifest().manifest
            #expect(try ContentHash(.sha1, of: bytes) == manifest.reflog)
            let log = try Reflog(bytes: bytes)
            #expect(log.fqrn == StockRepository.fqrn)
            let references = try log.references()
            #expect(references.count == 9)
            #expect(references.filter { $0.kind == .catalog }.count == 4)
            #expect(references.first?.timestamp == 1_795_464_201)
            #expect(try log.contains(manifest.root.hash, .catalog))
            #expect(try log.contains(#require(manifest.certificate), .certificate))
            #expect(try log.contains(#require(manifest.history), .history))
            #expect(try log.contains(#require(manifest.metainfo), .metainfo))
            #expect(try !log.contains(manifest.root.hash, .certificate))
        }
    }

    @Test func stockLogTakesMore() async throws {
        try await withStockRepository { stock in
            let log = try Reflog(bytes: stock.storage.appending(".cvmfsreflog").contents())
            let hash = try ContentHash(.sha1, of: [1])
            try log.insert(hash, .catalog, timestamp: 1_795_500_000)
            let again = try Reflog(bytes: log.serialize())
            #expect(try again.references().last == log.references().last)
            #expect(try again.references().count == 10)
            #expect(try again.contains(hash, .catalog))
        }
    }

    @Test func newLogHasTheStockSchema() async throws {
        try await withTemporaryFolder { folder in
            let log = try Reflog(fqrn: "test.example.org")
            let hash = try ContentHash(.shake128, of: [1])
            try log.insert(hash, .metainfo, timestamp: 5)
            try log.insert(hash, .metainfo, timestamp: 7)
            try log.insert(ContentHash(.sha1, of: [2]), .certificate, timestamp: 6)
            let file = folder.appending("reflog")
            try file.write(log.serialize())
            #expect(
                try await Tool.sqlite(file, "SELECT * FROM properties ORDER BY key") == """
                    fqrn|test.example.org
                    schema|1.0
                    schema_revision|0

                    """
            )
            #expect(
                try await Tool.sqlite(file, "SELECT * FROM refs ORDER BY timestamp DESC LIMIT 1") == "\(hash)|3|7\n"
            )
            #expect(try await Tool.sqlite(file, "SELECT type FROM refs ORDER BY type") == "1\n3\n")
            try log.remove(hash)
            #expect(try log.references().map(\.kind) == [.certificate])
        }
    }

    @Test func fileObjectsAreNotLogged() throws {
        let log = try Reflog(fqrn: "a")
        #expect(throws: CVMFSError.self) { try log.insert(ContentHash(.sha1, of: []), .file, timestamp: 0) }
    }

    @Test func otherBytesAreRefused() throws {
        #expect(message { try Reflog(bytes: []) }.contains("no SQLite file"))
        #expect(message { try Reflog(bytes: [UInt8](repeating: 1, count: 2048)) }.contains("the reference log"))
        #expect(message { try Reflog(bytes: History(fqrn: "a").serialize()) }.contains("no such table: refs"))
    }
}
