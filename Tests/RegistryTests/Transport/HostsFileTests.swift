import Foundation
import OCI
import Registry
import Testing

@Suite struct HostsFileTests {
    private func parse(_ text: String) throws -> HostsConfiguration {
        try HostsFile.parse(text, file: "/etc/wafer/hosts.yaml")
    }

    @Test func readsAllThatThereIs() throws {
        let hosts = try parse(
            """
            ca-files: [/etc/ssl/site.pem]
            hosts:
              docker.io:
                mirrors:
                  - mirror.example.org:5000
                  - harbor.example.org/dockerhub-proxy/
                  - http://127.0.0.1:5000
                concurrent: 4
                per-second: 2.5
                pull-reserve: 10
                mirror-user: ann
              registry.example.org:5443:
                ca-file: ca.pem
                client-certificate: /keys/client.pem
                client-key: keys/client.key
              Old.Example.org:
                insecure-http: true
              plain.example.org:
            """
        )
        #expect(hosts.authorities == ["/etc/ssl/site.pem"])
        #expect(
            hosts.hosts.keys.sorted() == [
                "docker.io", "old.example.org", "plain.example.org", "registry.example.org:5443",
            ]
        )
        let hub = try #require(hosts.settings(for: ImageReference(parsing: "redis:4")))
        #expect(
            hub.mirrors.map(\.description) == [
                "mirror.example.org:5000", "harbor.example.org/dockerhub-proxy", "http://127.0.0.1:5000",
            ]
        )
        #expect(hub.concurrent == 4 && hub.perSecond == 2.5 && hub.pullReserve == 10 && hub.mirrorUser == "ann")
        let own = try #require(hosts.hosts["registry.example.org:5443"])
        #expect(own.authorities == ["/etc/wafer/ca.pem"])
        #expect(own.clientCertificate == "/keys/client.pem" && own.clientKey == "/etc/wafer/keys/client.key")
        #expect(hosts.hosts["old.example.org"]?.isInsecure == true)
        #expect(hosts.hosts["plain.example.org"] == HostSettings())
        // By whatever name of it, and by the host of its API.
        for name in ["registry.hub.docker.com/library/a:1", "index.docker.io/a:1"] {
            #expect(hosts.settings(for: try ImageReference(parsing: name)) == hub)
        }
        #expect(hosts.settings(for: try RequestURL(parsing: "https://registry-1.docker.io/v2/")) == hub)
        #expect(hosts.settings(for: try RequestURL(parsing: "https://registry.example.org/v2/")) == nil)
    }

    @Test(arguments: ["", "\n# nothing\n", "hosts:", "hosts: {}"])
    func mayBeEmpty(text: String) throws {
        #expect(try parse(text) == HostsConfiguration())
    }

    @Test(
        arguments: [
            ("hosts:\n  a.org:\n    mirror: [b.org]\n", 3, "mirror is not known here; known are mirrors,"),
            ("host: {}\n", 1, "host is not known here; known are hosts, ca-files"),
            ("\nhosts:\n  a b: {}\n", 3, "is no registry host"),
            ("hosts:\n  a.org: {}\n  A.org: {}\n", 3, "a.org is here twice"),
            ("hosts:\n  docker.io: {}\n  index.docker.io: {}\n", 3, "docker.io is here twice"),
            ("hosts:\n  a.org:\n    mirrors: b.org\n", 3, "mirrors must be a list"),
            ("hosts:\n  a.org:\n    mirrors:\n      - b.org\n      - ftp://c.org\n", 5, "is no mirror"),
            ("hosts:\n  a.org:\n    mirrors: [b.org/UPPER]\n", 3, "is no mirror"),
            ("hosts:\n  a.org:\n    insecure-http: maybe\n", 3, "must be true or false"),
            ("hosts:\n  a.org:\n    concurrent: 0\n", 3, "from 1 to 256"),
            ("hosts:\n  a.org:\n    concurrent: many\n", 3, "from 1 to 256"),
            ("hosts:\n  a.org:\n    per-second: 0\n", 3, "from 0.01"),
            ("hosts:\n  a.org:\n    per-second: .nan\n", 3, "from 0.01"),
            ("hosts:\n  a.org:\n    client-key: /a\n", 3, "client-certificate and client-key together"),
            ("hosts: [a]\n", 1, "must be a mapping"), ("- a\n", 1, "the file must be a mapping"),
            ("hosts:\n  a.org:\n    ca-file: {}\n", 3, "ca-file must be a text"),
        ]
    )
    func whatIsWrongIsSaidWithItsLine(text: String, line: Int, words: String) {
        let error = #expect(throws: HostsFileError.self) { try parse(text) }
        #expect(error?.description.hasPrefix("/etc/wafer/hosts.yaml:\(line): ") == true, "\(error as Any)")
        #expect(error?.description.contains(words) == true, "\(error as Any)")
    }

    @Test(arguments: ["hosts: {", "\t- a", "a: b: c", "hosts:\n  a.org: {}\n  a.org: {}\n", "&a [*a]"])
    func whatIsNoYAMLIsRefused(text: String) {
        #expect(throws: HostsFileError.self) { try parse(text) }
    }

    @Test func fileThatIsNotThereIsNamed() {
        let error = #expect(throws: HostsFileError.self) { try HostsFile.read("/nowhere/hosts.yaml") }
        #expect(error?.description.hasPrefix("/nowhere/hosts.yaml: cannot be read") == true)
    }

    @Test func whatIsNoFileIsNotWaitedFor() throws {
        let folder = try CredentialFolder()
        #expect(mkfifo("\(folder.path)/hosts.yaml", 0o600) == 0)
        let error = #expect(throws: HostsFileError.self) { try HostsFile.read("\(folder.path)/hosts.yaml") }
        #expect(error?.description.hasSuffix("cannot be read: it is a FIFO, not a file") == true)
        #expect(throws: Never.self) { try HostsFile.read("/dev/null") }
    }

    @Test(
        arguments: [
            ("mirror.org", "redis:4", "https://mirror.org/library/redis:4"),
            ("mirror.org:5000/", "a.org/b/c:1", "https://mirror.org:5000/b/c:1"),
            ("http://mirror.org/hub/proxy", "redis:4", "http://mirror.org/hub/proxy/library/redis:4"),
            (
                "mirror.org", "a.org/b@sha256:\(String(repeating: "a", count: 64))",
                "https://mirror.org/b@sha256:\(String(repeating: "a", count: 64))"
            ),
        ]
    )
    func mirrorsNameImages(mirror: String, image: String, name: String) throws {
        let mirror = try RegistryMirror(parsing: mirror)
        #expect(try mirror.reference(to: ImageReference(parsing: image)).description == name)
    }
}
