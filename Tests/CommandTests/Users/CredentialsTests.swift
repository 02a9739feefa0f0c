import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct CredentialsTests {
    let sandbox: Sandbox

    init() async throws {
        sandbox = try Sandbox()
        try await sandbox.succeed("init")
    }

    private func add(_ registry: InMemoryRegistry, _ password: String, _ more: String...) async throws -> String {
        let outcome = try await sandbox.wafer(
            ["add-user", "-u", "ann", "-r", registry.host, "--password-stdin"] + more,
            input: password
        )
        #expect(outcome.code == 0)
        #expect(outcome.text == "" || outcome.text == "replaced the password of ann at \(registry.host)\n")
        return outcome.errors
    }

    private func test(_ arguments: String..., environment: [String: String] = [:]) async throws -> (String, Int32?) {
        let outcome = try await sandbox.wafer(["credentials", "test"] + arguments, environment: environment)
        return (outcome.text + outcome.errors, outcome.code)
    }

    @Test func aTokenIsStoredInsteadOfThePassword() async throws {
        try await InMemoryRegistry.with(.token(["ann": "pass-word-1"])) { registry in
            registry.faults.refreshTokens = .get
            let said = try await add(registry, "pass-word-1")
            #expect(said.contains("gave a token: that is stored, and not the password of ann"))
            let token = try #require(registry.refreshTokens.first)
            let text = try await test(registry.host, "--username", "ann")
            #expect(
                text == (
                    """
                    credentials: ann, a token from the database
                    registry: \(registry.host) lets ann in, by tokens of \(registry.url)/token

                    """, 0
                )
            )
            #expect(!said.contains(token))
            registry.revokeRefreshTokens()
            let (refusal, code) = try await test(registry.host, "--username", "ann")
            #expect(code == 1)
            #expect(refusal.contains("log in anew with `wafer add-user --username ann --registry \(registry.host)`"))
            #expect(!refusal.contains(token))
        }
    }

    /// A service that gives a new token for each that is used: the next run needs the new one.
    @Test func aTokenThatTheRegistryReplacesIsReplacedInTheDatabase() async throws {
        try await InMemoryRegistry.with(.token(["ann": "pass-word-1"])) { registry in
            registry.faults.refreshTokens = .get
            registry.faults.rotatesRefreshTokens = true
            try registry.addImage("a", tag: "1", layers: [Layers.base])
            _ = try await add(registry, "pass-word-1")
            var tokens: Set<String> = []
            for _ in 0..<3 {
                #expect(try await test(registry.host, "--username", "ann").1 == 0)
                try await sandbox.succeed("download-manifest", registry.reference("a:1"), "-u", "ann")
                tokens.formUnion(registry.refreshTokens)
            }
            #expect(tokens.count == 3)
            for token in tokens {
                #expect(try await sandbox.shell("grep -rlaF -- \(token) . ; true").text == "")
            }
        }
    }

    @Test func saysWhoWouldLogInAtAMirror() async throws {
        try await InMemoryRegistry.with(.basic(["ann": "pass-word-1"])) { mirror in
            _ = try await add(mirror, "pass-word-1", "--keep-password")
            let (text, code) = try await test(mirror.host, "--mirror")
            #expect(code == 0 && text.contains("credentials: ann, a password from the database\n"))
            #expect(text.contains("lets ann in"))
            #expect(try await test(mirror.host).0.contains("credentials: none"))
            #expect(try await test(mirror.host, "--mirror", "--username", "ann").1 == 64)
            let bob = ["add-user", "-u", "bob", "-r", mirror.host, "--password-stdin", "--keep-password"]
            #expect(try await sandbox.wafer(bob, input: "pass-word-2").code == 0)
            let (several, refused) = try await test(mirror.host, "--mirror")
            #expect(refused == 1)
            #expect(several.contains("several users for this mirror (ann, bob): name one as mirror-user of"))
            let hosts = "hosts:\n  \(mirror.host): {mirror-user: ann}\n"
            try Data(hosts.utf8).write(to: URL(filePath: sandbox.path.appending("hosts.yaml").string))
            #expect(try await test(mirror.host, "--mirror", "--hosts", "hosts.yaml").1 == 0)
        }
    }

    @Test func withoutTokensThePasswordIsStored() async throws {
        try await InMemoryRegistry.with(.basic(["ann": "pass-word-1"])) { registry in
            #expect(try await add(registry, "pass-word-1").contains("the password of ann itself is stored"))
            #expect(try await test(registry.host, "--username", "ann").0.contains("ann, a password from the database"))
            // What the registry refuses is stored with a warning: it may come to know the user later.
            let said = try await add(registry, "other-word")
            #expect(said.contains("warning: the password of ann is stored as it is"))
            #expect(said.contains("check the password of ann"))
            #expect(!said.contains("other-word"))
            #expect(try await test(registry.host, "--username", "ann").1 == 1)
            registry.forgetRequests()
            _ = try await add(registry, "pass-word-1", "--keep-password")
            #expect(registry.requests.isEmpty)
            #expect(try await test(registry.host, "--username", "ann").1 == 0)
        }
    }

    @Test func saysWhatWouldBeUsedWithoutADatabase() async throws {
        try await InMemoryRegistry.with(.token(["ann": "pass-word-1"], anonymousPull: true)) { registry in
            let empty = try Sandbox()
            let variables = [
                "WAFER_REGISTRY_X_HOST": registry.host, "WAFER_REGISTRY_X_USER": "ann",
                "WAFER_REGISTRY_X_PASSWORD": "pass-word-1",
            ]
            let found = try await empty.wafer(
                ["credentials", "test", "\(registry.url)/group/app", "--format", "json"],
                environment: variables
            )
            #expect(found.code == 0)
            #expect(
                found.text == """
                    {
                      "error" : null,
                      "kind" : "password",
                      "login" : "bearer",
                      "registry" : "\(registry.host)",
                      "source" : "WAFER_REGISTRY_X_…",
                      "token_service" : "\(registry.url)/token",
                      "user" : "ann",
                      "works" : true
                    }

                    """
            )
            #expect(registry.requests.contains { $0.queryValues("scope") == ["repository:group/app:pull"] })
            let wrong = try await empty.wafer(
                ["credentials", "test", registry.host, "--format", "json"],
                environment: variables.merging(["WAFER_REGISTRY_X_PASSWORD": "wrong-word"]) { $1 }
            )
            #expect(wrong.code == 1)
            #expect(wrong.text.contains(#""works" : false"#))
            #expect(wrong.text.contains("check the credentials of ann in WAFER_REGISTRY_X_…"))
            #expect(!(wrong.text + wrong.errors).contains("wrong-word"))
            let nobody = try await empty.wafer("credentials", "test", registry.host)
            #expect(nobody.code == 0)
            #expect(
                nobody.text.hasPrefix("credentials: none, nobody logs in\nregistry: \(registry.host) lets everybody in")
            )
            let broken = try await empty.wafer(
                ["credentials", "test", registry.host],
                environment: ["WAFER_REGISTRY_X_HOST": registry.host]
            )
            #expect(broken.code == 1)
            #expect(
                broken.errors == "wafer: error: WAFER_REGISTRY_X_PASSWORD is missing (or _PASSWORD_FILE, or _TOKEN)\n"
            )
        }
        try await InMemoryRegistry.with { registry in
            let (text, code) = try await test(registry.host, "--format", "json")
            #expect(code == 0)
            #expect(text.contains(#""works" : null"#))
        }
        let unknown = try await test("127.0.0.1:1", "--username", "bob")
        #expect(unknown.1 == 1)
        #expect(unknown.0.contains("there is no user bob of 127.0.0.1:1 in the database"))
    }

    @Test func httpBeforeTheHostAllowsToGoWithoutTLS() async throws {
        let added = try await sandbox.wafer(
            ["add-user", "-u", "ann", "-r", "http://reg.example.org:5000", "--password-stdin", "--keep-password"],
            input: "pass-word-1"
        )
        #expect(added.code == 0)
        #expect(try await sandbox.succeed("list-users", "-z") == "user,registry\nann,reg.example.org:5000\n")
        let path = try await sandbox.wafer(
            ["add-user", "-u", "ann", "-r", "reg.example.org/group", "--password-stdin", "--keep-password"],
            input: "pass-word-1"
        )
        #expect(path.code == 1)
    }

    @Test func hasHelp() async throws {
        for arguments in [["credentials"], ["credentials", "test"]] {
            let help = try await sandbox.wafer(arguments + ["--help"])
            #expect(help.text.contains("EXAMPLE"))
            #expect(help.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        }
    }
}
