import Plumbing
import Testing

/// Addresses and names of hosts as text.
@Suite struct IPAddressTests {
    @Test(
        arguments: [
            ("127.0.0.1", IPAddress.v4([127, 0, 0, 1])), ("127.1", nil), ("0x7f.0.0.1", nil), ("127.0.0.1\0", nil),
            ("1.2.3.256", nil), ("", nil),
        ]
    )
    func readsVersionFour(text: String, address: IPAddress?) {
        #expect(IPAddress.v4(text) == address)
    }

    @Test(
        arguments: [
            ("0:0:0:0:0:0:0:1", "::1"), ("FD00:EC2::254", "fd00:ec2::254"), ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
            ("[::1]", nil), ("fe80::1%eth0", nil), ("1.2.3.4", nil),
        ]
    )
    func readsVersionSix(text: String, shortest: String?) {
        #expect(IPAddress.v6(text)?.description == shortest)
    }

    @Test(arguments: ["quay.io", "10.0.0.1", "Host-1.example"])
    func takesNames(name: String) {
        #expect(HostName.brokenRule(Substring(name), allowsUnderscores: false) == nil)
    }

    @Test(
        arguments: [
            ("a_b", "must consist of"), ("-a.b", "begins or ends with"), ("a..b", "an empty part"),
            ("127.1", "ends in a number"), ("host.0x7f", "ends in a number"), ("", "must have a host name"),
        ]
    )
    func saysTheRuleThatANameBreaks(name: String, rule: String) throws {
        #expect(try #require(HostName.brokenRule(Substring(name), allowsUnderscores: false)).contains(rule))
    }

    @Test func underscoresMayBeAllowed() {
        #expect(HostName.brokenRule("a_b", allowsUnderscores: true) == nil)
    }
}
