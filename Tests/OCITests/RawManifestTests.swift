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
            // The other family, and members that nobody needs.
            (image(docker), oci, docker), (index(list), ociIndex, list), (index(ociIndex), list, ociIndex),
            (image(docker).replacing(#""schemaVersion":2,"#, with: ""), nil, docker),
            (image(oci).replacing(#""schemaVersion":2"#, with: #""schemaVersion":3"#), nil, oci),
            (image("").replacing(#""size""#, with: #""SIZE""#), nil, oci), (image(oci) + " \n\t", nil, oci),
            (image(docker, #","layers":[\#(descriptor)]"#), nil, docker),
            (image(oci, #","x":1e999,"y":"\ud800","y":[1,{"z":null,"z":1}]"#), nil, oci),
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
            ("{}", nil, "neither of an image nor of an index"),
            (image(docker, #","layers":null"#), nil, "layers stands there twice"),
            ("\u{FEFF}" + image(docker), nil, "not JSON"),
            (#"{"schemaVersion":2}"#, nil, "neither of an image nor of an index"),
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

    @Test(
        arguments: [(docker, oci), (docker, docker), (nil, docker), (oci, "application/json")] as [(String?, String)]
    )
    func theOtherFamilyIsNoted(own: String?, sent: String) throws {
        let manifest = try RawManifest(bytes: Array(Self.image(own).utf8), contentType: sent)
        #expect(manifest.mistakenType?.rawValue == (own == Self.docker && sent == Self.oci ? Self.oci : nil))
    }

    /// What is wrong with the entries that are not chosen is nobody's business.
    @Test func entriesThatAreNotChosenAreNotJudged() throws {
        let good =
            #"{"mediaType":"\#(Self.oci)","digest":"\#(Self.digest)","size":5,"#
            + #""platform":{"os":"linux","architecture":"arm64"}}"#
        let odd = [
            #"{"platform":{}}"#, #"{"digest":"blake3:00","size":1}"#, #"{"digest":"\#(Self.digest)","size":-1}"#, "7",
            "null",
            #"{"digest":"\#(Self.digest)","size":1,"platform":{"os":7}}"#,
        ]
        let text = #"{"schemaVersion":2,"manifests":[\#((odd + [good]).joined(separator: ","))]}"#
        guard case .index(let index) = try RawManifest(bytes: Array(text.utf8)).decoded else {
            Issue.record("it is an index")
            return
        }
        let arm = Platform(os: "linux", architecture: "arm64")
        #expect(index.image(for: arm)?.size == 5)
        #expect(index.image(for: .linuxAMD64) == nil)
        let words = index.notOffered(.linuxAMD64).description
        #expect(
            words.contains("it offers linux/arm64; 6 entries cannot be read: manifests[0].digest is missing"),
            "\(words)"
        )
    }

    @Test func digestUsesTheAskedAlgorithm() throws {
        let bytes = Array(Self.image(Self.oci).utf8)
        #expect(try RawManifest(bytes: bytes, algorithm: .sha512).digest == Digest.of(bytes, .sha512))
    }
}
