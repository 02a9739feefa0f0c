import CVMFS
import Conversion
import OCI
import Plumbing
import Testing

@Suite("Images that podman reads")
struct PodmanImageTests {
    @Test(
        "names as podman asks for them",
        arguments: [
            ("redis:7", ["docker.io/library/redis:7"]),
            ("redis", ["docker.io/library/redis:latest"]),
            ("https://registry.hub.docker.com/library/redis:7", ["docker.io/library/redis:7"]),
            ("index.docker.io/grafana/grafana", ["docker.io/grafana/grafana:latest"]),
            ("http://localhost:5000/x:1", ["localhost:5000/x:1"]),
            ("localhost/x:1", ["localhost/x:1"]),
            ("http://registry/x:1", ["registry:80/x:1"]),
            ("GHCR.io:443/a/b/c:1", ["ghcr.io/a/b/c:1"]),
            ("[::1]:5000/x:1", []),
            ("oci:/srv/app:x:1", ["localhost/x:1"]),
            ("oci:/srv/app:ghcr.io/x:1", ["ghcr.io/x:1"]),
            ("oci:/srv/app", []),
            ("docker-archive:/srv/app.tar:redis:7", ["docker.io/library/redis:7"]),
            ("dir:/srv/app", []),
        ]
    )
    func names(_ source: String, _ expected: [String]) throws {
        #expect(PodmanName.names(of: try ImageSource(parsing: source, folder: "/")) == expected)
    }

    @Test("a digest counts, and a tag beside it does not")
    func digestNames() throws {
        let digest = "sha256:" + PodmanSamples.hex("e")
        for text in ["redis@\(digest)", "redis:7@\(digest)"] {
            let source = try ImageSource(parsing: text, folder: "/")
            #expect(PodmanName.names(of: source) == ["docker.io/library/redis@\(digest)"])
        }
    }

    @Test("what podman takes in a configuration", arguments: Fits.allCases)
    func fits(_ configuration: Fits) throws {
        let image = try PodmanSamples.image("a", configuration: configuration.members)
        #expect(configuration != .noTime || image.created == nil)
    }

    enum Fits: CaseIterable {
        case fraction, zone, noTime, nothing, health, unknown
        var members: [String: JSONValue] {
            switch self {
            case .fraction: ["created": .string("2024-02-29T23:59:59.123456789Z")]
            case .zone: ["created": .string("2026-11-23T19:31:02+01:00")]
            case .noTime: ["created": .null]
            case .nothing: ["config": .null, "history": .null]
            case .health:
                ["config": .object(["Healthcheck": .object(["Interval": .integer(3)]), "Shell": .string("x")])]
            case .unknown: ["x": .integer(3), "config": .object(["Memory": .string("x")])]
            }
        }
    }

    /// Each was seen to end `podman images`.
    @Test("what podman does not take in a configuration", arguments: Misfits.allCases)
    func misfits(_ configuration: Misfits) throws {
        let error = #expect(throws: ConversionError.self) {
            try PodmanSamples.image("a", configuration: configuration.members.members)
        }
        #expect(error?.description.contains(configuration.members.place) == true, "\(String(describing: error))")
    }

    enum Misfits: CaseIterable {
        case time, noTime, smallTime, day, environment, number, labels, ports, duration, history, command, architecture
        var members: (members: [String: JSONValue], place: String) {
            func config(_ name: String, _ value: JSONValue) -> [String: JSONValue] {
                ["config": .object([name: value])]
            }
            return switch self {
            case .time: (["created": .string("yesterday")], "created must be an RFC 3339 time")
            case .noTime: (["created": .string("")], "created must")
            case .smallTime: (["created": .string("2026-11-23t19:31:02z")], "created must")
            case .day: (["created": .string("2026-02-29T19:31:02Z")], "created must")
            case .environment: (config("env", .string("A=b")), "config.env must be an array")
            case .number: (config("Env", .array([.string("A=b"), .integer(1)])), "config.Env[1] must be a string")
            case .labels: (config("Labels", .object(["a": .integer(1)])), "config.Labels.a must be a string")
            case .ports: (config("ExposedPorts", PodmanSamples.words("80")), "config.ExposedPorts must be an object")
            case .duration:
                (config("Healthcheck", .object(["Interval": .string("3s")])), "config.Healthcheck.Interval must be")
            case .history: (["history": .array([.object(["created": .string("x")])])], "history[0].created must")
            case .command: (config("Cmd", .string("sh")), "config.Cmd must be an array")
            case .architecture: (["architecture": .integer(1)], "architecture must be a string")
            }
        }
    }

    @Test("what podman does not take in a manifest")
    func manifests() throws {
        let oci = JSONValue.string(MediaType.ociManifest.rawValue)
        let zstd = PodmanSamples.descriptor(
            MediaType(rawValue: "application/vnd.oci.image.layer.v1.tar+zstd"),
            "sha256:" + PodmanSamples.hex("2"),
            3
        )
        let cases: [([String: JSONValue], String)] = [
            (["mediaType": .null], "has a configuration of the type"),
            (["mediaType": oci], "has a configuration of the type \"application/vnd.docker.container.image.v1+json\""),
            (["layers": .array([zstd])], "has a layer of the type \"application/vnd.oci.image.layer.v1.tar+zstd\""),
            (["manifests": .array([])], "\"manifests\""),
            (["fsLayers": .array([])], "\"fsLayers\""),
            (["mediaType": .string(MediaType.ociIndex.rawValue)], "index"),
            (["mediaType": oci, "annotations": .object(["a": .integer(1)])], "annotations.a must be a string"),
            (["layers": .array([.object(["urls": .string("x")])])], "layers[0].urls must be an array"),
        ]
        for (manifest, reason) in cases {
            let error = #expect(throws: ConversionError.self) { try PodmanSamples.image("a", manifest: manifest) }
            #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        }
        _ = try PodmanSamples.image("a", manifest: ["annotations": .object(["a": .integer(1)])])
    }

    @Test("only configurations that go by SHA-256, that are the manifest's, and that have a tree of their own")
    func identity() throws {
        let documents = try PodmanSamples.documents("a")
        let tree = try PodmanSamples.tree(documents.digest)
        func make(_ names: [String] = [], _ manifest: [UInt8]? = nil, _ tree: BytePath) throws {
            _ = try PodmanImage(
                names: names,
                manifest: manifest ?? documents.manifest,
                configuration: documents.configuration,
                size: 1,
                tree: tree
            )
        }
        let ones = PodmanSamples.hex("1")
        let long = PodmanSamples.descriptor(.dockerConfiguration, "sha512:\(ones)\(ones)", 3)
        let other = PodmanSamples.descriptor(.dockerConfiguration, "sha256:\(ones)", 3)
        let manifests = try [long, other].map { try PodmanSamples.documents("a", manifest: ["config": $0]).manifest }
        try make([], nil, tree)
        #expect(throws: ConversionError.self) { try make([], manifests[0], tree) }
        #expect(throws: ConversionError.self) { try make([], manifests[1], tree) }
        #expect(throws: ConversionError.self) { try make([], nil, BytePath(".flat/00/00")) }
        for name in ["redis:7", "docker.io/redis:7", "index.docker.io/library/redis:7", "example.org/x", "X//y:::"] {
            #expect(throws: ConversionError.self, "\(name)") { try make([name], nil, tree) }
        }
    }
}
