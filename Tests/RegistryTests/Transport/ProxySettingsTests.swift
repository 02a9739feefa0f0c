import Registry
import Testing

@Suite struct ProxySettingsTests {
    private func proxy(_ url: String, _ environment: [String: String]) throws -> String? {
        try ProxySettings(environment: environment).proxy(for: RequestURL(parsing: url))?.description
    }

    @Test(
        arguments: [
            ("https://a.org/", ["HTTPS_PROXY": "http://p:3128"], "http://p:3128"),
            ("https://a.org/", ["https_proxy": "p:3128"], "http://p:3128"),
            ("https://a.org/", ["https_proxy": "lower:1", "HTTPS_PROXY": "upper:1"], "http://upper:1"),
            ("http://a.org/", ["HTTPS_PROXY": "http://p:3128"], nil),
            ("http://a.org/", ["HTTP_PROXY": "http://p"], "http://p:80"),
            ("https://a.org/", ["HTTPS_PROXY": "socks5://p"], "socks5://p:1080"),
            ("https://a.org/", ["HTTPS_PROXY": ""], nil),
            ("https://localhost:5000/", ["HTTPS_PROXY": "p:1"], nil),
            ("https://127.0.0.1/", ["HTTPS_PROXY": "p:1"], nil), ("https://[::1]/", ["HTTPS_PROXY": "p:1"], nil),
        ] as [(String, [String: String], String?)]
    )
    func choice(url: String, environment: [String: String], expected: String?) throws {
        #expect(try proxy(url, environment) == expected)
    }

    @Test(
        arguments: [
            ("https://a.org/", "a.org", true), ("https://b.a.org/", "a.org", true), ("https://ba.org/", "a.org", false),
            ("https://a.org/", ".a.org", false), ("https://b.a.org/", ".a.org", true),
            ("https://b.a.org/", "*.a.org", true), ("https://a.org/", "*.a.org", false),
            ("https://a.org/", "*", true), ("https://a.org/", "x, A.ORG ,y", true),
            ("https://a.org/", "a.org:443", true), ("https://a.org:5000/", "a.org:443", false),
            ("https://a.org:5000/", "a.org:5000", true), ("https://10.1.2.3/", "10.0.0.0/8", true),
            ("https://11.1.2.3/", "10.0.0.0/8", false), ("https://10.1.2.3/", "10.1.2.3", true),
            ("https://10.1.2.3:81/", "10.1.2.3:80", false), ("https://10.1.2.131/", "10.1.2.128/25", true),
            ("https://10.1.2.1/", "10.1.2.128/25", false), ("https://[2001:db8::1]/", "2001:db8::/32", true),
            ("https://[2001:db9::1]/", "2001:db8::/32", false), ("https://[2001:db8::1]:81/", "[2001:db8::1]:81", true),
            ("https://a.org/", "10.0.0.0/8", false), ("https://a.org/", ",,10.0.0.0/99,", false),
            ("https://1.2.3.4/", "0.0.0.0/0", true), ("https://a.org/", "org", true),
        ]
    )
    func exceptions(url: String, exceptions: String, isDirect: Bool) throws {
        for name in ["NO_PROXY", "no_proxy"] {
            let found = try proxy(url, ["HTTPS_PROXY": "p:1", name: exceptions])
            #expect((found == nil) == isDirect)
        }
    }

    @Test(arguments: ["https://p:443", "ftp://p", "http://", "http://p:99999", "http://bad host"])
    func unusableOnesAreErrorsThatNameTheVariable(text: String) {
        let error = #expect(throws: ProxyAddress.Fault.self) { try ProxySettings(environment: ["https_proxy": text]) }
        #expect(error?.description.hasPrefix("https_proxy: ") == true)
    }

    @Test(arguments: [
        ("http://a%3Ab:hush@p:1", "have a \":\""), ("http://a%0d%0aX:hush@p:1", "control characters"),
        ("http://ann:hush%00@p:1", "control characters"), ("http://ann:hush%zz@p:1", "%25"),
        ("http://a%:hush@p:1", "%25"),
    ])
    func usersThatCannotBeSentAreRefused(text: String, words: String) {
        let error = #expect(throws: ProxyAddress.Fault.self) { try ProxySettings(environment: ["HTTP_PROXY": text]) }
        #expect(error?.description.hasPrefix("HTTP_PROXY: ") == true)
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("hush") == false)
    }

    @Test func noPasswordIsShown() throws {
        let settings = try ProxySettings(environment: ["HTTP_PROXY": "http://ann:hidden-word@p:1"])
        let proxy = try #require(settings.proxy(for: RequestURL(parsing: "http://a.org/")))
        #expect(proxy.description == "http://p:1")
        let error = #expect(throws: ProxyAddress.Fault.self) { try ProxyAddress(parsing: "http://ann:hidden-word@p:x") }
        #expect(error?.description.contains("hidden-word") == false)
    }
}
