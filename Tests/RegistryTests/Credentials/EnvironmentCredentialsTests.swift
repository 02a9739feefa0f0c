import Foundation
import Registry
import SystemPackage
import Testing

@Suite struct EnvironmentCredentialsTests {
    let folder: CredentialFolder

    init() throws {
        folder = try CredentialFolder()
    }

    private static let own = [
        "WAFER_REGISTRY_A_HOST": "Reg.example.org:443", "WAFER_REGISTRY_A_USER": "ann",
        "WAFER_REGISTRY_A_PASSWORD": "hush-1",
        "WAFER_REGISTRY_MY_HUB_HOST": "https://index.docker.io/v1/", "WAFER_REGISTRY_MY_HUB_TOKEN": "hush-2",
        "WAFER_REGISTRY_C_HOST": "http://plain.example.org:5000/group/sub", "WAFER_REGISTRY_C_USER": "cy",
        "WAFER_REGISTRY_C_PASSWORD": "hush-3", "WAFER_REGISTRY_EMPTY_HOST": "",
    ]

    @Test func takesTheExactHost() async throws {
        let ann = try await folder.find("reg.example.org", "a/b", Self.own)
        #expect(
            ann
                == RegistryCredentials(
                    host: "reg.example.org",
                    username: "ann",
                    secret: "hush-1",
                    kind: .password,
                    source: "WAFER_REGISTRY_A_…"
                )
        )
        let hub = try await folder.find("docker.io", "library/redis", Self.own)
        #expect(hub?.kind == .identityToken)
        #expect(hub?.username == "<token>")
        let others = [
            "reg.example.org:5000", "xreg.example.org", "reg.example.org.evil.com", "example.org", "org",
            "plain.example.org",
        ]
        for other in others { #expect(try await folder.find(other, "reg.example.org/a", Self.own) == nil) }
    }

    @Test(arguments: [
        ("WAFER_REGISTRY_A_USER", "ann:x", "WAFER_REGISTRY_A_…: the name of the user must not have a \":\""),
        ("WAFER_REGISTRY_A_USER", "ann\u{1B}", "WAFER_REGISTRY_A_…: the name of the user must not have control"),
        ("WAFER_REGISTRY_A_PASSWORD", "hush\t", "WAFER_REGISTRY_A_…: the password or token must not have control"),
        ("DUCC_Q_USER", "ann:x", "DUCC_Q_…: the name of the user must not have a \":\""),
        ("DUCC_Q_PASS", "hush\u{85}", "DUCC_Q_…: the password or token must not have control"),
    ])
    func whatCannotBeSentIsRefused(variable: String, value: String, words: String) async throws {
        var variables = Self.own.merging([
            "DUCC_AUTH_REGISTRIES": "Q", "DUCC_Q_IDENT": "q.io", "DUCC_Q_USER": "ann", "DUCC_Q_PASS": "hush",
        ]) { $1 }
        variables[variable] = value
        let host = variable.hasPrefix("DUCC") ? "q.io" : "reg.example.org"
        await folder.refuse(host, words, "change it", variables: variables)
    }

    @Test func aTokenNeedsNoNameThatCanBeSent() async throws {
        let variables = [
            "WAFER_REGISTRY_A_HOST": "q.io", "WAFER_REGISTRY_A_USER": "a:b", "WAFER_REGISTRY_A_TOKEN": "hush",
        ]
        #expect(try await folder.find("q.io", nil, variables)?.kind == .identityToken)
    }

    @Test func aPathLimitsItToRepositoriesBelow() async throws {
        let host = "plain.example.org:5000"
        let cy = try await folder.find(host, "group/sub/app", Self.own)
        #expect(cy?.username == "cy")
        #expect(cy?.allowsPlainHTTP == true)
        #expect(try await folder.find(host, "group/sub", Self.own)?.username == "cy")
        for other in ["group/subway", "group", "x/group/sub", nil] {
            #expect(try await folder.find(host, other, Self.own) == nil)
        }
        var nearer = Self.own
        nearer["WAFER_REGISTRY_D_HOST"] = "http://plain.example.org:5000/group"
        nearer["WAFER_REGISTRY_D_USER"] = "dan"
        nearer["WAFER_REGISTRY_D_PASSWORD"] = "hush-4"
        #expect(try await folder.find(host, "group/sub/app", nearer)?.username == "cy")
        #expect(try await folder.find(host, "group/app", nearer)?.username == "dan")
    }

    @Test func readsAPasswordFromAFile() async throws {
        try folder.write("secret", "hush-file\n")
        var variables = Self.own
        variables["WAFER_REGISTRY_A_PASSWORD"] = nil
        variables["WAFER_REGISTRY_A_PASSWORD_FILE"] = "\(folder.path)/secret"
        let found = try await folder.find("reg.example.org", nil, variables)
        #expect(
            found
                == RegistryCredentials(
                    host: "reg.example.org",
                    username: "ann",
                    secret: "hush-file",
                    kind: .password,
                    source: "WAFER_REGISTRY_A_…"
                )
        )
        variables["WAFER_REGISTRY_A_PASSWORD_FILE"] = "\(folder.path)/none"
        await folder.refuse("reg.example.org", "WAFER_REGISTRY_A_PASSWORD_FILE", "/none", variables: variables)
        #expect(mkfifo("\(folder.path)/none", 0o600) == 0)
        await folder.refuse("reg.example.org", "/none): it is a FIFO, not a file", variables: variables)
        // What a shell makes of `<(…)`.
        let pipe = try FileDescriptor.pipe()
        try pipe.writeEnd.writeAll("hush-pipe\n".utf8)
        try pipe.writeEnd.close()
        variables["WAFER_REGISTRY_A_PASSWORD_FILE"] = "/dev/fd/\(pipe.readEnd.rawValue)"
        let piped = RegistryCredentials(
            host: "reg.example.org",
            username: "ann",
            secret: "hush-pipe",
            kind: .password,
            source: "WAFER_REGISTRY_A_…"
        )
        #expect(try await folder.find("reg.example.org", nil, variables) == piped)
        try pipe.readEnd.close()
    }

    @Test func whatIsIncompleteNamesTheVariable() async {
        let changes: [(String, String?, String)] = [
            ("WAFER_REGISTRY_A_HOST", nil, "WAFER_REGISTRY_A_HOST is missing"),
            ("WAFER_REGISTRY_A_HOST", "a b", "WAFER_REGISTRY_A_HOST must be the host"),
            ("WAFER_REGISTRY_A_USER", nil, "WAFER_REGISTRY_A_USER is missing"),
            ("WAFER_REGISTRY_A_PASSWORD", nil, "WAFER_REGISTRY_A_PASSWORD is missing"),
            ("WAFER_REGISTRY_A_TOKEN", "hush-9", "only one of WAFER_REGISTRY_A_PASSWORD, WAFER_REGISTRY_A_TOKEN"),
            ("WAFER_REGISTRY_C_HOST", "reg.example.org", "A_HOST and WAFER_REGISTRY_C_HOST name the same registry"),
            ("DUCC_AUTH_REGISTRIES", "x", "DUCC_x_IDENT"),
        ]
        for (name, value, words) in changes {
            var variables = Self.own
            variables[name] = value
            await folder.refuse(name.hasPrefix("DUCC") ? "other.org" : "reg.example.org", words, variables: variables)
        }
    }

    @Test func takesThoseOfDUCC() async throws {
        let ducc = [
            "DUCC_AUTH_REGISTRIES": "gl,hub,,px", "DUCC_gl_IDENT": "gitlab-registry.cern.ch", "DUCC_gl_USER": "u1",
            "DUCC_gl_PASS": "hush-1", "DUCC_hub_IDENT": "https://registry.hub.docker.com/library",
            "DUCC_hub_USER": "u2", "DUCC_hub_PASS": "hush-2", "DUCC_px_IDENT": "quay.io",
            "DUCC_px_PROXY": "proxy.cern.ch/quay",
        ]
        let found = try await folder.find("gitlab-registry.cern.ch", "g/p", ducc)
        #expect(found?.username == "u1")
        #expect(found?.source == "DUCC_gl_…")
        #expect(try await folder.find("docker.io", "library/redis", ducc)?.username == "u2")
        #expect(try await folder.find("docker.io", "other/redis", ducc) == nil)
        // A part of the name is not the name, and a repository is not a host.
        #expect(try await folder.find("evil.org", "gitlab-registry.cern.ch/x", ducc) == nil)
        #expect(try await folder.find("quay.io", "a", ducc) == nil)
        let both = Self.own.merging(ducc) { $1 }.merging(["DUCC_gl_IDENT": "reg.example.org"]) { $1 }
        #expect(try await folder.find("reg.example.org", "g/p", both)?.username == "ann")
    }
}
