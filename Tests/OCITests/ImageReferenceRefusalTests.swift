import OCI
import Testing

@Suite struct ImageReferenceRefusalTests {
    static let hex = ImageReferenceTests.hex
    static let longName = String(repeating: "a", count: 252)

    /// Text, the part that the error names, a piece of the rule that it names.
    static let refused: [(String, ReferencePart, String)] = [
        ("", .reference, "empty"),
        ("a b", .reference, "blanks"),
        ("redis\u{0}", .reference, "control characters (byte 0x00)"),
        ("redis\n:4", .reference, "control characters (byte 0x0a)"),
        ("redis\u{7F}", .reference, "control characters (byte 0x7f)"),
        ("rédis", .reference, "ASCII"),
        ("quay.io/a?x=1", .reference, "query"),
        ("quay.io/a#x", .reference, "fragment"),
        ("https://user:secret@quay.io/a", .reference, "user name or password"),
        ("user:secret@quay.io/a", .reference, "user name or password"),
        ("https://us:se@cret@quay.io/a", .reference, "user name or password"),
        ("https://user:sec/ret@quay.io/a", .reference, "user name or password"),
        ("quay.io/a@sha256:\(hex)@sha256:\(hex)", .reference, "two \"@\""),
        ("ftp://quay.io/a", .scheme, "https or http"),
        ("docker://quay.io/a", .scheme, "https or http"),
        ("://quay.io/a", .scheme, "https or http"),
        ("https://", .repository, "empty"),
        ("https://quay.io", .repository, "empty"),
        ("https://quay.io/", .repository, "empty"),
        ("quay.io/", .repository, "empty"),
        ("quay.io/:1", .repository, "empty"),
        ("/a", .registry, "empty"),
        ("//quay.io/a", .registry, "empty"),
        ("https:///a", .registry, "empty"),
        (":5000/a", .registry, "host name"),
        ("quay.io:/a", .registry, "port"),
        ("quay.io:0/a", .registry, "port"),
        ("quay.io:65536/a", .registry, "port"),
        ("quay.io:+80/a", .registry, "port"),
        ("quay.io:80:80/a", .registry, "two \":\""),
        ("::1/a", .registry, "brackets"),
        ("[::1/a", .registry, "\"]\""),
        ("[::g]/a", .registry, "IPv6"),
        ("[fe80::1%eth0]/a", .registry, "IPv6"),
        ("[127.0.0.1]/a", .registry, "IPv6"),
        ("[::1]x/a", .registry, "port"),
        ("a..b/x", .registry, "empty part"),
        ("a.b./x", .registry, "empty part"),
        ("-a.b/x", .registry, "begins or ends with"),
        ("a-.b/x", .registry, "begins or ends with"),
        ("a_b.c/x", .registry, "letters, digits"),
        ("127.1/x", .registry, "four decimal parts"),
        ("256.1.1.1/x", .registry, "four decimal parts"),
        ("0x7f.0x1/x", .registry, "four decimal parts"),
        ("\(String(repeating: "a", count: 64)).b/x", .registry, "63"),
        ("\(longName).b/x", .registry, "253"),
        ("quay.io/A", .repository, "upper-case"),
        ("Redis", .repository, "upper-case"),
        ("Host/redis", .repository, "upper-case"),
        ("quay.io/a//b", .repository, "empty part"),
        ("quay.io/a/", .repository, "empty part"),
        ("quay.io/a/:1", .repository, "empty part"),
        ("quay.io/a:1/b", .repository, "consist of"),
        ("quay.io/../b", .repository, "begin and end"),
        ("quay.io/-a", .repository, "begin and end"),
        ("quay.io/a.", .repository, "begin and end"),
        ("quay.io/a..b", .repository, "separate"),
        ("quay.io/a___b", .repository, "separate"),
        ("quay.io/a._b", .repository, "separate"),
        ("quay.io/a+b", .repository, "consist of"),
        ("quay.io/\(longName)", .repository, "255"),
        ("redis:", .tag, "empty"),
        ("redis:-a", .tag, "begin with"),
        ("redis:.a", .tag, "begin with"),
        ("redis:a:b", .tag, "consist of"),
        ("redis:a+b", .tag, "consist of"),
        ("redis:\(String(repeating: "t", count: 129))", .tag, "128"),
        ("redis@", .digest, "ALGORITHM:HEX"),
        ("redis@foo", .digest, "ALGORITHM:HEX"),
        ("redis:4@4", .digest, "ALGORITHM:HEX"),
        ("redis@sha256:abc", .digest, "64 lower-case"),
        ("redis@sha256:\(hex.uppercased())", .digest, "64 lower-case"),
        ("redis@sha512:\(hex)", .digest, "128 lower-case"),
        ("redis@md5:\(hex)", .digest, "sha256: or sha512:"),
    ]

    @Test(arguments: refused)
    func names(_ text: String, _ part: ReferencePart, _ rule: String) {
        let error = #expect(throws: OCIError.self) { try ImageReference(parsing: text) }
        guard case .invalidReference(let namedPart, _, let namedRule) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(namedPart == part)
        #expect(namedRule.contains(rule), "\(namedRule)")
        #expect(error?.description.hasPrefix(part.rawValue) == true)
    }

    @Test(
        arguments: [
            "https://user:secret@quay.io/a", "user:secret@quay.io/a", "user:secret@quay.io", "user:secret@x@quay.io/a",
            "user:x@secret@quay.io", "https://user:secret@", "https://user:secret@quay.io:bad/a", "u:secret@q.io/a?b#c",
            "https://user:secret@\u{301}quay.io/a", "ftp://user:secret@quay.io/a", "user:secret/x@quay.io/a",
        ]
    )
    func neverShowsAPassword(_ text: String) {
        let error = #expect(throws: OCIError.self) { try ImageReference(parsing: text) }
        #expect(error?.description.contains("secret") == false, "\(error?.description ?? "")")
    }

    @Test(arguments: ["user:secret@quay.io", "", "quay.io/a", "qu\u{E4}y.io", "quay.io\n", "https://quay.io"])
    func hostAloneIsCheckedToo(_ text: String) {
        let error = #expect(throws: OCIError.self) { try RegistryHost(parsing: text) }
        #expect(error?.description.contains("secret") == false)
    }
}
