import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

@Suite struct RepositoryManifestTests {
    private let certificateHash = "fc93949f05a9629eed2544f0d538637616e0a9fe"

    /// The example of docs/cvmfs-format.md §13.6.
    private func example() throws -> RepositoryManifest {
        let root = try #require(ContentHash("e8ec3d88b62ebf526e4e5a4ff6162a3aa48a6b78"))
        var manifest = RepositoryManifest(
            fqrn: "test.example.org",
            root: CatalogReference(hash: root, size: 16384),
            revision: 1,
            published: 1_700_000_000,
            isGarbageCollectable: true
        )
        manifest.certificate = ContentHash(certificateHash)
        return manifest
    }

    /// A file with the same signature block form and no valid signature: parsing does not ask for one.
    private func file(_ body: String, hash: String? = nil) throws -> [UInt8] {
        let hash = try hash ?? ContentHash(.sha1, of: Array(body.utf8)).description
        return Array("\(body)--\n\(hash)\nsignature".utf8)
    }

    private let rest = "Rd41d8cd98f00b204e9800998ecf8427e\nD240\nS1\n"
    private let catalog = "Ce8ec3d88b62ebf526e4e5a4ff6162a3aa48a6b78\n"

    @Test func workedExample() throws {
        let bytes = try example().serialize(signedBy: .generate())
        let lines = [
            "Ce8ec3d88b62ebf526e4e5a4ff6162a3aa48a6b78", "B16384", "Rd41d8cd98f00b204e9800998ecf8427e", "D240", "S1",
            "Gyes", "Ano", "Ntest.example.org", "X" + certificateHash, "T1700000000",
        ]
        let body = Array(lines.map { $0 + "\n" }.joined().utf8)
        #expect(body.count == 172)
        let block = Array("--\neb6458216f90042a1083096198a57399d499c7dd\n".utf8)
        #expect(bytes.starts(with: body + block))
        #expect(bytes.count == body.count + block.count + 256)
    }

    @Test func readsBackEqual() throws {
        var manifest = try example()
        manifest.root = CatalogReference(hash: try ContentHash(.shake128, of: [1]), size: 17408)
        manifest.history = try ContentHash(.shake128, of: [2])
        manifest.metainfo = try ContentHash(.ripemd160, of: [3])
        manifest.reflog = try ContentHash(.sha1, of: [4])
        manifest.microCatalog = try ContentHash(.sha1, of: [5])
        manifest.hasAlternativePaths = true
        manifest.isGarbageCollectable = false
        manifest.timeToLive = 61
        manifest.revision = 1 << 40
        manifest.others = ["Zone", "Ztwo", "qsomething é"]
        let signed = try RepositoryManifest.parse(manifest.serialize(signedBy: .generate()))
        #expect(signed.manifest == manifest)
        #expect(signed.text.hashText.hasSuffix("-shake128"))
    }

    @Test func signatureIsVerified() throws {
        let key = try PrivateKey.generate()
        let now = Date(timeIntervalSince1970: 0)
        let bytes = try example().serialize(signedBy: key)
        let certificate = try Certificate.selfSigned(commonName: "test.example.org", key: key, now: now)
        try RepositoryManifest.parse(bytes).verify(certificate: certificate)
        let other = try Certificate.selfSigned(commonName: "test.example.org", key: .generate(), now: now)
        #expect(message { try RepositoryManifest.parse(bytes).verify(certificate: other) }.contains("is not signed"))
        var damaged = bytes
        damaged[bytes.count - 1] ^= 1
        #expect(
            message { try RepositoryManifest.parse(damaged).verify(certificate: certificate) }.contains("not signed")
        )
    }

    @Test func stockManifestIsReadAndVerified() async throws {
        try await withStockRepository { stock in
            let signed = try stock.manifest()
            let manifest = signed.manifest
            #expect(manifest.fqrn == StockRepository.fqrn)
            #expect(manifest.revision == 3)
            #expect(manifest.root.size == 18432)
            #expect(manifest.isGarbageCollectable)
            #expect(manifest.published == 1_795_464_238)
            try signed.verify(certificate: Certificate(file: stock.key("crt")))
            // The same key writes the same bytes again: RSA with this padding has no randomness.
            let key = try PrivateKey(file: stock.key("key"))
            #expect(try manifest.serialize(signedBy: key) == stock.storage.appending(".cvmfspublished").contents())
        }
    }

    @Test func signatureIsAcceptedByOpenSSL() async throws {
        try await withTemporaryFolder { folder in
            let key = try PrivateKey.generate()
            let signed = try RepositoryManifest.parse(example().serialize(signedBy: key))
            let (text, signature, pub) = (folder.appending("text"), folder.appending("sig"), folder.appending("pub"))
            try text.write(Array(signed.text.hashText.utf8))
            try signature.write(signed.text.signature)
            try pub.write(key.publicKey.pem)
            try await Tool.run(
                "openssl",
                "dgst",
                "-sha1",
                "-verify",
                pub.string,
                "-signature",
                signature.string,
                text.string
            )
        }
    }

    @Test func lastOfTwoEqualLettersCounts() throws {
        let manifest = try RepositoryManifest.parse(file(catalog + rest + "S7\nGyes\n\nGno\n")).manifest
        #expect(manifest.revision == 7)
        #expect(!manifest.isGarbageCollectable)
        #expect(manifest.root.size == 0)
        #expect(manifest.published == 0)
        #expect(manifest.fqrn.isEmpty)
    }

    @Test(
        arguments: [
            ("Rd41d8cd98f00b204e9800998ecf8427e\nD240\nS1\n", "incomplete"),
            ("Ce8ec3d88b62ebf526e4e5a4ff6162a3aa48a6b78\nD240\nS1\n", "lacks its line R"),
            ("Ce8ec3d88b62ebf526e4e5a4ff6162a3aa48a6b78\nR0\nD240\nS1\n", "\"0\" in its line R"),
            ("CE8EC3D88B62EBF526E4E5A4FF6162A3AA48A6B78\nRd41d8cd98f00b204e9800998ecf8427e\nD2\nS1\n", "line C"),
            ("Ce8ec3d88b62ebf526e4e5a4ff6162a3aa48a6b78C\nRd41d8cd98f00b204e9800998ecf8427e\nD2\nS1\n", "line C"),
        ]
    )
    func incompleteFilesAreRefused(body: String, text: String) throws {
        let bytes = try file(body)
        #expect(message { try RepositoryManifest.parse(bytes) }.contains(text))
    }

    @Test(arguments: ["S-1", "S+1", "S1x", "Gmaybe", "AYES", "B-1", "Xabc", "H", "T1.5", "Dten"])
    func linesOfWrongFormAreRefused(line: String) throws {
        let bytes = try file(catalog + rest + line + "\n")
        #expect(message { try RepositoryManifest.parse(bytes) }.contains("its line \(line.prefix(1))"))
    }

    @Test func damagedFilesAreRefused() throws {
        let body = catalog + rest
        let other = String(repeating: "0", count: 40)
        #expect(message { try RepositoryManifest.parse(file(body, hash: other)) }.contains("is damaged"))
        #expect(message { try RepositoryManifest.parse(file(body, hash: "abc")) }.contains("\"abc\""))
        #expect(message { try RepositoryManifest.parse(Array(body.utf8)) }.contains("is not signed"))
        #expect(message { try RepositoryManifest.parse([]) }.contains("is not signed"))
        #expect(message { try RepositoryManifest.parse(Array((body + "--\n" + other).utf8)) }.contains("is cut"))
        #expect(message { try RepositoryManifest.parse(Array((body + "--\n" + other + "\n").utf8)) }.contains("is cut"))
    }

    @Test func fileTooLongForStockIsNeitherWrittenNorRead() throws {
        var manifest = try example()
        manifest.others = ["z" + String(repeating: "x", count: 3600)]
        let key = try PrivateKey.generate()
        #expect(try manifest.serialize(signedBy: key).count < 4096)
        manifest.others = ["z" + String(repeating: "x", count: 3700)]
        #expect(message { try manifest.serialize(signedBy: key) }.contains("less than 4096"))
        #expect(
            message { try RepositoryManifest.parse([UInt8](repeating: 10, count: 4096)) }.contains("less than 4096")
        )
    }
}
