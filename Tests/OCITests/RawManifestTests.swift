import OCI
import Testing

@Suite struct RawManifestTests {
    static let digest = "sha256:\(ImageReferenceTests.hex)"
    static let descriptor = #"{"mediaType":"application/octet-stream","digest":"\#(digest)","size":5}"#
    static let docker = MediaType.dockerManifest.rawValue
    static let oci = MediaType.ociManifest.rawValue
    static let ociIndex = MediaType.ociIndex.rawValue
    static let list = MediaType.dockerManifestList.rawValue

    static func image(_ type: String?, _ more: String = "") -> String {
        let own = type.map { #""mediaType":"\#($0)","# } ?? ""
        return #"{"schemaVersion":2,\#(own)"config":\#(descriptor),"layers":[\#(descriptor)]\#(more)}"#
    }

    static func index(_ type: String?) -> String {
        let own = type.map { #""mediaType":"\#($0)","# } ?? ""
        return #"{"schemaVersion":2,\#(own)"manifests":[\#(descriptor)]}"#
    }

    @Test(
        arguments: [
            (image(docker), docker, docker), (image(docker), nil, docker), (image(oci), oci, oci),
            (image(nil), oci, oci), (image(nil), "\(docker); charset=utf-8", docker), (image(nil), nil, oci),
            (image(docker), "application/json", docker), (image(nil), "text/plain", oci),
            (index(ociIndex), ociIndex, ociIndex), (index(list), list, list), (index(nil), nil, ociIndex),
            (index(nil), "application/json", ociIndex), (index(nil), ociIndex, ociIndex),
        ] as [(String, String?, String)]
    )
    func tellsTheType(body: String, contentType: String?, type: String) throws {
        let manifest = try RawManifest(bytes: Array(body.utf8), contentType: contentType)
        #expect(manifest.mediaType.rawValue == type)
        #expect(manifest.bytes == Array(body.utf8))
        #expect(manifest.digest == (try Digest.sha256(of: Array(body.utf8))))
        switch manifest.decoded {
        case .image(let image): #expect(image.layers.count == 1 && manifest.mediaType.isManifest)
        case .index(let index): #expect(index.manifests.count == 1 && manifest.mediaType.isIndex)
        }
    }

    @Test(
        arguments: [
            ("", nil, "not JSON"),
            ("{", nil, "not JSON"),
            ("[]", nil, "must be an object"),
            ("{}", nil, "schemaVersion is missing"),
            (image(docker, #","layers":[]"#), nil, "stands there twice"),
            (#"{"schemaVersion":3}"#, nil, "schemaVersion is 3"),
            (#"{"schemaVersion":2}"#, nil, "neither of an image nor of an index"),
            (image(docker), oci, "was sent as"),
            (image(docker), list, "was sent as"),
            (image(nil), ociIndex, "was sent as"),
            (index(nil), oci, "was sent as"),
            (image(ociIndex), nil, "members are not"),
            (index(docker), nil, "members are not"),
            (image(oci, #","manifests":[]"#), nil, "an index and of an image"),
            (image("application/vnd.cncf.helm.chart"), nil, "neither an image nor an index"),
            (image(docker).replacing(":5", with: ":-5"), nil, "config.size must not be negative"),
            (image(docker).replacing(":5", with: #":"5""#), nil, "config.size must be a whole number"),
            (image(docker).replacing("sha256:0", with: "sha256:"), nil, "64 lower-case"),
            (image(docker).replacing(#""digest""#, with: #""d""#), nil, "config.digest is missing"),
            (#"{"schemaVersion":1,"fsLayers":[],"history":[]}"#, nil, "schema 1"),
            (#"{"fsLayers":[],"history":[]}"#, nil, "schema 1"),
            (#"{"schemaVersion":1,"config":{},"layers":[]}"#, nil, "schema 1"),
            (image(nil), "application/vnd.docker.distribution.manifest.v1+prettyjws", "schema 1"),
            (image("a\u{202E}b"), nil, "\\xe2\\x80\\xae"),
        ] as [(String, String?, String)]
    )
    func refuses(body: String, contentType: String?, problem: String) {
        let error = #expect(throws: OCIError.self) {
            try RawManifest(bytes: Array(body.utf8), contentType: contentType)
        }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test func digestUsesTheAskedAlgorithm() throws {
        let bytes = Array(Self.image(Self.oci).utf8)
        #expect(try RawManifest(bytes: bytes, algorithm: .sha512).digest == Digest.of(bytes, .sha512))
    }
}
