import OCI
import Plumbing
import Testing

@Suite struct PlatformTests {
    @Test(
        arguments: [
            ("linux/amd64", "linux/amd64"), ("Linux/x86_64", "linux/amd64"), ("linux/aarch64", "linux/arm64"),
            ("linux/arm/v7", "linux/arm/v7"), ("windows/amd64", "windows/amd64"),
        ]
    )
    func reads(text: String, platform: String) throws {
        #expect(try Platform(parsing: text).description == platform)
    }

    @Test(arguments: ["", "linux", "linux/", "/amd64", "linux/arm/v7/x", "linux//v7", "li nux/amd64", "linux/amd64\n"])
    func refuses(text: String) {
        let error = #expect(throws: OCIError.self) { try Platform(parsing: text) }
        #expect(error?.description.contains("must have") == true)
        #expect(error?.description.contains("\n") == false)
    }

    @Test(
        arguments: [
            ("amd64", "linux/amd64"), ("x86_64", "linux/amd64"), ("ARM64", "linux/arm64"), ("aarch64", "linux/arm64"),
            ("armhf", "linux/arm/v7"), ("armel", "linux/arm/v6"), ("arm", "linux/arm"), ("i386", "linux/386"),
            ("linux/armhf", "linux/arm/v7"), ("linux/arm/v5", "linux/arm/v5"), ("windows/x86_64", "windows/amd64"),
            ("linux/mine", "linux/mine"), ("arm/v7", "linux/arm/v7"), ("ARM64/v8", "linux/arm64/v8"),
            ("amd64/v3", "linux/amd64/v3"), ("aarch64/v8", "linux/arm64/v8"), ("js/wasm", "js/wasm"),
        ]
    )
    func readsWhatIsTyped(text: String, platform: String) throws {
        #expect(try Platform(typed: text).description == platform)
    }

    @Test(
        arguments: [
            ("linux", "is an operating system alone: name an architecture, too, as linux/amd64"),
            ("amd65", "OS/ARCHITECTURE[/VARIANT], as linux/amd64, or be one of Linux's, as arm64 or arm/v7"),
            ("", "must have the form"), ("linux/", "must have parts"), ("linux/armhf/v8", "must have the form"),
            ("armhf/v8", "must have the form"), ("arm/", "must have parts"),
            ("linux/a/b/c", "must have the form"),
        ]
    )
    func saysWhatToType(text: String, rule: String) {
        let error = #expect(throws: OCIError.self) { try Platform(typed: text) }
        #expect(error?.description.contains(rule) == true, "\(error?.description ?? "")")
    }

    /// Wanted, what the index offers in order, the position of what is chosen (nil: none).
    @Test(
        arguments: [
            ("linux/amd64", ["windows/amd64", "linux/arm64", "linux/amd64"], 2),
            ("linux/amd64", ["linux/amd64", "linux/amd64"], 0),
            ("linux/amd64", ["linux/amd64/v3"], nil),
            ("linux/amd64/v3", ["linux/amd64", "linux/amd64/v3"], 1),
            ("linux/amd64/v3", ["linux/amd64", "linux/amd64/v2"], 1),
            ("linux/amd64", ["linux/amd64/v2", "linux/amd64/v1"], 1),
            ("linux/arm/v7", ["linux/arm/v5", "linux/arm/v6", "linux/arm64"], 1),
            ("linux/arm/v8", ["linux/arm/v5", "linux/arm"], 1),
            ("linux/arm/v6", ["linux/arm"], nil),
            ("linux/arm64/v9", ["linux/arm/v7", "linux/arm64"], 1),
            ("linux/arm64", ["linux/arm/v8"], nil),
            ("linux/riscv64", ["linux/riscv64/rva23u64"], nil),
            ("linux/arm64", ["linux/arm64/v8"], 0),
            ("linux/arm64/v8", ["linux/arm64"], 0),
            ("linux/arm64", ["linux/arm64/v9", "linux/arm64/v8"], 1),
            ("linux/arm/v7", ["linux/arm/v6", "linux/arm"], 1),
            ("linux/arm", ["linux/arm/v6", "linux/arm/v7"], 1),
            ("linux/arm/v6", ["linux/arm/v7"], nil),
            ("linux/s390x", ["unknown/unknown", "linux/amd64"], nil),
            ("linux/amd64", [], nil),
        ] as [(String, [String], Int?)]
    )
    func chooses(wanted: String, offered: [String], position: Int?) throws {
        let index = try Self.index(offered)
        let wanted = try Platform(parsing: wanted)
        if let position {
            #expect(index.image(for: wanted) == index.manifests[position])
        } else {
            #expect(index.image(for: wanted) == nil)
            let words = index.notOffered(wanted).description
            for platform in offered where platform != "unknown/unknown" { #expect(words.contains(platform)) }
            #expect(!words.contains("unknown/unknown"))
        }
    }

    @Test func attachmentsOfBuildersAreNoImages() throws {
        var index = try Self.index(["linux/amd64", "linux/amd64"])
        index.manifests[0].otherMembers["annotations"] = .object([
            "vnd.docker.reference.type": .string("attestation-manifest")
        ])
        #expect(index.image(for: .linuxAMD64) == index.manifests[1])
        index.manifests.removeLast()
        #expect(index.image(for: .linuxAMD64) == nil && index.imagesOfUnknownPlatform.isEmpty)
        let words = index.notOffered(.linuxAMD64).description
        #expect(words == "the index has no image for linux/amd64, nor for any other platform")
    }

    @Test func entriesWithoutAPlatformAreOfferedSeparately() throws {
        var index = try Self.index(["unknown/unknown", "linux/amd64"])
        index.manifests[1].platform = nil
        #expect(index.image(for: .linuxAMD64) == nil)
        #expect(index.imagesOfUnknownPlatform == [index.manifests[1]])
    }

    private static func index(_ platforms: [String]) throws -> Index {
        Index(
            mediaType: .ociIndex,
            manifests: try platforms.enumerated().map { number, platform in
                Descriptor(
                    mediaType: .ociManifest,
                    digest: try Digest.sha256(of: [UInt8(number)]),
                    size: 1,
                    platform: try Platform(parsing: platform)
                )
            }
        )
    }
}
