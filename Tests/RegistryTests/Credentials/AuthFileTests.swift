import Foundation
import Registry
import Testing

/// docker's `config.json` and podman's `auth.json`.
@Suite struct AuthFileTests {
    let folder: CredentialFolder

    init() throws {
        folder = try CredentialFolder()
    }

    private func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    private func entry(_ key: String, _ user: String) -> String {
        #""\#(key)":{"auth":"\#(base64("\(user):hush:\(user)"))"}"#
    }

    @Test func readsWhatDockerWrites() async throws {
        try folder.write(
            ".docker/config.json",
            """
            {"auths":{\(entry("https://index.docker.io/v1/", "hub")),\(entry("quay.io", "quay")),
              \(entry("reg.example.org:5000", "reg")),\(entry("http://plain.example.org", "plain")),
              "empty.example.org":{},"gh.example.org":{"username":"ann","password":"hush"},
              "token.example.org":{"auth":"\(base64("ann:"))","identitytoken":"hush-token"},
              "bearer.example.org":{"auth":"\(base64("ann:x"))","registrytoken":"hush-bearer"},
              "odd key !":{"auth":"?"}},
             "HttpHeaders":{"User-Agent":"x"}}
            """
        )
        let hub = try await folder.find("docker.io", "library/redis")
        #expect(
            hub
                == RegistryCredentials(
                    host: "docker.io",
                    username: "hub",
                    secret: "hush:hub",
                    kind: .password,
                    source: "\(folder.path)/.docker/config.json"
                )
        )
        #expect(try await folder.find("quay.io", "a/b")?.username == "quay")
        #expect(try await folder.find("reg.example.org:5000", "a/b")?.username == "reg")
        #expect(try await folder.find("plain.example.org", "a")?.allowsPlainHTTP == true)
        #expect(try await folder.find("gh.example.org", "a")?.username == "ann")
        let token = try await folder.find("token.example.org", "a")
        #expect(token?.kind == .identityToken)
        #expect(token?.username == "ann")
        #expect(try await folder.find("bearer.example.org", "a")?.kind == .registryToken)
        for host in ["reg.example.org", "example.org", "uay.io", "quay.io.evil.org", "empty.example.org"] {
            #expect(try await folder.find(host, "quay.io/b") == nil)
        }
    }

    @Test(arguments: [
        (#""username":"a:b","password":"hush""#, "have a \":\""),
        (#""username":"a\u0007b","password":"hush""#, "control"),
        (#""username":"ann","password":"hush\r\n""#, "control"), (#""registrytoken":"hush\n""#, "control"),
    ])
    func whatCannotBeSentIsRefused(members: String, words: String) async throws {
        try folder.write(".docker/config.json", "{\"auths\":{\"q.io\":{\(members)}}}")
        await folder.refuse("q.io", "\(folder.path)/.docker/config.json: the ", words)
    }

    /// A bearer token goes to the registry as it is, and to nobody else.
    @Test func aRegistryTokenIsUsedAsItIs() async throws {
        try folder.write(".docker/config.json", #"{"auths":{"quay.io":{"registrytoken":"hush-bearer"}}}"#)
        let network = StubNetwork { request in
            request.authorization == "Bearer hush-bearer"
                ? .init() : .init(status: 401, headers: [("WWW-Authenticate", AuthTransportTests.bearer)], body: "no")
        }
        let users = RequestUsers(ambient: CredentialProvider(environment: ["HOME": folder.path]))
        let transport = AuthTransport(next: network, logger: AuthTransportTests.logger, users: users)
        for _ in 0..<2 { #expect(try await transport.send(.manifest("quay.io/a/b:1")).status == 200) }
        #expect(network.lines.allSatisfy { $0 == "GET https://quay.io/v2/a/b/manifests/1" })
        #expect(network.requests.map(\.authorization) == [nil, "Bearer hush-bearer", "Bearer hush-bearer"])

        let refusing = StubNetwork { request in
            .init(
                status: 401,
                headers: [("WWW-Authenticate", AuthTransportTests.bearer)],
                body: "you sent \(request.authorization ?? "nothing")"
            )
        }
        let error = await expect(
            .unauthorized,
            "check the credentials of <token> in \(folder.path)/.docker/config.json"
        ) {
            try await AuthTransport(next: refusing, logger: AuthTransportTests.logger, users: users)
                .send(.manifest("quay.io/a/b:1"))
        }
        #expect(error?.description.contains("hush") == false)
        #expect(refusing.requests.count == 2)

        let basic = StubNetwork { _ in .init(status: 401, headers: [("WWW-Authenticate", "Basic")]) }
        await expect(.unsupportedAuthentication, "there is only a token") {
            try await AuthTransport(next: basic, logger: AuthTransportTests.logger, users: users)
                .send(.manifest("quay.io/a/b:1"))
        }
        #expect(basic.requests.allSatisfy { $0.authorization == nil })
    }

    @Test func readsPodmansKeysWithPaths() async throws {
        try folder.write(
            ".config/containers/auth.json",
            "{\"auths\":{\(entry("quay.io/org", "org")),\(entry("quay.io/org/app", "app")),\(entry("quay.io", "all"))}}"
        )
        for (repository, user) in [
            ("org/app", "app"), ("org/app/x", "app"), ("org/apple", "org"), ("org/other", "org"), ("orga/app", "all"),
        ] {
            #expect(try await folder.find("quay.io", repository)?.username == user)
        }
        #expect(try await folder.find("quay.io")?.username == "all")
    }

    @Test func looksInTheRightOrder() async throws {
        func file(_ name: String, _ user: String) throws {
            try folder.write(name, "{\"auths\":{\(entry("q.io", user))}}")
        }
        var variables: [String: String] = [:]
        func user() async throws -> String? { try await folder.find("q.io", "a", variables)?.username }
        #expect(try await user() == nil)
        try file(".config/containers/auth.json", "config")
        #expect(try await user() == "config")
        try file("run/containers/auth.json", "run")
        variables["XDG_RUNTIME_DIR"] = "\(folder.path)/run"
        #expect(try await user() == "run")
        try file("named.json", "named")
        variables["REGISTRY_AUTH_FILE"] = "\(folder.path)/named.json"
        #expect(try await user() == "named")
        try file(".docker/config.json", "docker")
        #expect(try await user() == "docker")
        try file("elsewhere/config.json", "elsewhere")
        variables["DOCKER_CONFIG"] = "\(folder.path)/elsewhere"
        #expect(try await user() == "elsewhere")
        variables["DUCC_AUTH_REGISTRIES"] = "d"
        variables.merge(["DUCC_d_IDENT": "q.io", "DUCC_d_USER": "ducc", "DUCC_d_PASS": "x"]) { $1 }
        #expect(try await user() == "ducc")
        variables.merge(
            ["WAFER_REGISTRY_W_HOST": "q.io", "WAFER_REGISTRY_W_USER": "wafer", "WAFER_REGISTRY_W_PASSWORD": "x"]
        ) { $1 }
        #expect(try await user() == "wafer")
    }

    @Test(
        arguments: [
            ("", "not JSON"), ("{", "not JSON"), ("[]", "must be an object"),
            (#"{"auths":[]}"#, "auths must be an object"),
            (#"{"auths":{"q.io":7}}"#, "auths.q.io must be an object"),
            (#"{"auths":{"q.io":{"auth":7}}}"#, "auths.q.io.auth must be a string"),
            (#"{"auths":{"q.io":{"auth":"hush!"}}}"#, #"auths["q.io"].auth is not the base64 form"#),
            (#"{"auths":{"q.io":{"auth":"aHVzaA=="}}}"#, #"auths["q.io"].auth is not the base64 form"#),
            (#"{"auths":{"q.io":{"identitytoken":["hush"]}}}"#, "auths.q.io.identitytoken must be a string"),
            (#"{"credHelpers":{"q.io":7}}"#, "credHelpers.q.io must be a string"), (#"{"credsStore":7}"#, "credsStore"),
            (#"{"credsStore":"../../bin/sh"}"#, "credsStore in"), (#"{"credsStore":"missing"}"#, "not in PATH"),
        ]
    )
    func brokenOnesNameFileAndKey(text: String, words: String) async throws {
        try folder.write(".docker/config.json", text)
        await folder.refuse("q.io", ".docker/config.json", words)
    }

    @Test func aFileThatIsNamedHasToBeThere() async throws {
        await folder.refuse(
            "q.io",
            "\(folder.path)/none (REGISTRY_AUTH_FILE)",
            variables: ["REGISTRY_AUTH_FILE": "\(folder.path)/none"]
        )
        await folder.refuse("q.io", "cannot read", variables: ["REGISTRY_AUTH_FILE": folder.path])
    }

    @Test func whatIsNoFileIsNotWaitedFor() async throws {
        try folder.write(".docker/config.json", "{}")
        #expect(unlink("\(folder.path)/.docker/config.json") == 0)
        #expect(mkfifo("\(folder.path)/.docker/config.json", 0o600) == 0)
        await folder.refuse("q.io", ".docker/config.json", "it is a FIFO, not a file")
    }

    @Test(.enabled(if: geteuid() == 0, "only root gives links away")) func linksOfOthersAreNotFollowed() async throws {
        try folder.write("real.json", #"{"auths":{"q.io":{"auth":"YTpodXNo"}}}"#)
        let link = "\(folder.path)/auth.json"
        #expect(symlink("real.json", link) == 0)
        let variables = ["REGISTRY_AUTH_FILE": link]
        #expect(try await folder.find("q.io", nil, variables)?.username == "a")
        #expect(lchown(link, 1234, 1234) == 0)
        await folder.refuse("q.io", "is a link of the user 1234", variables: variables)
    }
}
