import Foundation
import TestSupport
import Testing

/// What is found at a repository that Wafer writes itself.
@Suite(.timeLimit(.minutes(5))) struct DoctorTests {
    private static let fqrn = "cd.cern.ch"

    /// A whitelist that was valid once, in the repository's own form.
    private static let expire = """
        fqrn=\(fqrn); list=srv/.cvmfswhitelist
        sed '/^--$/,$d' $list | sed 's/^E.*/E20200101000000/' > body && printf %s "$(sha1sum < body | cut -c1-40)" > hash &&
        openssl pkeyutl -sign -inkey keys/$fqrn.masterkey -in hash -out signature &&
        (cat body; echo --; cat hash; echo; cat signature) > $list
        """

    @Test func findsWhatIsWellAndWhatIsNot() async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv", "--keys", "keys")
        let doctor = try await sandbox.wafer("doctor", Self.fqrn)
        #expect(doctor.code == 0, "\(doctor.text)")
        #expect(doctor.text.hasPrefix("ok  repository: revision 1, published by native, "))
        #expect(doctor.text.contains("ok  whitelist: until "))
        let json = try await sandbox.succeed("doctor", Self.fqrn, "--format", "json")
        #expect(json.contains(/"healthy" ?: ?true/), "\(json)")
        let sign = """
            "$wafer" repository whitelist request \(Self.fqrn) > request &&
            "$wafer" repository whitelist sign request --master-key keys/\(Self.fqrn).masterkey --days 1 > list &&
            "$wafer" repository whitelist install \(Self.fqrn) list
            """
        #expect(try await sandbox.shell(sign).code == 0)
        let soon = try await sandbox.wafer("doctor", Self.fqrn)
        #expect(soon.code == 0 && soon.text.contains("warning  whitelist: expires at "), "\(soon.text)")
        #expect(try await sandbox.shell(Self.expire).code == 0)
        let expired = try await sandbox.wafer("doctor", Self.fqrn)
        #expect(expired.code == 1 && expired.text.contains("failed  whitelist: expired at 2020-"), "\(expired.text)")
        _ = try await sandbox.shell("rm keys/\(Self.fqrn).crt; rm srv/.cvmfswhitelist")
        let broken = try await sandbox.wafer("doctor", Self.fqrn)
        #expect(broken.code == 1)
        #expect(broken.text.contains("failed  whitelist: ") && broken.text.contains("failed  keys: missing: "))
    }

    /// As an older version left it under a mask of 077.
    @Test func aStorageThatOthersCannotReadIsSaid() async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "a/it's/srv", "--keys", "keys")
        let well = try await sandbox.succeed("doctor", Self.fqrn)
        #expect(well.contains("ok  storage: every user can read ") && well.contains("ok  workspace: "), "\(well)")
        for path in ["a", "a/it\\'s/srv", "a/it\\'s/srv/data", "a/it\\'s/srv/.cvmfspublished", "a/it\\'s/srv/data/7f"] {
            let close = try await sandbox.shell("chmod go-rwx \(path)")
            #expect(close.code == 0, "\(close.errors)")
            try await mend(sandbox, "storage", "not every user can ")
        }
        let all = "find a -type d -exec chmod 700 {} + && find a -type f -exec chmod 600 {} +"
        #expect(try await sandbox.shell(all).code == 0)
        try await mend(sandbox, "storage", "not every user can read ")
        let objects = try await sandbox.shell("chmod 600 a/*/srv/data/*/*; ls a/*/srv/data/*/* | wc -l")
        let count = try #require(Int(objects.text.trimmingCharacters(in: .whitespacesAndNewlines)))
        try await mend(sandbox, "storage", " and \(count - 1) more seen in ")
        #expect(try await sandbox.shell("find a/*/srv ! -perm -a+r -o -type d ! -perm -a+x").text == "")
    }

    @Test func aFolderThatEverybodyMayWriteToIsSaid() async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "a/srv", "--keys", "keys")
        #expect(try await sandbox.shell("chmod 1777 a").code == 0)
        #expect(try await sandbox.succeed("doctor", Self.fqrn).contains("ok  workspace: "))
        #expect(try await sandbox.shell("chmod 777 a").code == 0)
        try await mend(sandbox, "workspace", "every user may write to ")
    }

    @Test func aWorkspaceThatPublishingRefusesIsSaid() async throws {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv", "--keys", "keys")
        for command in ["mkdir -p srv.wafer && chmod 777 srv.wafer", "rm -r srv.wafer && ln -s keys srv.wafer"] {
            #expect(try await sandbox.shell(command).code == 0)
            let outcome = try await sandbox.wafer("doctor", Self.fqrn)
            #expect(outcome.code != 0 && outcome.text.contains("failed  workspace: "), "\(outcome.text)")
        }
    }

    @Test func aUserOfTwoImagesIsSaidOnce() async throws {
        try await InMemoryRegistry.with(.basic(["foo": "very secret"])) { registry in
            let sandbox = try Sandbox()
            try await sandbox.succeed("init")
            let user = ["-u", "foo", "-r", registry.host, "--password-stdin"]
            #expect(try await sandbox.wafer(["add-user"] + user, input: "very secret").code == 0)
            try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv", "--keys", "keys")
            try registry.addImage("app", tag: "1", layers: [Layers.base])
            // The input names nobody, for whom there are variables, and the output the database's user.
            let variables = [
                "WAFER_REGISTRY_X_HOST": registry.host, "WAFER_REGISTRY_X_USER": "foo",
                "WAFER_REGISTRY_X_PASSWORD": "very secret",
            ]
            let images = ["-i", registry.reference("app:1"), "-o", registry.reference("thin/app:1"), "-b", "foo"]
            let add = ["add-desiderata", "-r", Self.fqrn, "--no-convert"] + images
            let added = try await sandbox.wafer(add, environment: variables)
            try #require(added.code == 0, "\(added.errors)")
            let doctor = try await sandbox.wafer("doctor", Self.fqrn, environment: variables)
            #expect(doctor.text.matches(of: /: lets foo in/).count == 1, "\(doctor.text)\(doctor.errors)")
        }
    }

    /// Does what is said to do, after which nothing is.
    private func mend(_ sandbox: Sandbox, _ check: String, _ words: String) async throws {
        let outcome = try await sandbox.wafer("doctor", Self.fqrn)
        let line = outcome.text.split(separator: "\n").first { $0.hasPrefix("warning  \(check): ") }
        let warning = String(try #require(line, "\(outcome.text)\(outcome.errors)"))
        #expect(outcome.code == 0 && warning.contains(words), "\(warning)")
        let command = try #require(warning.firstMatch(of: /; to do: `(.+)`$/)).output.1
        let done = try await sandbox.shell(String(command))
        #expect(done.code == 0, "\(command): \(done.errors)")
        #expect(try await sandbox.succeed("doctor", Self.fqrn).contains("ok  \(check): "))
    }

    @Test(.enabled("mounting is not allowed here", MountNamespace.isAllowed)) func littleSpaceIsSaid() async throws {
        let script = """
            set -e
            mkdir disk && mount -t tmpfs -o size=1g none disk
            "$wafer" init >log
            "$wafer" repository create \(Self.fqrn) --storage disk/srv >log
            "$wafer" doctor \(Self.fqrn)
            mount -o remount,size=100m disk
            "$wafer" doctor \(Self.fqrn) || echo status $?
            """
        let sandbox = try Sandbox()
        let outcome = try await MountNamespace.shell(script, in: sandbox)
        let lines = outcome.text.split(separator: "\n").filter { $0.contains(/space in storage|^status/) }
        try #require(lines.count == 3, "\(outcome.text)\(outcome.errors)")
        #expect(lines[0].hasPrefix("warning  space in storage: ") && lines[0].contains("large layers may not fit"))
        #expect(lines[1].hasPrefix("failed  space in storage: ") && lines[1].hasSuffix("make room there"), "\(lines)")
        #expect(lines[2] == "status 1")
    }
}
