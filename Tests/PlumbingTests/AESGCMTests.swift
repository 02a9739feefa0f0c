import Plumbing
import Testing

@Suite struct AESGCMTests {
    /// Of "The Galois/Counter Mode of Operation", appendix B, cases 13, 14 and 16: key, nonce, ciphertext and tag, context, clear text.
    static let vectors = [
        [
            String(repeating: "0", count: 64), "000000000000000000000000", "530f8afbc74536b9a963b4f1c4cb738b", "", "",
        ],
        [
            String(repeating: "0", count: 64), "000000000000000000000000",
            "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919", "", String(repeating: "0", count: 32),
        ],
        [
            "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838"
                + "c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b",
            "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
                + "b16aedf5aa0de657ba637b39",
        ],
    ]

    @Test(arguments: vectors) func publishedVectors(vector: [String]) throws {
        let parts = try vector.map { try #require(Hex.decode($0)) }
        let (key, sealed, context, clear) = (SecretKey(parts[0]), parts[1] + parts[2], parts[3], parts[4])
        #expect(try AESGCM.open(sealed, with: key, authenticating: context) == clear)
        for position in sealed.indices {
            var changed = sealed
            changed[position] ^= 1
            #expect(try AESGCM.open(changed, with: key, authenticating: context) == nil)
        }
        #expect(try AESGCM.open(sealed, with: key, authenticating: context + [0]) == nil)
        #expect(try AESGCM.open(sealed.dropLast(), with: key, authenticating: context) == nil)
        #expect(try AESGCM.open(Array(sealed.prefix(27)), with: key, authenticating: context) == nil)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 100_000]) func thereAndBack(count: Int) throws {
        let key = try SecretKey(randomBytes: AESGCM.keyByteCount)
        let (clear, context) = ([UInt8](repeating: 7, count: count), Array("who".utf8))
        let sealed = try AESGCM.seal(clear, with: key, authenticating: context)
        #expect(sealed.count == count + 28)
        #expect(try AESGCM.open(sealed, with: key, authenticating: context) == clear)
        // Each has a nonce of its own.
        #expect(try AESGCM.seal(clear, with: key, authenticating: context).prefix(12) != sealed.prefix(12))
        let other = try SecretKey(randomBytes: AESGCM.keyByteCount)
        #expect(try AESGCM.open(sealed, with: other, authenticating: context) == nil)
    }

    @Test func aKeyOfAnotherLengthIsAnError() {
        #expect(throws: CodecError("a key of AES-256 has 32 bytes, this one has 16")) {
            try AESGCM.seal([], with: SecretKey([UInt8](repeating: 0, count: 16)), authenticating: [])
        }
    }

    /// RFC 4231, test case 2.
    @Test func authenticationCode() throws {
        let code = try SecretKey("Jefe".utf8).authenticationCode(of: Array("what do ya want for nothing?".utf8))
        #expect(Hex.encode(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }

    @Test func aKeyIsNotShown() {
        let key = SecretKey([0x41, 0x42])
        #expect("\(key)" == "<key>")
        #expect(String(reflecting: key) == "<key>")
        #expect(Mirror(reflecting: key).children.isEmpty)
    }
}
