import OCI
import Testing

@Suite struct DigestTests {
    static let sha256 = String(repeating: "0a", count: 32)
    static let sha512 = String(repeating: "f9", count: 64)

    @Test func readsBothAlgorithms() throws {
        let short = try Digest(parsing: "sha256:\(Self.sha256)")
        #expect(short.algorithm == .sha256)
        #expect(short.hex == Self.sha256)
        #expect(short.description == "sha256:\(Self.sha256)")
        #expect(try Digest(parsing: "sha512:\(Self.sha512)").algorithm == .sha512)
    }

    @Test(
        arguments: [
            ("", "form ALGORITHM:HEX"),
            ("sha256", "form ALGORITHM:HEX"),
            ("sha256:", "64 lower-case"),
            ("sha256:\(sha256)0", "64 lower-case"),
            ("sha256:\(sha256.dropLast())", "64 lower-case"),
            ("sha256:\(sha256.uppercased())", "64 lower-case"),
            ("sha256:\(sha256.dropLast())g", "64 lower-case"),
            ("sha512:\(sha256)", "128 lower-case"),
            ("SHA256:\(sha256)", "begin with sha256: or sha512:"),
            ("sha384:\(sha256)", "begin with sha256: or sha512:"),
            ("md5:d41d8cd98f00b204e9800998ecf8427e", "begin with sha256: or sha512:"),
            ("sha256:\(sha256):", "64 lower-case"),
        ]
    )
    func refuses(text: String, rule: String) {
        let error = #expect(throws: OCIError.self) { try Digest(parsing: text) }
        #expect(error?.description.contains(rule) == true, "\(error?.description ?? "")")
    }

    @Test func controlCharactersDoNotReachTheMessage() {
        let error = #expect(throws: OCIError.self) { try Digest(parsing: "sha256:\u{1B}[31m") }
        #expect(error?.description.contains("\\x1b") == true)
        #expect(error?.description.contains("\u{1B}") == false)
    }

    @Test func hashesBytes() throws {
        #expect(
            try Digest.sha256(of: Array("abc".utf8)).description
                == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(try Digest.of([], .sha512).hex.hasPrefix("cf83e1357eefb8bd"))
        #expect(throws: OCIError.self) { try Digest(.sha256, hash: [1, 2, 3]) }
    }
}
