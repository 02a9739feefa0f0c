import Foundation
import TestSupport
import Testing

@Suite struct UserTests {
    let sandbox: Sandbox

    init() async throws {
        sandbox = try Sandbox()
        try await sandbox.succeed("init")
    }

    @Test func printsTheDocumentsTable() async throws {
        let added = try await sandbox.wafer(
            "add-user",
            "--username",
            "foo",
            "--password",
            "secret",
            "--registry",
            "docker.foo.bar.com",
            "--keep-password"
        )
        #expect(added.code == 0)
        #expect(added.text == "")
        #expect(added.errors.contains("warning: --password shows the password in the process list"))
        #expect(!added.errors.contains("secret"))
        #expect(try await sandbox.succeed("list-users") == Samples.users)
    }

    @Test(arguments: ["list-user", "ls-user", "ls-users", "user-ls", "users-ls"])
    func hasTheOriginalsAliases(_ name: String) async throws {
        #expect(try await sandbox.succeed(name, "-z") == "user,registry\n")
    }

    @Test func emptyTableHasItsHeaders() async throws {
        #expect(
            try await sandbox.succeed("list-users") == """
                +------+----------+
                | USER | REGISTRY |
                +------+----------+

                """
        )
        #expect(try await sandbox.succeed("list-users", "--format", "json") == "[]\n")
    }

    @Test func refusesWhatCannotBeSent() async throws {
        let name = try await sandbox.wafer("add-user", "-u", "a:b", "-r", "r.org", "--password-stdin", input: "hush")
        #expect(name.code == 64)
        #expect(name.errors.contains("--username: the name of the user must not have a \":\" in it"))
        let word = try await sandbox.wafer("add-user", "-u", "a", "-r", "r.org", "--password-stdin", input: "hu\nsh")
        #expect(word.code == 1)
        #expect(word.errors.contains("must not have control characters in it: nothing was stored"))
        #expect(!word.errors.contains("hu\\"))
        #expect(try await sandbox.succeed("list-users", "-z") == "user,registry\n")
    }

    @Test func readsThePasswordFromTheStandardInput() async throws {
        let first = try await sandbox.wafer(
            "add-user",
            "-u",
            "foo",
            "-r",
            "docker.io",
            "--password-stdin",
            "--keep-password",
            input: "a\n"
        )
        #expect(first.code == 0)
        #expect(first.errors.contains("made the key file"))
        let second = try await sandbox.succeed(
            "add-user",
            "-u",
            "foo",
            "-r",
            "https://registry.hub.docker.com/",
            "--password-stdin",
            "--keep-password",
            input: "b"
        )
        #expect(second == "replaced the password of foo at registry.hub.docker.com\n")
        #expect(try await sandbox.succeed("list-users", "-z") == "user,registry\nfoo,registry.hub.docker.com\n")
    }

    @Test func showsWhatIsStoredOfEach() async throws {
        try await InMemoryRegistry.with(.token(["ann": "pass-word-1"])) { registry in
            registry.faults.refreshTokens = .get
            for (name, host) in [("ann", registry.url), ("bob", "r.org")] {
                let more = name == "bob" ? ["--keep-password"] : []
                let added = try await sandbox.wafer(
                    ["add-user", "-u", name, "-r", host, "--password-stdin"] + more,
                    input: "pass-word-1"
                )
                #expect(added.code == 0)
            }
            let token = try #require(registry.refreshTokens.first)
            let csv = try await sandbox.succeed("list-users", "--long", "-z")
            #expect(
                csv == "user,registry,stored,plain_http\nann,\(registry.host),token,true\nbob,r.org,password,false\n"
            )
            #expect(try await sandbox.succeed("list-users", "-z") == "user,registry\nann,\(registry.host)\nbob,r.org\n")
            let table = try await sandbox.succeed("list-users", "-l")
            #expect(table.contains("|  STORED  | WITHOUT TLS |") && table.contains("| token    | true        |"))
            let json = try await sandbox.succeed("list-users", "--format", "json")
            #expect(json.contains(#""stored" : "token""#) && json.contains(#""stored" : "password""#))
            #expect(json.contains(#""plain_http" : true"#))
            for text in [csv, table, json] {
                #expect(!text.contains(token) && !text.contains("pass-word-1"))
            }
        }
    }

    @Test func refusesWhatIsNoPassword() async throws {
        let empty = try await sandbox.wafer(
            "add-user",
            "-u",
            "u",
            "-r",
            "r.org",
            "--password-stdin",
            "--keep-password",
            input: "\n"
        )
        #expect(empty.code == 1)
        #expect(empty.errors == "wafer: error: the password is empty: nothing was stored\n")
        let nothing = try await sandbox.wafer("add-user", "-u", "u", "-r", "r.org")
        #expect(nothing.code == 64)
        #expect(nothing.errors.contains("use --password-stdin"))
        let both = try await sandbox.wafer("add-user", "-u", "u", "-r", "r.org", "--password-stdin", "-p", "x")
        #expect(both.code == 64)
        #expect(try await sandbox.succeed("list-users", "-z") == "user,registry\n")
    }

    @Test func thePasswordIsInNoFileInClear() async throws {
        try await sandbox.succeed(
            "add-user",
            "-u",
            "u",
            "-r",
            "r.org",
            "--password-stdin",
            "--keep-password",
            input: "hunter-two-secret"
        )
        let found = try await sandbox.shell("grep -r hunter-two . ; true")
        #expect(found.text == "")
        let modes = try await sandbox.shell("stat -c %a docker2cvmfs_archive.sqlite .config/wafer/credentials.key")
        #expect(modes.text == "600\n600\n")
    }

    @Test func removesAUser() async throws {
        try await sandbox.succeed(
            "add-user",
            "-u",
            "u",
            "-r",
            "r.org:5000",
            "--password-stdin",
            "--keep-password",
            input: "x"
        )
        let other = try await sandbox.wafer("remove-user", "-u", "u", "-r", "r.org")
        #expect(other.code == 1)
        #expect(other.errors.contains("no user u at r.org: add it with `wafer add-user`"))
        try await sandbox.succeed("remove-user", "-u", "u", "-r", "R.org:5000")
        #expect(try await sandbox.succeed("list-users", "-z") == "user,registry\n")
    }

    @Test func quotesCSVAndShowsNoControlCharacters() async throws {
        try await sandbox.succeed(
            "add-user",
            "-u",
            "a,\"b\"",
            "-r",
            "r.org",
            "--password-stdin",
            "--keep-password",
            input: "x"
        )
        try await sandbox.succeed(
            "add-user",
            "-u",
            "c\u{202e}",
            "-r",
            "r.org",
            "--password-stdin",
            "--keep-password",
            input: "x"
        )
        let csv = try await sandbox.succeed("list-users", "-z")
        #expect(csv == "user,registry\n\"a,\"\"b\"\"\",r.org\nc\\xe2\\x80\\xae,r.org\n")
        let table = try await sandbox.succeed("list-users")
        #expect(table.contains("| c\\xe2\\x80\\xae | r.org    |"))
    }
}
