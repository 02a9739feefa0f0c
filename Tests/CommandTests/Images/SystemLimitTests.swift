import Foundation
import Glibc
import TestSupport
import Testing

/// Where the system allows too few threads or descriptors, a command works or says so: none hangs, none ends by a trap.
@Suite(.timeLimit(.minutes(10))) struct SystemLimitTests {
    private static let commands = ["--version", "status", "inspect http://127.0.0.1:1/a:1 --retries 0", "convert"]

    /// Runs each command as `prefix` lets it, after two minutes it counts as hanging. A line for each.
    private func run(_ sandbox: Sandbox, _ values: [Int], _ prefix: String) async throws -> [(
        String, String
    )] {
        let script = """
            exec 2>&1
            for value in \(values.map(String.init).joined(separator: " ")); do
              for command in \(Self.commands.map { "'\($0)'" }.joined(separator: " ")); do
                timeout -s KILL 120 sh -c "\(prefix) \"$wafer\" $command" > out.txt 2> err.txt
                echo "$value $command|$?|$(tail -n 1 err.txt)"
              done
            done
            """
        let outcome = try await sandbox.shell(script)
        return outcome.text.split(separator: "\n").map { line in
            let parts = line.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
            return (String(parts[0]), String(parts.last ?? ""))
        }
    }

    private func expectErrors(_ lines: [(String, String)], count: Int) {
        #expect(lines.count == count)
        for (what, end) in lines {
            #expect(end.hasPrefix("0|") || end.firstMatch(of: #/^(1|3|127)\|.+/#) != nil, "\(what): \(end)")
        }
    }

    private func sandbox() async throws -> Sandbox {
        let sandbox = try Sandbox()
        try await sandbox.succeed("init")
        return sandbox
    }

    @Test func anyNumberOfDescriptors() async throws {
        let sandbox = try await sandbox()
        // Below three, the shell itself cannot begin.
        let values = Thoroughness.values(short: [3, 4, 5, 7, 14, 40, 63, 64, 68], thorough: 3...68)
        let lines = try await run(sandbox, values, "ulimit -n $value;")
        expectErrors(lines, count: values.count * Self.commands.count)
        let few = lines.filter { $0.0.hasPrefix("14 ") }
        #expect(
            !few.isEmpty && few.allSatisfy { $0.1.contains("at least 64 are needed: raise it (ulimit -n") },
            "\(few)"
        )
        #expect(lines.filter { $0.0.hasPrefix("64 status") }.allSatisfy { $0.1.hasPrefix("0|") })
    }

    @Test func softLimitIsRaised() async throws {
        let sandbox = try await sandbox()
        let outcome = try await sandbox.shell("ulimit -S -n 20; exec \"$wafer\" status")
        #expect(outcome.code == 0, "\(outcome.errors)")
    }

    @Test(.enabled(if: geteuid() == 0, "only root may become another user, whose processes are counted"))
    func anyNumberOfThreads() async throws {
        let sandbox = try await sandbox()
        // A user of nobody's: the limit counts all processes of it.
        let user = 700_000 + Int(getpid())
        let owned = try await sandbox.shell("chown -R \(user):\(user) .")
        try #require(owned.code == 0, "\(owned.errors)")
        let program = "setpriv --reuid \(user) --regid \(user) --clear-groups prlimit --nproc=$value:$value"
        let values = Thoroughness.values(short: [1, 2, 3, 5, 8, 13, 24], thorough: 1...24)
        let lines = try await run(sandbox, values, "\(program)")
        expectErrors(lines, count: values.count * Self.commands.count)
        #expect(lines[1].1.contains("cannot start a thread"), "\(lines[1])")
        #expect(lines[1].1.contains("raise the limit of processes (ulimit -u"), "\(lines[1])")
    }

    /// The limit may become too low while the program runs: others of the same user count, too.
    @Test(.enabled(if: geteuid() == 0, "only root may become another user, whose processes are counted"))
    func signalEndsALoopThatGetsNoThread() async throws {
        try await InMemoryRegistry.with { registry in
            try registry.addImage("app", tag: "1", layers: [.tar(TarBuilder.archive { $0.file("a", "a") })])
            let sandbox = try await sandbox()
            let (input, output) = (registry.reference("app:1"), registry.reference("thin:1"))
            try await sandbox.succeed("add-desiderata", "-i", input, "-o", output, "-r", "cd.cern.ch", "--no-convert")
            let user = 800_000 + Int(getpid())
            let outcome = try await sandbox.shell(
                """
                chown -R \(user):\(user) . || exit 99
                setpriv --reuid \(user) --regid \(user) --clear-groups "$wafer" loop > out.txt 2> err.txt &
                while [ ! -s out.txt ]; do kill -0 $! || { cat err.txt >&2; exit 98; }; sleep 0.1; done
                setpriv --reuid \(user) --regid \(user) --clear-groups prlimit --pid $! --nproc=1:1 || exit 97
                kill -TERM $!
                wait $!
                code=$?
                cat err.txt >&2
                exit $code
                """
            )
            // Not even the database can be closed then, which the status may tell.
            #expect(outcome.code == 0 || outcome.code == 1, "\(outcome.errors)")
            #expect(outcome.errors.contains("stopping; a second signal ends at once"), "\(outcome.errors)")
        }
    }
}
