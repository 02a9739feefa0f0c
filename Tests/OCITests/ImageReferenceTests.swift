import OCI
import Testing

@Suite struct ImageReferenceTests {
    static let hex = String(repeating: "0123456789abcdef", count: 4)
    static let hex512 = hex + hex
    static let longTag = String(repeating: "t", count: 128)

    struct Good: Sendable, CustomTestStringConvertible {
        let typed: String
        let host: String
        let repository: String
        var tag: String?
        var digest: String?
        var name: String
        var scheme = ImageReference.Scheme.https
        var testDescription: String { typed }
    }

    static let hub = "registry.hub.docker.com"

    static let good: [Good] = [
        Good(
            typed: "redis",
            host: "docker.io",
            repository: "library/redis",
            tag: "latest",
            name: "https://\(hub)/library/redis:latest"
        ),
        Good(
            typed: "redis:4",
            host: "docker.io",
            repository: "library/redis",
            tag: "4",
            name: "https://\(hub)/library/redis:4"
        ),
        Good(
            typed: "library/redis",
            host: "docker.io",
            repository: "library/redis",
            tag: "latest",
            name: "https://\(hub)/library/redis:latest"
        ),
        Good(
            typed: "minio/minio",
            host: "docker.io",
            repository: "minio/minio",
            tag: "latest",
            name: "https://\(hub)/minio/minio:latest"
        ),
        Good(
            typed: "docker.io/redis:4",
            host: "docker.io",
            repository: "library/redis",
            tag: "4",
            name: "https://docker.io/library/redis:4"
        ),
        Good(
            typed: "index.docker.io/library/redis:4",
            host: "docker.io",
            repository: "library/redis",
            tag: "4",
            name: "https://index.docker.io/library/redis:4"
        ),
        Good(
            typed: "https://\(hub)/library/redis:4",
            host: "docker.io",
            repository: "library/redis",
            tag: "4",
            name: "https://\(hub)/library/redis:4"
        ),
        Good(
            typed: "registry-1.docker.io/redis",
            host: "docker.io",
            repository: "library/redis",
            tag: "latest",
            name: "https://registry-1.docker.io/library/redis:latest"
        ),
        Good(
            typed: "Docker.IO:443/redis",
            host: "docker.io",
            repository: "library/redis",
            tag: "latest",
            name: "https://Docker.IO:443/library/redis:latest"
        ),
        Good(
            typed: "docker.io:5000/redis",
            host: "docker.io:5000",
            repository: "redis",
            tag: "latest",
            name: "https://docker.io:5000/redis:latest"
        ),
        Good(
            typed: "redis@sha256:\(hex)",
            host: "docker.io",
            repository: "library/redis",
            digest: "sha256:\(hex)",
            name: "https://\(hub)/library/redis@sha256:\(hex)"
        ),
        Good(
            typed: "https://\(hub)/wurstmeister/kafka:1.1.0@sha256:\(hex)",
            host: "docker.io",
            repository: "wurstmeister/kafka",
            tag: "1.1.0",
            digest: "sha256:\(hex)",
            name: "https://\(hub)/wurstmeister/kafka:1.1.0@sha256:\(hex)"
        ),
        Good(
            typed: "quay.io/a/b@sha512:\(hex512)",
            host: "quay.io",
            repository: "a/b",
            digest: "sha512:\(hex512)",
            name: "https://quay.io/a/b@sha512:\(hex512)"
        ),
        Good(
            typed: "https://gitlab-registry.cern.ch/smosciat/containerd/thin/redis:4",
            host: "gitlab-registry.cern.ch",
            repository: "smosciat/containerd/thin/redis",
            tag: "4",
            name: "https://gitlab-registry.cern.ch/smosciat/containerd/thin/redis:4"
        ),
        Good(
            typed: "localhost/x",
            host: "localhost",
            repository: "x",
            tag: "latest",
            name: "https://localhost/x:latest"
        ),
        Good(
            typed: "localhost:5000/x:1",
            host: "localhost:5000",
            repository: "x",
            tag: "1",
            name: "https://localhost:5000/x:1"
        ),
        Good(
            typed: "http://127.0.0.1:5000/a/b:1",
            host: "127.0.0.1:5000",
            repository: "a/b",
            tag: "1",
            name: "http://127.0.0.1:5000/a/b:1",
            scheme: .http
        ),
        Good(
            typed: "HTTPS://Quay.IO/a/b:V1",
            host: "quay.io",
            repository: "a/b",
            tag: "V1",
            name: "https://Quay.IO/a/b:V1"
        ),
        Good(
            typed: "http://registry:80/x",
            host: "registry",
            repository: "x",
            tag: "latest",
            name: "http://registry:80/x:latest",
            scheme: .http
        ),
        Good(
            typed: "http://registry:443/x",
            host: "registry:443",
            repository: "x",
            tag: "latest",
            name: "http://registry:443/x:latest",
            scheme: .http
        ),
        Good(
            typed: "https://registry:80/x",
            host: "registry:80",
            repository: "x",
            tag: "latest",
            name: "https://registry:80/x:latest"
        ),
        Good(typed: "https://redis/x", host: "redis", repository: "x", tag: "latest", name: "https://redis/x:latest"),
        Good(typed: "[::1]:5000/x:1", host: "[::1]:5000", repository: "x", tag: "1", name: "https://[::1]:5000/x:1"),
        Good(
            typed: "[2001:DB8:0:0::1]/x",
            host: "[2001:db8::1]",
            repository: "x",
            tag: "latest",
            name: "https://[2001:DB8:0:0::1]/x:latest"
        ),
        Good(typed: "a.b/x:\(longTag)", host: "a.b", repository: "x", tag: longTag, name: "https://a.b/x:\(longTag)"),
        Good(typed: "a.b/x:_.-", host: "a.b", repository: "x", tag: "_.-", name: "https://a.b/x:_.-"),
        Good(
            typed: "a.b/a__b/c---d/e.f_g",
            host: "a.b",
            repository: "a__b/c---d/e.f_g",
            tag: "latest",
            name: "https://a.b/a__b/c---d/e.f_g:latest"
        ),
    ]

    @Test(arguments: good)
    func reads(_ good: Good) throws {
        let reference = try ImageReference(parsing: good.typed)
        #expect(reference.typed == good.typed)
        #expect(reference.scheme == good.scheme)
        #expect(reference.canonicalHost == good.host)
        #expect(reference.repository == good.repository)
        #expect(reference.tag == good.tag)
        #expect(reference.digest?.description == good.digest)
        #expect(reference.description == good.name)
        #expect(reference.reference == good.digest ?? good.tag)
        // What is printed can be read again and means the same.
        let again = try ImageReference(parsing: reference.description)
        #expect(again.identity == reference.identity)
        #expect(again.description == reference.description)
    }

    @Test func dockerHubHasThreeNames() throws {
        let reference = try ImageReference(parsing: "index.docker.io/redis:4")
        #expect(reference.isDockerHub)
        #expect(reference.registry == "index.docker.io")
        #expect(reference.canonicalHost == "docker.io")
        #expect(reference.layoutHost == "registry.hub.docker.com")
        #expect(reference.apiHost == "registry-1.docker.io")
        #expect(reference.identity == "docker.io/library/redis:4")

        let other = try ImageReference(parsing: "Quay.io:443/redis:4")
        #expect(!other.isDockerHub)
        #expect(other.layoutHost == "quay.io")
        #expect(other.apiHost == "quay.io")
    }

    @Test func pinningKeepsTheRepository() throws {
        let reference = try ImageReference(parsing: "quay.io/a/b:1")
        let digest = try Digest(parsing: "sha256:\(Self.hex)")
        let pinned = reference.pinned(to: digest)
        #expect(pinned.reference == digest.description)
        #expect(pinned.description == "https://quay.io/a/b:1@sha256:\(Self.hex)")
    }
}
