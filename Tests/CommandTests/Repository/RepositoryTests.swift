import Foundation
import SystemPackage
import Testing

@Suite struct RepositoryTests {
    let sandbox: Sandbox

    init() async throws {
        sandbox = try Sandbox()
        try await sandbox.succeed("init")
    }

    private var home: String { sandbox.path.string }

    @Test func createsAndRegisters() async throws {
        let text = try await sandbox.succeed(
            "repository",
            "create",
            "cd.cern.ch",
            "--storage",
            "srv",
            "--url",
            "http://h/c"
        )
        #expect(text.hasPrefix("created cd.cern.ch, revision 1, in \(home)/srv\n"))
        #expect(text.contains("keys: \(home)/.config/wafer/keys\n"))
        #expect(
            try await sandbox.succeed("repository", "list", "-z") == """
                fqrn,storage,keys,url,publisher,compression
                cd.cern.ch,\(home)/srv,\(home)/.config/wafer/keys,http://h/c,native,balanced

                """
        )
        let info = try await sandbox.succeed("repository", "info", "cd.cern.ch")
        #expect(info.contains("\nRevision          1\n"))
        #expect(info.contains("\nWhitelist Expires 2"))
        #expect(
            try await sandbox.succeed("repository", "info", "cd.cern.ch", "--format", "json").contains(
                "\"revision\" : 1"
            )
        )
        #expect(
            try await sandbox.succeed("repository", "check", "cd.cern.ch").hasPrefix(
                "cd.cern.ch is sound: 1 catalog, 1 entry, "
            )
        )
    }

    @Test func errorsNameAPathFromTheRoot() async throws {
        try await withRepository("cd.cern.ch") { sandbox in
            for (command, path) in [("ls", "nope"), ("ls", "/nope"), ("cat", "/nope"), ("cat", "nope/")] {
                let outcome = try await sandbox.wafer("repository", command, "cd.cern.ch", path)
                #expect(outcome.code == 1)
                #expect(outcome.errors == "wafer: error: /nope does not exist in the repository\n")
            }
        }
    }

    @Test func needsTheDatabaseFirstAndMakesNothingWithoutIt() async throws {
        let outcome = try await sandbox.wafer("repository", "create", "x.org", "--storage", "s", "--database", "none")
        #expect(outcome.code == 1)
        #expect(outcome.errors.contains("run `wafer init`"))
        #expect(!FileManager.default.fileExists(atPath: "\(home)/s"))
    }

    @Test func refusesWhatWouldDoHarm() async throws {
        try await sandbox.succeed("repository", "create", "a.org", "--storage", "a")
        let again = try await sandbox.wafer("repository", "create", "a.org", "--storage", "b")
        #expect(again.errors == "wafer: error: repository a.org is already registered\n")
        let full = try await sandbox.wafer("repository", "create", "b.org", "--storage", "a")
        #expect(full.errors.contains("is not empty"))
        let keys = try await sandbox.wafer("repository", "create", "c.org", "--storage", "c", "--keys", "c/keys")
        #expect(keys.errors.contains("inside the storage"))
        let name = try await sandbox.wafer("repository", "create", "../d", "--storage", "d")
        #expect(name.errors.contains("cannot name a repository"))
        for outcome in [again, full, keys, name] {
            #expect(outcome.code == 1)
            #expect(outcome.errors.split(separator: "\n").count == 1)
        }
        #expect(try await sandbox.succeed("repository", "list", "-z").split(separator: "\n").count == 2)
    }

    @Test func registersWhatIsThereAfterVerifyingIt() async throws {
        try await sandbox.succeed("repository", "create", "a.org", "--storage", "a", "--keys", "k")
        try await sandbox.succeed("init", "--database", "other")
        try await sandbox.succeed("repository", "create", "b.org", "--storage", "b", "--keys", "l")
        let added = try await sandbox.succeed(
            "repository",
            "add",
            "a.org",
            "--storage",
            "a",
            "--keys",
            "k",
            "--database",
            "other"
        )
        #expect(added == "registered a.org, revision 1\n")
        // Another master key does not vouch for it.
        _ = try await sandbox.shell(
            "cp l/b.org.pub k2.pub; mkdir m; cp k/a.org.crt k/a.org.key m; cp k2.pub m/a.org.pub"
        )
        try await sandbox.succeed("init", "--database", "third")
        let wrong = try await sandbox.wafer(
            "repository",
            "add",
            "a.org",
            "--storage",
            "a",
            "--keys",
            "m",
            "--database",
            "third"
        )
        #expect(wrong.code == 1)
        #expect(wrong.errors.contains("not signed by the master key"))
        #expect(
            try await sandbox.succeed("repository", "list", "-z", "--database", "third").split(separator: "\n").count
                == 1
        )
    }

    @Test func renewsTheWhitelist() async throws {
        try await sandbox.succeed("repository", "create", "a.org", "--storage", "a", "--keys", "k")
        #expect(
            try await sandbox.succeed("repository", "resign", "a.org").hasPrefix(
                "the whitelist of a.org is valid until 20"
            )
        )
        _ = try await sandbox.shell("mv k/a.org.masterkey elsewhere")
        let without = try await sandbox.wafer("repository", "resign", "a.org")
        #expect(without.code == 1)
        #expect(without.errors.contains("renew the whitelist where it lives"))
    }

    @Test func tellsOfARepositoryThatIsNotRegistered() async throws {
        for command in ["info", "resign", "ls", "check"] {
            let outcome = try await sandbox.wafer("repository", command, "x.org")
            #expect(outcome.code == 1)
            #expect(
                outcome.errors
                    == "wafer: error: repository x.org is not registered: `wafer repository create x.org --storage DIR`\n"
            )
        }
    }

    @Test func checkFindsAFault() async throws {
        try await sandbox.succeed("repository", "create", "a.org", "--storage", "a")
        _ = try await sandbox.shell("for f in a/data/*/*C; do chmod u+w $f; printf x >> $f; done")
        let outcome = try await sandbox.wafer("repository", "check", "a.org")
        #expect(outcome.code == 1)
        #expect(outcome.text.contains("a.org has "))
        #expect(outcome.errors == "")
        let json = try await sandbox.wafer("repository", "check", "a.org", "--format", "json")
        #expect(json.code == 1)
        #expect(json.text.contains("\"sound\" : false"))
    }
}
