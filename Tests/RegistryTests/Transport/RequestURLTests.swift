import OCI
import Registry
import TestSupport
import Testing

@Suite struct RequestURLTests {
    @Test(
        arguments: [
            ("https://a.b", "https://a.b/"), ("HTTP://A.b:80/x?y#z", "http://a.b:80/x?y"),
            ("https://a.b?x", "https://a.b/?x"),
            ("https://[::1]:5/x", "https://[::1]:5/x"),
            ("https://my_bucket.s3.example.org/x", "https://my_bucket.s3.example.org/x"),
        ]
    )
    func reads(text: String, url: String) throws {
        #expect(try RequestURL(parsing: text).text == url)
    }

    @Test(
        arguments: [
            ("", "http"), ("/x", "http"), ("ftp://a/x", "http"), ("https:/a", "http"), ("https:///x", "empty"),
            ("https://user:secret@a/x", "password"), ("https://a b/x", "characters"), ("https://a/\u{1}", "characters"),
            ("https://a/é", "characters"), ("https://a:0/", "port"), ("https://127.1/", "four decimal"),
        ]
    )
    func refuses(text: String, reason: String) {
        let fault = #expect(throws: RequestURLFault.self) { try RequestURL(parsing: text) }
        #expect(fault?.reason.contains(reason) == true)
        #expect(fault?.reason.contains("secret") == false)
    }

    @Test(
        arguments: [
            ("https://other/y?z", "https://other/y?z"), ("//other/y", "https://other/y"), ("/y?z", "https://a:5/y?z"),
            ("?z=/", "https://a:5/v2/n/uploads?z=/"), ("y", "https://a:5/v2/n/y"),
            ("y?u=https://x:1/", "https://a:5/v2/n/y?u=https://x:1/"),
            ("", "https://a:5/v2/n/"),
        ]
    )
    func resolves(location: String, url: String) throws {
        #expect(try RequestURL(parsing: "https://a:5/v2/n/uploads?q=1").resolving(location).text == url)
    }

    @Test func resolvesNoOtherScheme() throws {
        let base = try RequestURL(parsing: "https://a/x")
        for location in ["ftp://a/x", "file:///etc/passwd", "javascript:alert(1)", "https:x"] {
            #expect(throws: RequestURLFault.self) { try base.resolving(location) }
        }
    }

    @Test func addsToTheQueryWithoutTouchingIt() throws {
        let url = try RequestURL(parsing: "https://a/x?_state=a%2Bb==")
        #expect(
            url.adding(query: [("digest", "sha256:0a"), ("s", "a b+ü")]).text
                == "https://a/x?_state=a%2Bb==&digest=sha256%3A0a&s=a%20b%2B%C3%BC"
        )
        #expect(
            try RequestURL(parsing: "https://a").adding(query: [("a", "b"), ("c", "d")]).text == "https://a/?a=b&c=d"
        )
    }

    @Test func showsNoQuery() throws {
        #expect(try "\(RequestURL(parsing: "https://a/x?Signature=secret"))" == "https://a/x?…")
        #expect(try "\(RequestURL(parsing: "https://a/x"))" == "https://a/x")
    }

    @Test func originIgnoresSpelling() throws {
        func origin(_ text: String) throws -> String { try RequestURL(parsing: text).origin }
        #expect(try origin("https://A.b/x") == origin("https://a.b:443/y?z"))
        #expect(try origin("http://a.b/") == origin("http://a.b:80/"))
        #expect(try origin("http://a.b/") != origin("https://a.b/"))
        #expect(try origin("https://a.b/") != origin("https://a.b:444/"))
        #expect(try origin("https://docker.io/") != origin("https://registry-1.docker.io/"))
        #expect(try origin("https://[0:0::1]/") == origin("https://[::1]:443/"))
    }

    @Test func damagedOnesNeverCrash() throws {
        var random = SeededRandom(seed: 6)
        let base = try RequestURL(parsing: "https://a:5/v2/n/uploads?q=1")
        let seed = Array("https://[::1]:5000/v2/a/b?c=d#e".utf8)
        var accepted = 0
        for _ in 0..<20_000 {
            let text = String(decoding: random.mutate(seed), as: UTF8.self)
            do {
                let url = try base.resolving(text)
                #expect(try RequestURL(parsing: url.text) == url)
                accepted += 1
            } catch {
                // Of the one type that both throw.
                continue
            }
        }
        #expect((1..<20_000).contains(accepted))
    }
}
