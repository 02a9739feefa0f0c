import Registry
import Testing

@Suite struct TargetPolicyTests {
    @Test(
        arguments: [
            ("https://a/", "https://b/", nil), ("https://a/", "https://a:5/", nil), ("http://a/", "https://b/", nil),
            ("http://a/", "http://b/", nil), ("http://127.0.0.1:1/", "http://127.0.0.1:2/", nil),
            ("http://169.254.1.1/", "http://169.254.1.1/x", nil), ("https://10.0.0.1/", "https://10.0.0.2/", nil),
            ("https://a/", "http://a/", "https to http"), ("https://a/", "http://b/", "https to http"),
            ("https://localhost/", "http://localhost/", "https to http"),
            ("https://a/", "https://169.254.169.254/", "link-local"), ("http://a/", "http://[fe80::1]/", "link-local"),
            ("http://127.0.0.1/", "http://169.254.169.254/", "link-local"),
            ("https://a/", "https://localhost/", "this machine"), ("http://a/", "http://127.9.9.9:80/", "this machine"),
            ("http://a/", "http://[::1]/", "this machine"), ("http://a/", "http://[::ffff:127.0.0.1]/", "this machine"),
            ("http://a/", "http://0.0.0.0/", "this machine"), ("https://a/", "https://10.0.0.5/", "this machine"),
            ("https://a/", "https://[fd00::5]:8443/", "this machine"),
            ("https://a/", "https://[::ffff:10.0.0.5]/", "this machine"),
            ("https://a/", "https://[2002:a00:5::1]/", "this machine"), ("https://a/", "https://10.0.0.6/", nil),
            ("http://10.0.0.5/", "http://10.0.0.5:5000/", nil), ("http://10.0.0.5/", "http://[fd00::5]/", nil),
            ("http://localhost/", "http://10.0.0.5/", nil), ("http://10.0.0.5/", "http://127.0.0.1/", "this machine"),
            ("https://a/", "https://224.0.0.1/", "multicast"), ("http://localhost/", "http://[ff02::1]/", "multicast"),
        ] as [(String, String, String?)]
    )
    func redirects(source: String, target: String, reason: String?) throws {
        let refusal = try TargetPolicy.refusal(
            of: RequestURL(parsing: target),
            namedBy: RequestURL(parsing: source),
            on: Fixture.machine
        )
        expect(refusal, reason)
    }

    @Test(
        arguments: [
            ("https://registry-1.docker.io/", "https://auth.docker.io/token", nil),
            ("https://a/", "https://a/token", nil),
            ("http://127.0.0.1:1/", "http://127.0.0.1:2/token", nil),
            ("http://localhost:1/", "http://127.0.0.1:2/", nil),
            ("http://a/", "https://b/token", nil), ("http://a:5000/", "http://a:5001/token", nil),
            ("http://a/", "http://b/token", "not https"), ("https://a/", "http://a/token", "not https"),
            ("https://a/", "http://127.0.0.1/token", "not https"),
            ("https://localhost/", "http://localhost/token", "not https"),
            ("http://a/", "http://127.0.0.1/token", "not https"), ("http://127.0.0.1/", "http://a/token", "not https"),
            ("https://a/", "https://169.254.169.254/", "link-local"),
            ("https://a/", "https://[::1]/token", "this machine"),
            ("https://a/", "https://10.0.0.5/token", "this machine"),
            ("https://10.0.0.5/", "https://10.0.0.5:8443/token", nil),
            ("http://10.0.0.5/", "http://127.0.0.1/token", "not https"),
            ("http://127.0.0.1/", "http://10.0.0.5/token", "not https"),
        ] as [(String, String, String?)]
    )
    func tokenServices(registry: String, realm: String, reason: String?) throws {
        let refusal = try TargetPolicy.refusal(
            ofRealm: RequestURL(parsing: realm),
            namedBy: RequestURL(parsing: registry),
            on: Fixture.machine
        )
        expect(refusal, reason)
    }

    private func expect(_ refusal: String?, _ reason: String?) {
        if let reason {
            #expect(refusal?.contains(reason) == true, "\(refusal ?? "allowed")")
        } else {
            #expect(refusal == nil)
        }
    }
}
