import OCI
import Plumbing
import Testing

@Suite struct ImageConfigurationTests {
    static let full = """
        {"architecture":"arm64","variant":"v8","os":"linux","created":"2024-01-02T03:04:05.123456789Z",
         "config":{"Env":["PATH=/bin"],"Cmd":["sh","-c","a b"],"X-Unknown":{"n":12345678901234}},
         "rootfs":{"type":"layers","diff_ids":["sha256:\(ImageReferenceTests.hex)"]},
         "history":[{"created":"2024-01-02T03:04:05Z","created_by":"ADD x","empty_layer":true},{"comment":"c"}],
         "moby.buildkit.buildinfo.v1":"e30="}
        """

    @Test func readsWhatIsKnownAndKeepsTheRest() throws {
        let configuration = try ImageConfiguration(bytes: Array(Self.full.utf8))
        #expect(configuration.bytes == Array(Self.full.utf8))
        #expect(configuration.platform.description == "linux/arm64/v8")
        #expect(configuration.created == "2024-01-02T03:04:05.123456789Z")
        #expect(configuration.diffIDs.map(\.hex) == [ImageReferenceTests.hex])
        #expect(configuration.config["Cmd"] == .array([.string("sh"), .string("-c"), .string("a b")]))
        #expect(configuration.config["X-Unknown"]?.object?["n"] == .integer(12_345_678_901_234))
        #expect(configuration.document["moby.buildkit.buildinfo.v1"]?.string == "e30=")
        #expect(configuration.document["history"]?.array?.count == 2)
    }

    @Test func emptyListsMayBeNull() throws {
        let text = #"{"rootfs":{"type":"layers","diff_ids":null},"history":null,"config":null}"#
        let configuration = try ImageConfiguration(bytes: Array(text.utf8))
        #expect(configuration.diffIDs.isEmpty && configuration.config.isEmpty)
        #expect(configuration.platform.isUnknown)
    }

    /// Labels are anybody's, and what is not read is not judged.
    @Test func oddMembersAreTaken() throws {
        let text =
            #"{"rootfs":{"diff_ids":[]},"history":7,"created":5,"x":1e999,"#
            + #""Config":{"Labels":{"a":"\ud800","a":"b","A":null},"env":["X=1"]},"OS":"linux","architecture":"amd64"}"#
        let configuration = try ImageConfiguration(bytes: Array(text.utf8))
        #expect(configuration.platform == .linuxAMD64)
        #expect(configuration.environment == [.string("X=1")])
        #expect(configuration.config["Labels"]?.object?["a"] == .string("b"))
    }

    @Test(
        arguments: [
            ("x", "not JSON"), ("{}", "rootfs is missing"),
            (#"{"rootfs":{"diff_ids":["sha256:1"]}}"#, "rootfs.diff_ids[0]"),
            (#"{"rootfs":{"diff_ids":{}}}"#, "must be an array"),
        ]
    )
    func refuses(text: String, problem: String) {
        let error = #expect(throws: OCIError.self) { try ImageConfiguration(bytes: Array(text.utf8)) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "")")
    }

    @Test func deepNestingIsRefusedNotFatal() {
        let deep = Array(repeating: UInt8(ascii: "["), count: 200_000)
        #expect(throws: OCIError.self) { try ImageConfiguration(bytes: deep) }
    }
}
