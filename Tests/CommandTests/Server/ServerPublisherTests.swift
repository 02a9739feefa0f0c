import Foundation
import SystemPackage
import TestSupport
import Testing

/// Commands that publish through `cvmfs_server`, with the stand-in for it.
@Suite(.timeLimit(.minutes(5))) struct ServerPublisherTests {
    private static let fqrn = "cd.cern.ch"

    private struct Machine: Sendable {
        let sandbox: Sandbox
        let server: StandInServer

        var environment: [String: String] { ["CVMFS_SERVER": server.program.string] }

        func wafer(_ arguments: String...) async throws -> Sandbox.Outcome {
            try await sandbox.wafer(arguments, environment: environment)
        }

        @discardableResult
        func succeed(_ arguments: String...) async throws -> Sandbox.Outcome {
            let outcome = try await sandbox.wafer(arguments, environment: environment)
            try #require(outcome.code == 0, "\(arguments): \(outcome.errors)")
            return outcome
        }

        /// `wafer` in the background; what a script does to it.
        func shell(_ script: String) async throws -> Sandbox.Outcome {
            try await sandbox.shell(
                "CVMFS_SERVER='\(server.program)'; export CVMFS_SERVER; cd '\(sandbox.path)'; \(script)"
            )
        }
    }

    /// A registered repository, and an archive `t.tar`.
    private func machine(attach: Bool = true) async throws -> Machine {
        let sandbox = try Sandbox()
        let server = try await StandInServer(in: sandbox.path, fqrn: Self.fqrn)
        let machine = Machine(sandbox: sandbox, server: server)
        try await machine.succeed("init")
        _ = try await sandbox.shell(
            "mkdir keys t && touch keys/\(Self.fqrn).pub keys/\(Self.fqrn).key keys/\(Self.fqrn).crt && echo a > t/a && "
                + "ln t/a t/b && tar -cf t.tar -C t ."
        )
        if attach {
            try await machine.succeed("repository", "attach", Self.fqrn, "--config-dir", etc(server), "--keys", "keys")
        }
        return machine
    }

    private func etc(_ server: StandInServer) -> String { server.configurations.string }

    @Test func attachesWhatOnlyTheServerCanWrite() async throws {
        let machine = try await machine(attach: false)
        let attach = ["repository", "attach", Self.fqrn, "--config-dir", etc(machine.server)]
        let native = try await machine.sandbox.wafer(
            attach + ["--publisher", "native"],
            environment: machine.environment
        )
        #expect(native.code == 1 && native.errors.contains("neither S3 nor a gateway"))
        let attached = try await machine.sandbox.wafer(attach, environment: machine.environment)
        #expect(attached.code == 0, "\(attached.errors)")
        #expect(attached.text.contains("attached \(Self.fqrn), revision 1, "))
        #expect(
            attached.text.contains(
                "\npublisher: cvmfs_server, since Wafer itself cannot write it: CVMFS_UPSTREAM_STORAGE"
            )
        )
        let list = try await machine.succeed("repository", "list", "-z")
        #expect(list.text.contains("cvmfs_server") && list.text.contains("S3,/tmp,"))
        let ls = try await machine.wafer("repository", "ls", Self.fqrn, "/")
        #expect(
            ls.code == 1 && ls.errors.contains("http://127.0.0.1:9/cvmfs/\(Self.fqrn)/.cvmfspublished cannot be read")
        )
    }

    @Test func ingestsAndSaysWhatIsLost() async throws {
        let machine = try await machine()
        let ingested = try await machine.succeed("repository", "ingest", Self.fqrn, "/tool", "t.tar")
        #expect(ingested.text.hasPrefix("tool in \(Self.fqrn), revision 2: 3 entries"))
        #expect(ingested.errors.contains("not all of it is stored: 2 hard links as files of their own"))
        #expect(ingested.errors.contains("cvmfs_server ingest: Signing new manifest"))
        let again = try await machine.wafer("repository", "ingest", Self.fqrn, "/tool", "t.tar")
        #expect(again.code == 1 && again.errors.contains("--replace"))
        try await machine.succeed("repository", "ingest", Self.fqrn, "/tool", "t.tar", "--replace")
        #expect(try machine.server.calls() == ["ingest", "ingest", "ingest"])
    }

    /// Whoever chose it does not get native edits.
    @Test func editsThroughTheServer() async throws {
        let machine = try await machine()
        try await machine.succeed("repository", "ingest", Self.fqrn, "/tool", "t.tar")
        let removed = try await machine.succeed("repository", "rm", Self.fqrn, "/tool/a")
        #expect(removed.text == "removed tool/a\n\(Self.fqrn), revision 3\n")
        let absent = try await machine.wafer("repository", "rm", Self.fqrn, "/tool/a")
        #expect(absent.code == 1 && absent.errors.contains("tool/a does not exist in the repository"))
        let tag = try await machine.succeed("repository", "tag", "add", Self.fqrn, "v1", "--description", "one")
        #expect(tag.text == "added the tag v1: revision 3 of \(Self.fqrn)\n")
        let again = try await machine.wafer("repository", "tag", "add", Self.fqrn, "v1")
        #expect(again.code == 1 && again.errors.contains("exists already"))
        try await machine.succeed("repository", "tag", "remove", Self.fqrn, "v1")
        let metainfo = try await machine.sandbox.wafer(
            ["repository", "metainfo", "set", Self.fqrn, "-"],
            input: "{}",
            environment: machine.environment
        )
        #expect(metainfo.text == "published the meta info of \(Self.fqrn)\n", "\(metainfo.errors)")
        let rollback = try await machine.wafer("repository", "rollback", Self.fqrn, "v1", "--force")
        #expect(rollback.code == 1 && rollback.errors.contains("`cvmfs_server rollback -t v1 \(Self.fqrn)` does it"))
        #expect(try machine.server.calls().filter { $0 != "tag" } == ["ingest", "ingest", "update-repoinfo"])
    }

    @Test(arguments: ["INT", "TERM"])
    func editingEndsWithoutATransactionWhenAsked(signal: String) async throws {
        let machine = try await machine()
        try await machine.succeed("repository", "ingest", Self.fqrn, "/tool", "t.tar")
        try machine.server.breakOnce("ingest hang")
        let outcome = try await machine.shell(
            """
            "$wafer" repository rm \(Self.fqrn) /tool/a & process=$!
            until [ -e '\(machine.server.flag)' ]; do sleep 0.05; done
            kill -\(signal) $process; wait $process; echo status $?
            """
        )
        #expect(outcome.text.contains("status ") && !outcome.text.contains("status 0"), "\(outcome.text)")
        #expect(!machine.server.isInTransaction)
        #expect(try machine.server.calls() == ["ingest", "ingest", "abort"])
        try await machine.succeed("repository", "rm", Self.fqrn, "/tool/a")
    }

    /// A process is killed, and the `cvmfs_server` that it ran with it: what stays is in a transaction.
    @Test func abortsWhatAKilledProcessLeft() async throws {
        let machine = try await machine()
        try machine.server.breakOnce("ingest hang")
        let killed = try await machine.shell(
            """
            "$wafer" repository ingest \(Self.fqrn) /tool t.tar & process=$!
            until grep -q '"opened"' '\(machine.server.mark)' 2>/dev/null; do sleep 0.05; done
            kill -9 $process; kill -9 $(tail -1 '\(machine.server.folder)/calls' | cut -d' ' -f1); wait $process; true
            """
        )
        #expect(killed.code == 0, "\(killed.errors)")
        #expect(machine.server.isInTransaction)
        let doctor = try await machine.wafer("doctor", Self.fqrn)
        #expect(doctor.text.contains("warning  transaction: Wafer's own is open: process "))
        #expect(machine.server.isInTransaction)
        let next = try await machine.succeed("repository", "ingest", Self.fqrn, "/tool", "t.tar")
        #expect(next.errors.contains("aborted a transaction on \(Self.fqrn) that Wafer (process "), "\(next.errors)")
        #expect(!machine.server.isInTransaction)
        #expect(try machine.server.calls() == ["ingest", "abort", "ingest"])
    }

    @Test(arguments: ["INT", "TERM"])
    func endsWithoutATransactionWhenAsked(signal: String) async throws {
        let machine = try await machine()
        try machine.server.breakOnce("ingest hang")
        let outcome = try await machine.shell(
            """
            "$wafer" repository ingest \(Self.fqrn) /tool t.tar & process=$!
            until [ -e '\(machine.server.flag)' ]; do sleep 0.05; done
            kill -\(signal) $process; wait $process; echo status $?
            """
        )
        #expect(outcome.text.contains("status 3"), "\(outcome.text)\(outcome.errors)")
        #expect(!machine.server.isInTransaction)
        #expect(!FileManager.default.fileExists(atPath: machine.server.mark.string))
        #expect(try machine.server.calls() == ["ingest", "abort"])
        try await machine.succeed("repository", "ingest", Self.fqrn, "/tool", "t.tar")
    }

    @Test func askedTwiceStillEndsTheTransactionFirst() async throws {
        let machine = try await machine()
        try machine.server.breakOnce("ingest hang", "abort held")
        let outcome = try await machine.shell(
            """
            "$wafer" repository ingest \(Self.fqrn) /tool t.tar & process=$!
            until [ -e '\(machine.server.flag)' ]; do sleep 0.05; done
            kill -TERM $process
            until grep -q abort '\(machine.server.folder)/calls'; do sleep 0.05; done
            kill -TERM $process; sleep 1; touch '\(machine.server.folder)/proceed'
            wait $process; echo status $?
            """
        )
        #expect(outcome.text.contains("status ") && !outcome.text.contains("status 0"), "\(outcome.text)")
        #expect(outcome.errors.contains("a transaction of cvmfs_server is open: it is published or aborted first"))
        #expect(!machine.server.isInTransaction)
        #expect(!FileManager.default.fileExists(atPath: machine.server.mark.string))
        #expect(try machine.server.calls() == ["ingest", "abort"])
    }

    @Test func doctorFindsAllWell() async throws {
        let machine = try await machine()
        let doctor = try await machine.wafer("doctor", Self.fqrn)
        #expect(doctor.code == 0, "\(doctor.text)\(doctor.errors)")
        for line in [
            "ok  repository: revision 1, published by cvmfs_server, S3,", "ok  keys: ", "  space in spool: ",
            "ok  transaction: none is open", "ok  cvmfs_server: version 2.12.0-standin, stratum0 / S3", "ok  mount: ",
            "ok  desideratas: there are none",
        ] {
            #expect(doctor.text.contains(line), "\(line): \(doctor.text)")
        }
    }

    @Test func doctorFindsWhatIsWrong() async throws {
        let machine = try await machine()
        try machine.server.openTransaction()
        try machine.server.write("state", " - whitelist expired - unhealthy")
        try FileManager.default.removeItem(atPath: machine.sandbox.path.appending("keys/\(Self.fqrn).key").string)
        // A registry that is gone afterwards.
        try await InMemoryRegistry.with { registry in
            try registry.addImage("app", tag: "1", layers: [])
            let (input, output) = (registry.reference("app:1"), registry.reference("thin:1"))
            try await machine.succeed("add-desiderata", "--no-convert", "-i", input, "-o", output, "-r", Self.fqrn)
        }
        let doctor = try await machine.wafer("doctor", Self.fqrn, "--retries", "0")
        #expect(doctor.code == 1)
        for line in [
            "failed  keys: missing: ", "warning  transaction: cvmfs_server has a transaction open",
            "failed  cvmfs_server: version 2.12.0-standin, stratum0 / S3 - in transaction - whitelist expired",
            "to do: `cvmfs_server resign \(Self.fqrn)`", "failed  registry 127.0.0.1:",
        ] {
            #expect(doctor.text.contains(line), "\(line): \(doctor.text)")
        }
        #expect(machine.server.isInTransaction)
        let json = try await machine.wafer("doctor", Self.fqrn, "--retries", "0", "--format", "json")
        #expect(
            json.code == 1 && json.text.contains("\"healthy\" : false") && json.text.contains("\"check\" : \"keys\"")
        )
        let absent = try await machine.sandbox.wafer(
            "doctor",
            Self.fqrn,
            environment: ["CVMFS_SERVER": "no-such-program"]
        )
        #expect(absent.code == 1 && absent.text.contains("failed  cvmfs_server: no-such-program is not installed here"))
    }

    static let troubles: [(String, String, String, String?)] = [
        ("state", " - whitelist unreachable", "to do: start the web server", nil),
        ("state", " - unhealthy", "to do: `cvmfs_server mount \(fqrn)`", nil),
        ("state", " [checked out tag 'a' on branch 'b']", "to do: `cvmfs_server checkout \(fqrn)`", nil),
        ("behind", "  (created with INCOMPATIBLE layout revision 137)", "to do: `cvmfs_server migrate \(fqrn)`", nil),
        (
            "version", "2.6.3", "failed  cvmfs_server: cvmfs_server is version 2.6.3, and 2.7 is needed",
            "cvmfs_server is version 2.6.3, and 2.7 is needed"
        ),
        (
            "listed", "other.example.org", "failed  cvmfs_server: version 2.12.0-standin does not list \(fqrn)",
            "cvmfs_server does not list \(fqrn)"
        ),
    ]

    /// What `cvmfs_server` says of itself; and no repository is attached like that, but where it only has to be mended.
    @Test(arguments: troubles)
    func doctorExplains(file: String, text: String, explanation: String, refusal: String?) async throws {
        let machine = try await machine()
        try machine.server.write(file, text)
        let doctor = try await machine.wafer("doctor", Self.fqrn)
        #expect(doctor.code == 1 && doctor.text.contains(explanation), "\(doctor.text)")
        let attach = try await machine.wafer("repository", "attach", Self.fqrn, "--config-dir", etc(machine.server))
        #expect(attach.code == (refusal == nil ? 0 : 1), "\(attach.text)\(attach.errors)")
        #expect(attach.errors.contains(refusal ?? "cvmfs_server is version 2.12.0-standin"), "\(attach.errors)")
    }

    /// `cvmfs_server list` ends in the middle where another repository is being removed.
    @Test func asksAgainForTheList() async throws {
        let machine = try await machine()
        try machine.server.breakOnce("list fail no such file")
        let once = try await machine.wafer("doctor", Self.fqrn)
        #expect(once.code == 0, "\(once.text)")
        try machine.server.breakOnce("list fail one", "list fail two", "list fail three")
        let doctor = try await machine.wafer("doctor", Self.fqrn)
        #expect(
            doctor.code == 1 && doctor.text.contains("failed  cvmfs_server: cvmfs_server list of "),
            "\(doctor.text)"
        )
        #expect(doctor.text.contains("it said: three"))
    }

    @Test func doctorMissesTheMount() async throws {
        let machine = try await machine()
        try FileManager.default.removeItem(atPath: machine.server.published.string)
        let doctor = try await machine.wafer("doctor", Self.fqrn)
        #expect(doctor.code == 1 && doctor.text.contains("failed  mount: "), "\(doctor.text)")
        #expect(doctor.text.contains("`cvmfs_server mount \(Self.fqrn)` mounts it"), "\(doctor.text)")
    }

    /// Nothing of a gateway's storage is on this machine.
    @Test func attachesBehindAGateway() async throws {
        let sandbox = try Sandbox()
        let server = try await StandInServer(in: sandbox.path, fqrn: Self.fqrn, upstream: StandInServer.gateway)
        let machine = Machine(sandbox: sandbox, server: server)
        try await machine.succeed("init")
        let attached = try await machine.succeed("repository", "attach", Self.fqrn, "--config-dir", etc(server))
        #expect(attached.text.contains("\npublisher: cvmfs_server, since Wafer itself cannot write it: "))
        #expect(attached.text.contains("gateway"), "\(attached.text)")
        _ = try await sandbox.shell("mkdir t && echo a > t/a && tar -cf t.tar -C t .")
        let ingested = try await machine.succeed("repository", "ingest", Self.fqrn, "/tool", "t.tar")
        #expect(ingested.text.hasPrefix("tool in \(Self.fqrn), revision 2: "), "\(ingested.text)")
        #expect(try server.calls() == ["mount", "ingest", "mount"])
        let doctor = try await machine.wafer("doctor", Self.fqrn)
        #expect(!doctor.text.contains("space in storage"), "\(doctor.text)")
    }
}
