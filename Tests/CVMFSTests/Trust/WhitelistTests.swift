import CVMFS
import Foundation
import Plumbing
import SystemPackage
import Testing

@Suite struct WhitelistTests {
    private let fingerprint = ContentHash("491d5ade849cd487580da0afaaf2b808f6458c4e")
    private let issued = Date(timeIntervalSince1970: 1_704_067_200)
    private let expires = Date(timeIntervalSince1970: 2_022_278_400)

    /// The example of docs/cvmfs-format.md §13.5.
    private func example(_ key: PrivateKey) throws -> [UInt8] {
        try Whitelist.serialize(
            fqrn: "test.example.org",
            fingerprints: [#require(fingerprint)],
            issued: issued,
            expires: expires,
            algorithm: .sha1,
            masterKey: key
        )
    }

    private func file(_ body: String) throws -> [UInt8] {
        Array("\(body)--\n\(try ContentHash(.sha1, of: Array(body.utf8)))\nsignature".utf8)
    }

    @Test func workedExample() throws {
        let bytes = try example(.generate())
        let expected = """
            20240101000000
            E20340131000000
            Ntest.example.org
            49:1D:5A:DE:84:9C:D4:87:58:0D:A0:AF:AA:F2:B8:08:F6:45:8C:4E
            --

            """
        #expect(bytes.starts(with: Array(expected.utf8)))
        #expect(bytes.count == 109 + 3 + 41 + 256)
        let text = try Whitelist(bytes).text
        #expect(text.hashText == "c5a4b859cdf2a91ecf79d1bd09ff61acc68ecf21")
        #expect(text.body.count == 109)
    }

    @Test func readsBackEqual() throws {
        let whitelist = try Whitelist(example(.generate()))
        #expect(whitelist.issued == issued)
        #expect(whitelist.expires == expires)
        #expect(whitelist.fqrn == "test.example.org")
        #expect(whitelist.fingerprints == [fingerprint])
    }

    @Test func masterKeysAreTried() throws {
        let key = try PrivateKey.generate()
        let whitelist = try Whitelist(example(key))
        let other = try PrivateKey.generate().publicKey
        try whitelist.verify(masterKeys: [other, key.publicKey])
        #expect(message { try whitelist.verify(masterKeys: [other]) }.contains("not signed by the master key"))
        #expect(message { try whitelist.verify(masterKeys: []) }.contains("not signed by the master key"))
    }

    @Test func stockWhitelistIsReadAndVerified() async throws {
        try await withStockRepository { stock in
            let bytes = try stock.storage.appending(".cvmfswhitelist").contents()
            let whitelist = try Whitelist(bytes)
            try whitelist.verify(masterKeys: [PublicKey(file: stock.key("pub"))])
            #expect(try whitelist.allows(Certificate(file: stock.key("crt"))))
            let now = StockRepository.now
            #expect(try !whitelist.allows(.selfSigned(commonName: "a", key: .generate(), now: now)))
            #expect(!whitelist.isExpired(at: now))
            // Stock signed it with the master key that lies beside it; the same bytes must come out here.
            let own = try Whitelist.serialize(
                fqrn: whitelist.fqrn,
                fingerprints: whitelist.fingerprints,
                issued: whitelist.issued,
                expires: whitelist.expires,
                algorithm: .sha1,
                masterKey: PrivateKey(file: stock.key("masterkey"))
            )
            #expect(own == bytes)
        }
    }

    @Test func expiryIsComparedByTheHour() throws {
        let body = "20240101000000\nE20240131175959\nNa\n"
        let whitelist = try Whitelist(file(body))
        let hour = try #require(ISO8601DateFormatter().date(from: "2024-01-31T17:00:00Z"))
        #expect(!whitelist.isExpired(at: hour.addingTimeInterval(-1)))
        #expect(whitelist.isExpired(at: hour))
        #expect(whitelist.isExpired(at: hour.addingTimeInterval(3600)))
        #expect(whitelist.end == hour)
    }

    @Test func fingerprintLinesAreNormalised() throws {
        let hex = "491d5ade849cd487580da0afaaf2b808f6458c4e"
        let body = """
            20240101000000
            E20340131000000
            Ntest.example.org
            # a comment
            49:1d:5A:DE:84:9C:D4:87:58:0D:A0:AF:AA:F2:B8:08:F6:45:8C:4E # somebody
            \(hex)\twith a tab
            \(hex)#
            \(hex)-SHAKE128
            \(hex)-rmd160 x
            not a hash

            """
        let whitelist = try Whitelist(file(body))
        #expect(
            whitelist.fingerprints.map(\.description) == [hex, hex, hex, hex + "-shake128", hex + "-rmd160"]
        )
    }

    @Test func everyAlgorithmOfFingerprintAllows() throws {
        let key = try PrivateKey.generate()
        let certificate = try Certificate.selfSigned(commonName: "a", key: key, now: issued)
        for algorithm in HashAlgorithm.allCases {
            let bytes = try Whitelist.serialize(
                fqrn: "a",
                fingerprints: [certificate.fingerprint(algorithm)],
                issued: issued,
                expires: expires,
                algorithm: algorithm,
                masterKey: key
            )
            let whitelist = try Whitelist(bytes)
            try whitelist.verify(masterKeys: [key.publicKey])
            #expect(try whitelist.allows(certificate))
            #expect(whitelist.text.hashText.hasSuffix(algorithm.suffix))
        }
    }

    @Test(
        arguments: [
            ("2024010100000\nE20340131000000\nNa\n", "its issue time"),
            ("E20340131000000\n20240101000000\nNa\n", "its issue time"),
            ("20240101000000\n20340131000000\nNa\n", "its expiry"),
            ("20240101000000\nE20340231000000\nNa\n", "its expiry"),
            ("20240101000000\nE2034013100000\nNa\n", "its expiry"),
            (
                "20240101000000\nE20340131000000\n491d5ade849cd487580da0afaaf2b808f6458c4e\nNa\n",
                "the repository's name"
            ),
            ("20240101000000\n", "its end where"),
        ]
    )
    func linesMustStandInTheirOrder(body: String, text: String) throws {
        let bytes = try file(body)
        #expect(message { try Whitelist(bytes) }.contains(text))
    }

    @Test(arguments: ["Vpkcs7", "Wcachain"])
    func demandsThatAreNotSupportedAreNotTrusted(line: String) throws {
        let whitelist = try Whitelist(file("20240101000000\nE20340131000000\nNa\n\(line)\n"))
        #expect(message { try whitelist.verify(masterKeys: []) }.contains(line))
    }
}
