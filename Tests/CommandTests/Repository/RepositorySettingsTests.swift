import Foundation
import SystemPackage
import TestSupport
import Testing

/// What a repository is created with, and what its keys and its log say.
@Suite struct RepositorySettingsTests {
    private static let fqrn = "cd.cern.ch"

    private func info(_ sandbox: Sandbox, _ fqrn: String = Self.fqrn) async throws -> [String: Any] {
        let text = try await sandbox.succeed("repository", "info", fqrn, "--format", "json")
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("a whole life with SHAKE-128, pieces and catalogs of other sizes", .timeLimit(.minutes(5)))
    func shake() async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        try await sandbox.succeed(
            "repository",
            "create",
            Self.fqrn,
            "--storage",
            "srv",
            "--hash",
            "shake128",
            "--chunks",
            "64K:128K:256K",
            "--catalog-entries",
            "200:20"
        )
        let made = try await sandbox.shell(
            """
            mkdir -p t/big t/d1 t/d2 && head -c 2000000 /dev/urandom >t/big/random && cd t &&
            for i in $(seq 150); do echo $i >d1/$i; echo $i >d2/$i; done && cd .. && tar -cf t.tar -C t . && cat t/big/random
            """
        )
        #expect(made.code == 0)
        try await sandbox.succeed("repository", "ingest", Self.fqrn, "/t", "t.tar")
        #expect(try await sandbox.wafer("repository", "cat", Self.fqrn, "/t/big/random").output == made.output)
        var facts = try await info(sandbox)
        #expect(facts["hash_algorithm"] as? String == "shake128")
        #expect(facts["chunks"] as? String == "65536:131072:262144" && facts["catalog_entries"] as? String == "200:20")
        // The root's, that of /t and at least one of those below.
        #expect(facts["catalogs"] as? Int ?? 0 >= 3)
        let row = try await sandbox.succeed("repository", "ls", Self.fqrn, "/t/d1", "-z")
        #expect(row.contains("-shake128"))
        try await sandbox.succeed("repository", "ingest", Self.fqrn, "/one", "t.tar", "--catalog-entries", "100000")
        #expect(try await info(sandbox)["catalogs"] as? Int == (facts["catalogs"] as? Int ?? 0) + 1)
        try await InMemoryRegistry.with { registry in
            let large = TarBuilder.archive { $0.file("large", RawBytes(Array(made.output.reversed()))) }
            try registry.addImage("app", tag: "1", layers: [.tar(large)])
            try await sandbox.succeed(
                "add-desiderata",
                "-i",
                registry.reference("app:1"),
                "-o",
                registry.reference("thin:1"),
                "-r",
                Self.fqrn
            )
        }
        let pieces = try FileManager.default.subpathsOfDirectory(atPath: sandbox.path.appending("srv/data").string)
            .filter { $0.hasSuffix("-shake128P") }
        // Both files of 2 MB, in pieces of 128 KiB on average.
        #expect((20...62).contains(pieces.count))
        try await sandbox.succeed("repository", "tag", "add", Self.fqrn, "before")
        try await sandbox.succeed("repository", "rm", Self.fqrn, "/t/d1/7")
        try await sandbox.succeed("repository", "rollback", Self.fqrn, "before", "--force")
        #expect(try await sandbox.succeed("repository", "cat", Self.fqrn, "/t/d1/7") == "7\n")
        try await sandbox.succeed("repository", "metainfo", "set", Self.fqrn, "-", input: #"{"email": "a@b"}"#)
        #expect(try await sandbox.succeed("repository", "metainfo", "show", Self.fqrn) == "{\"email\": \"a@b\"}\n")
        #expect(try await sandbox.succeed("repository", "rotate-key", Self.fqrn).contains("signed with a new key"))
        try await sandbox.succeed("repository", "resign", Self.fqrn)
        facts = try await info(sandbox)
        #expect(facts["metainfo"] as? String == #"{"email": "a@b"}"#)
        let log = try await sandbox.succeed("repository", "log", Self.fqrn, "-z")
        let revision = try #require(facts["revision"] as? Int)
        #expect(log.split(separator: "\n").count == revision + 1)
        #expect(log.contains("\(revision),"))
        #expect(
            try await sandbox.succeed("repository", "log", Self.fqrn, "-z", "--limit", "2").split(separator: "\n").count
                == 3
        )
        #expect(try await sandbox.succeed("repository", "log", Self.fqrn, "-z", "--tag-databases").contains("before"))
        #expect(try await sandbox.succeed("repository", "check", Self.fqrn).contains("is sound"))
        #expect(try await sandbox.faults(in: Self.fqrn) == [])
    }

    @Test func theWhitelistIsRenewedWithoutTheMasterKey() async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv")
        let outcome = try await sandbox.shell(
            """
            mkdir away && mv .config/wafer/keys/*.masterkey away/k && ! "$wafer" repository rotate-key \(Self.fqrn) &&
            "$wafer" repository whitelist request \(Self.fqrn) >request && cd away &&
            bash -c '"$wafer" repository whitelist sign <(cat ../request) --master-key <(cat k) --days 7' >../whitelist &&
            cd .. && mkfifo pipe && ! "$wafer" repository whitelist install \(Self.fqrn) pipe &&
            cat whitelist | "$wafer" repository whitelist install \(Self.fqrn) /dev/stdin &&
            "$wafer" repository rotate-key \(Self.fqrn)
            """
        )
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("`wafer repository whitelist request \(Self.fqrn)`"))
        #expect(outcome.errors.contains("signed for \(Self.fqrn), valid until 20"))
        #expect(outcome.errors.contains("cannot read pipe: it is a FIFO, not a file"))
        #expect(outcome.text.contains("is signed with a new key"))
        #expect(try await sandbox.faults(in: Self.fqrn) == [])
        let bad = try await sandbox.shell(
            "echo x >>whitelist; \"$wafer\" repository whitelist install \(Self.fqrn) whitelist"
        )
        #expect(bad.code == 1 && bad.errors.contains("not signed by the master key"))
    }

    @Test(
        "values that make no sense are usage errors that name the rule",
        arguments: [
            (["--chunks", "3"], "65536 to 16777216 bytes"), (["--chunks", "3M:2M:4M"], "grow in this order"),
            (["--chunks", "1M:2M"], "give one size, or"), (["--chunks", "x"], "are no sizes"),
            (["--chunks", "1M:2M:32M"], "16777216 bytes"), (["--catalog-entries", "3"], "100 to 10000000"),
            (["--catalog-entries", "1000:600"], "half of it"), (["--catalog-entries", "x"], "are no limits"),
            (["--hash", "rmd160"], "'sha1' and 'shake128'"),
        ]
    )
    func usage(_ options: [String], _ rule: String) async throws {
        let sandbox = try Sandbox()
        let outcome = try await sandbox.wafer(["repository", "create", "x.org", "--storage", "s"] + options)
        #expect(outcome.code == 64 && outcome.errors.contains(rule), "\(outcome.errors)")
    }

    @Test func showsRepositoriesOfOthersWithSeveralMasterKeys() async throws {
        let sandbox = try Sandbox()
        let hand = try await HandMadeRepository(
            in: sandbox.path.appending("hand"),
            ["--hash", "rmd160", "--virtual", "--alternative"]
        )
        let fqrn = HandMadeRepository.fqrn
        try await sandbox.succeed("init")
        _ = try await sandbox.shell("mkdir keys trust && mv hand/keys/*.pub trust && cp hand/keys/*.crt keys")
        let arguments = ["repository", "add", fqrn, "--storage", "hand/storage", "--keys", "keys"]
        #expect(try await sandbox.wafer(arguments).errors.contains("no public key at"))
        #expect(
            try await sandbox.wafer(arguments + ["--master-keys", "trust"]).text == "registered \(fqrn), revision 2\n"
        )
        #expect(try await info(sandbox, fqrn)["master_keys"] as? String == sandbox.path.appending("trust").string)
        #expect(try await sandbox.succeed("repository", "check", fqrn).contains("is sound"))
        #expect(try await !sandbox.succeed("repository", "ls", fqrn, "-R").contains(".cvmfs/"))
        let snapshot = "/.cvmfs/snapshots/first"
        #expect(
            try await sandbox.succeed("repository", "ls", fqrn, snapshot, "-R").contains(
                ".cvmfs/snapshots/first/sub/deep/inner\n"
            )
        )
        #expect(try await sandbox.succeed("repository", "cat", fqrn, "\(snapshot)/hello") == "hello 1\n")
        let sum = try await ExternalTool.run(
            "sha256sum",
            input: try await sandbox.wafer("repository", "cat", fqrn, "/bulk").output
        )
        #expect(try String(decoding: sum.prefix(64), as: UTF8.self) == hand.contents()["/bulk"])
        let refused = try await sandbox.wafer("repository", "rm", fqrn, "/hello")
        #expect(refused.code == 1 && refused.errors.contains("RIPEMD-160, which Wafer only reads"))
    }
}
