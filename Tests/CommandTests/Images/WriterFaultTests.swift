import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// What happens to a publisher from outside: it is killed, the disk fills, it may not write, another one works beside it.
/// What is published stays valid each time, and the next run is like any other.
@Suite(.timeLimit(.minutes(5))) struct WriterFaultTests {
    private static let fqrn = "cd.cern.ch"
    private static let keys = ".config/wafer/keys"

    /// An archive of some files, most of them new in each round.
    private func writeArchive(_ name: String, in sandbox: Sandbox, _ random: inout SeededRandom) throws {
        let archive = TarBuilder.archive { tar in
            tar.file("constant", "the same in every round")
            for number in 0..<40 {
                let words = (0..<Int.random(in: 0..<400, using: &random)).map { _ in random.next() }
                tar.file("files/\(number)", "\(words)")
            }
        }
        try Data(archive).write(to: URL(filePath: sandbox.path.appending(name).string))
    }

    private func expectSound(_ sandbox: Sandbox, afterCrash: Bool, _ comment: String) async throws {
        let excuse = afterCrash ? ["--reflog-may-be-ahead"] : []
        let outcome = try await sandbox.wafer(["repository", "check", Self.fqrn] + excuse)
        #expect(outcome.code == 0, "\(comment): \(outcome.text)\(outcome.errors)")
    }

    private func expectNoRemains(_ sandbox: Sandbox, storage: String = "srv") throws {
        for folder in ["\(storage)/data/txn", "\(storage).wafer/journals"] {
            let path = sandbox.path.appending(folder).string
            #expect(try FileManager.default.contentsOfDirectory(atPath: path) == [], "\(folder)")
        }
    }

    @Test func killedAtAHundredMoments() async throws {
        try await withRepository(Self.fqrn, Sandbox(inMemory: true)) { sandbox in
            var random = SeededRandom(seed: 100)
            try writeArchive("layer.tar", in: sandbox, &random)
            let ingest = ["repository", "ingest", Self.fqrn, "/tool", "layer.tar", "--replace"]
            var start = ContinuousClock.now
            try #require(try await sandbox.wafer(ingest).code == 0)
            var duration = ContinuousClock.now - start
            // A round that was faster than its kill does not count; the machine may be busy or not.
            let moments = Thoroughness.rounds(short: 10, thorough: 100)
            var killed = 0
            for round in 1...(3 * moments) where killed < moments {
                try writeArchive("layer.tar", in: sandbox, &random)
                let moment = duration * Double.random(in: 0...1, using: &random)
                let outcome = try await sandbox.wafer(ingest) { process in
                    try await Task.sleep(for: moment)
                    kill(process, SIGKILL)
                }
                if outcome.code == nil { killed += 1 }
                try await expectSound(sandbox, afterCrash: true, "round \(round), after \(moment)")
                guard round % 5 == 0 else { continue }
                let faults = try await RepositoryChecker.faults(
                    in: sandbox.path.appending("srv"),
                    fqrn: Self.fqrn,
                    keys: sandbox.path.appending(Self.keys),
                    afterCrash: true
                )
                #expect(faults == [], "round \(round)")
                start = .now
                #expect(try await sandbox.wafer(ingest).code == 0, "round \(round)")
                duration = ContinuousClock.now - start
                try await expectSound(sandbox, afterCrash: false, "round \(round)")
                try expectNoRemains(sandbox)
            }
            #expect(killed == moments)
            // The last one repairs what the last kill left; `withRepository` asks the independent checker.
            try writeArchive("layer.tar", in: sandbox, &random)
            #expect(try await sandbox.wafer(ingest).code == 0)
            try expectNoRemains(sandbox)
        }
    }

    @Test func twoAtOnceTenTimes() async throws {
        try await withRepository(Self.fqrn, Sandbox(inMemory: true)) { sandbox in
            var random = SeededRandom(seed: 10)
            for name in ["a.tar", "b.tar"] { try writeArchive(name, in: sandbox, &random) }
            let rounds = Thoroughness.rounds(short: 3, thorough: 10)
            let outcome = try await sandbox.shell(
                """
                for round in $(seq \(rounds)); do
                    "$wafer" repository ingest \(Self.fqrn) /a/$round a.tar >>out & first=$!
                    "$wafer" repository ingest \(Self.fqrn) /b/$round b.tar >>out || exit 1
                    wait $first || exit 2
                done
                grep -o 'revision [0-9]*' out | sort | uniq | wc -l
                for name in a b; do "$wafer" repository ls \(Self.fqrn) /$name | wc -l; done
                """
            )
            #expect(
                outcome.code == 0 && outcome.text == "\(2 * rounds)\n\(rounds)\n\(rounds)\n",
                "\(outcome.text)\(outcome.errors)"
            )
            let info = try await sandbox.succeed("repository", "info", Self.fqrn)
            #expect(info.firstMatch(of: /\nRevision +(\d+)\n/)?.1 == "\(2 * rounds + 1)")
            try expectNoRemains(sandbox)
        }
    }

    /// Runs a script in a mount namespace, with a small file system at `disk` and a repository on it.
    private func shellWithDisk(_ sandbox: Sandbox, size: String, _ script: String) async throws -> Sandbox.Outcome {
        let checker = ProjectFolder.root
            .appending("Tests/tools/check_repository.py").string
        let whole = """
            set -e
            mkdir disk && mount -t tmpfs -o size=\(size) none disk
            "$wafer" init >log
            "$wafer" repository create \(Self.fqrn) --storage disk/srv >log
            "$wafer" repository ingest \(Self.fqrn) /first small.tar >log
            ingest() { "$wafer" repository ingest \(Self.fqrn) "$@" >log 2>errors; }
            sound() { "$wafer" repository check \(Self.fqrn) "$@" >log 2>&1 || { echo "not sound:"; cat log; }; }
            independent() { /usr/bin/python3 \(checker) "$@" disk/srv \(Self.fqrn) \(Self.keys) >log 2>&1 || cat log; }
            remains() { find disk/srv/data/txn disk/srv.wafer/journals -type f; }
            \(script)
            """
        return try await MountNamespace.shell(whole, in: sandbox)
    }

    @Test(.enabled("mounting is not allowed here", MountNamespace.isAllowed)) func theDiskIsFull() async throws {
        let sandbox = try Sandbox(inMemory: true)
        var random = SeededRandom(seed: 1)
        for name in ["small.tar", "large.tar"] { try writeArchive(name, in: sandbox, &random) }
        // From no byte free upwards, until it is enough: each step ends the publication a little later.
        let step = Thoroughness.isWanted ? "12k" : "36k"
        let outcome = try await shellWithDisk(
            sandbox,
            size: "4m",
            """
            dd if=/dev/zero of=disk/fill bs=4k 2>dd || true
            failed=0
            until ingest /second large.tar; do
                failed=$((failed + 1))
                grep -q 'free some space there' errors || cat errors
                [ $(grep -c '^wafer: error: ' errors) -eq 1 ] || cat errors
                sound --reflog-may-be-ahead
                [ $((failed % 5)) -ne 0 ] || independent --reflog-may-be-ahead
                [ -s disk/fill ] || break
                truncate -s -\(step) disk/fill
            done
            sound; independent; remains
            "$wafer" repository ls \(Self.fqrn) / | tr '\\n' ' '
            [ $failed -gt 5 ] && echo enough
            """
        )
        #expect(outcome.text == "first second enough\n", "\(outcome.text)\(outcome.errors)")
    }

    @Test(.enabled("mounting is not allowed here", MountNamespace.isAllowed)) func theDiskIsReadOnly() async throws {
        let sandbox = try Sandbox(inMemory: true)
        var random = SeededRandom(seed: 2)
        for name in ["small.tar", "large.tar"] { try writeArchive(name, in: sandbox, &random) }
        let outcome = try await shellWithDisk(
            sandbox,
            size: "40m",
            """
            mount -o remount,ro disk
            ingest /second large.tar || cat errors
            sound; independent
            mount -o remount,rw disk
            ingest /second large.tar && sound && independent && remains
            # The objects' folders alone: the journal is written, and then it fails.
            mount --bind disk/srv disk/srv && mount -o remount,bind,ro disk/srv
            ingest /third small.tar --replace || cat errors
            sound --reflog-may-be-ahead
            umount disk/srv
            ingest /third small.tar && sound && independent && remains
            """
        )
        let lines = outcome.text.split(separator: "\n")
        #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix("Read-only file system") }, "\(outcome.text)")
        #expect(outcome.code == 0, "\(outcome.errors)")
    }

    @Test func aFolderMayNotBeWritten() async throws {
        let sandbox = try Sandbox(inMemory: true)
        var random = SeededRandom(seed: 3)
        for name in ["small.tar", "large.tar"] { try writeArchive(name, in: sandbox, &random) }
        // Modes do not bind root.
        let user = geteuid() == 0 ? "setpriv --reuid 65534 --regid 65534 --clear-groups" : ""
        let outcome = try await sandbox.shell(
            """
            set -e
            [ "$(id -u)" != 0 ] || chown -R 65534 .
            run() { \(user) "$wafer" "$@"; }
            run init >log
            run repository create \(Self.fqrn) --storage srv >log
            run repository ingest \(Self.fqrn) /first small.tar >log
            number=0
            for folder in srv/data/txn srv 'srv/data/*' srv.wafer srv.wafer/journals; do
                number=$((number + 1))
                chmod a-w $folder
                run repository ingest \(Self.fqrn) /second/$number large.tar >log 2>>errors || echo refused
                run repository check \(Self.fqrn) --reflog-may-be-ahead >log || cat log
                chmod u+w $folder
            done
            run repository ingest \(Self.fqrn) /third large.tar >log
            run repository check \(Self.fqrn) >log || cat log
            """
        )
        #expect(outcome.code == 0, "\(outcome.errors)")
        #expect(!outcome.text.contains("faults"))
        let errors = try String(contentsOfFile: sandbox.path.appending("errors").string, encoding: .utf8)
        let lines = errors.split(separator: "\n").filter { $0.hasPrefix("wafer: error: ") }
        #expect(
            lines.count == outcome.text.split(separator: "\n").count && lines.count >= 4,
            "\(outcome.text)\(errors)"
        )
        #expect(
            lines.allSatisfy { $0.contains("run this as the owner of the storage") },
            "\(errors)"
        )
        try expectNoRemains(sandbox)
        let faults = try await RepositoryChecker.faults(
            in: sandbox.path.appending("srv"),
            fqrn: Self.fqrn,
            keys: sandbox.path.appending(Self.keys)
        )
        #expect(faults == [])
    }
}
