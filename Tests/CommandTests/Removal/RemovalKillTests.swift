import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// `kill -9` during a removal leaves a sound repository, and the next run does what was left.
@Suite struct RemovalKillTests {
    private static let fqrn = "cd.cern.ch"
    private static let moments = Thoroughness.rounds(short: 6, thorough: 50)

    /// What the storage holds.
    private func objects(_ sandbox: Sandbox) async throws -> String {
        let outcome = try await sandbox.shell(
            "find srv/data -type f | sort; ls srv.wafer/journals srv/data/txn; ls srv.wafer"
        )
        return outcome.text
    }

    /// An image whose tag moves eight times, in a sandbox that can be brought back.
    private func prepare(_ sandbox: Sandbox, _ registry: InMemoryRegistry) async throws {
        for round in 1...8 {
            let layer = InMemoryRegistry.Layer.tar(
                TarBuilder.archive { tar in
                    for number in 0..<120 { tar.file("files/\(number)", "\(number % 3 == 0 ? 0 : round) \(number)") }
                }
            )
            try registry.addImage("app", tag: "1", layers: [layer])
            if round == 1 { try await sandbox.desire(registry.reference("app:1"), in: Self.fqrn) }
            try await sandbox.succeed("convert")
        }
    }

    private func save(_ sandbox: Sandbox) async throws {
        let outcome = try await sandbox.shell("mkdir save && cp -a srv srv.wafer *.sqlite* save/")
        #expect(outcome.code == 0, "\(outcome.errors)")
    }

    private func restore(_ sandbox: Sandbox) async throws {
        let outcome = try await sandbox.shell("rm -rf srv srv.wafer *.sqlite* && cp -a save/* .")
        #expect(outcome.code == 0, "\(outcome.errors)")
    }

    /// Kills a command at moments of its duration, and runs it again each time.
    private func killing(_ sandbox: Sandbox, _ command: [String]) async throws {
        try await save(sandbox)
        let start = ContinuousClock.now
        let whole = try await sandbox.wafer(command)
        let duration = ContinuousClock.now - start
        #expect(whole.code == 0, "\(whole.errors)")
        let wanted = try await objects(sandbox)
        var killed = 0
        for round in 0..<(3 * Self.moments) where killed < Self.moments {
            try await restore(sandbox)
            let moment = duration * (Double(round % Self.moments) + 0.5) / Double(Self.moments)
            let outcome = try await sandbox.wafer(command) { process in
                try await Task.sleep(for: moment)
                kill(process, SIGKILL)
            }
            if outcome.code == nil { killed += 1 }
            #expect(try await sandbox.faults(in: Self.fqrn, afterCrash: true) == [], "killed after \(moment)")
            let again = try await sandbox.wafer(command)
            #expect(again.code == 0, "\(again.errors)")
            #expect(try await sandbox.faults(in: Self.fqrn, afterCrash: false) == [], "killed after \(moment)")
            if command.contains("gc") { #expect(try await objects(sandbox) == wanted, "killed after \(moment)") }
        }
        #expect(killed > 0)
    }

    @Test(.timeLimit(.minutes(10)))
    func garbageCollection() async throws {
        try await withImage(in: Self.fqrn, empty: true) { sandbox, registry, _ in
            try await prepare(sandbox, registry)
            try await sandbox.succeed("prune", "--grace", "0s")
            try await killing(sandbox, ["repository", "gc", Self.fqrn, "--keep-revisions", "1", "--keep", "0s"])
            #expect(try await sandbox.succeed("repository", "check", Self.fqrn).contains("is sound"))
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func pruning() async throws {
        try await withImage(in: Self.fqrn, empty: true) { sandbox, registry, _ in
            try await prepare(sandbox, registry)
            try await killing(sandbox, ["prune", "--grace", "0s"])
            let rest = try await sandbox.succeed("prune", "--grace", "0s")
            #expect(rest == "\(Self.fqrn): nothing to remove\n")
            #expect(try await sandbox.succeed("repository", "check", Self.fqrn).contains("is sound"))
        }
    }
}
