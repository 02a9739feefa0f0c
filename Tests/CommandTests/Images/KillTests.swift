import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

/// `kill -9` at any moment leaves the previous revision valid, and the next run completes.
@Suite struct KillTests {
    private static let fqrn = "cd.cern.ch"
    private static let moments = Thoroughness.rounds(short: 4, thorough: 20)

    /// A layer of 300 files, half of them like those of the other rounds.
    private func layer(_ random: inout SeededRandom, round: Int) -> InMemoryRegistry.Layer {
        .tar(
            TarBuilder.archive { tar in
                for number in 0..<300 {
                    let words = (0..<2_000).map { _ in random.next() & (number % 2 == 0 ? 0x0f0f : .max) }
                    let content = number % 2 == 0 ? "\(number / 2)" : "\(round) \(words)"
                    tar.file("files/\(number)", "\(content)")
                }
            }
        )
    }

    private func revision(_ sandbox: Sandbox) async throws -> Int {
        let text = try await sandbox.succeed("repository", "info", Self.fqrn, "--format", "json")
        return try #require(text.firstMatch(of: #/"revision"\s*:\s*"?(\d+)/#).flatMap { Int($0.1) })
    }

    @Test(.timeLimit(.minutes(5)))
    func atTwentyMoments() async throws {
        try await InMemoryRegistry.with { registry in
            let sandbox = try Sandbox()
            var random = SeededRandom(seed: 20)
            try await sandbox.succeed("init")
            try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv")
            try registry.addImage("app", tag: "1", layers: [layer(&random, round: 0)])
            let start = ContinuousClock.now
            let first = try await sandbox.wafer(
                [
                    "add-desiderata", "-i", registry.reference("app:1"), "-o", registry.reference("thin:1"), "-r",
                    Self.fqrn,
                ]
            )
            #expect(first.code == 0)
            var duration = ContinuousClock.now - start
            // A round whose conversion was faster than its kill does not count; the machine may be busy or not.
            var killed = 0
            for round in 1...(3 * Self.moments) where killed < Self.moments {
                try registry.addImage("app", tag: "1", layers: [layer(&random, round: round)])
                let before = try await revision(sandbox)
                let moment = duration * Double.random(in: 0...1, using: &random)
                let outcome = try await sandbox.wafer(["convert"]) { process in
                    try await Task.sleep(for: moment)
                    kill(process, SIGKILL)
                }
                if outcome.code == nil { killed += 1 }
                #expect(try await sandbox.faults(in: Self.fqrn, afterCrash: true) == [], "killed after \(moment)")
                #expect(try await (before...(before + 1)).contains(revision(sandbox)))
                let start = ContinuousClock.now
                try await sandbox.succeed("convert")
                duration = ContinuousClock.now - start
                #expect(try await revision(sandbox) == before + 1)
            }
            #expect(killed == Self.moments)
            #expect(try await sandbox.faults(in: Self.fqrn, afterCrash: false) == [])
            #expect(try await sandbox.succeed("repository", "check", Self.fqrn).contains("is sound"))
            let workspace = sandbox.path.appending("srv.wafer/journals").string
            #expect(try FileManager.default.contentsOfDirectory(atPath: workspace) == [])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: sandbox.path.appending("srv/data/txn").string) == []
            )
        }
    }
}
