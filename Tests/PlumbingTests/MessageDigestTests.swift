import Plumbing
import Testing

@Suite("Message digests")
struct MessageDigestTests {
    /// The worked numbers of docs/cvmfs-format.md §13.2 and the published test vectors of "abc".
    @Test(arguments: [
        (DigestAlgorithm.sha1, "789c030000000001", "e8ec3d88b62ebf526e4e5a4ff6162a3aa48a6b78"),
        (.ripemd160, "789c030000000001", "fcdb20b894f31f1306d56294c049ca7293dde0fc"),
        (.shake128, "789c030000000001", "28d94b83b7229b331fc601362b8e272e02665122"),
        (.md5, "", "d41d8cd98f00b204e9800998ecf8427e"),
        (.sha256, "616263", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            .sha512, "616263",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
    ])
    func knownDigests(algorithm: DigestAlgorithm, input: String, expected: String) throws {
        let bytes = try #require(Hex.decode(input))
        #expect(Hex.encode(try MessageDigest.hash(algorithm, bytes)) == expected)
    }

    @Test("piece by piece equals at once, and a finished digest starts anew")
    func incremental() throws {
        let digest = try MessageDigest(.shake128)
        for _ in 0..<2 {
            digest.update(Array("hello ".utf8))
            digest.update(Array("world".utf8))
            #expect(digest.finish() == (try MessageDigest.hash(.shake128, Array("hello world".utf8))))
        }
    }
}
