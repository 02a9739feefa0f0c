import Foundation
import Glibc
import TestSupport
import Testing

@Suite struct LoopTests {
    private static let fqrn = "cd.cern.ch"

    private func withSession(_ body: (Sandbox, InMemoryRegistry) async throws -> Void) async throws {
        try await InMemoryRegistry.with { registry in
            let sandbox = try Sandbox()
            try await sandbox.succeed("init")
            try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv")
            try registry.addImage("app", tag: "1", layers: [Layers.base, Layers.application])
            try await body(sandbox, registry)
        }
    }

    private func add(_ registry: InMemoryRegistry, _ output: String) -> [String] {
        [
            "add-desiderata", "-i", registry.reference("app:1"), "-o", registry.reference(output),
            "-r", Self.fqrn,
        ]
    }

    private func upToDate(_ sandbox: Sandbox) async throws -> Int {
        try await sandbox.succeed("status", "-z").matches(of: #/,up to date,/#).count
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func picksUpWhatIsAddedAndEndsWellOnASignal(_ signal: Int32) async throws {
        try await withSession { sandbox, registry in
            _ = try await sandbox.wafer(add(registry, "thin/app:1") + ["--no-convert"])
            var end = ContinuousClock.now
            let outcome = try await sandbox.wafer(["loop", "--interval", "1"]) { process in
                try await sandbox.wait(for: "the first conversion") { try await upToDate(sandbox) == 1 }
                let second = try await sandbox.wafer(add(registry, "thin/app:2"))
                #expect(second.text.contains("\nleft to the loop of process \(process) on host "))
                #expect(second.code == 0)
                let other = try await sandbox.wafer("loop")
                #expect(other.code == 1)
                #expect(other.errors.contains("the loop of this database is in the hands of process \(process)"))
                try await sandbox.wait(for: "the second conversion") { try await upToDate(sandbox) == 2 }
                end = .now
                kill(process, signal)
            }
            #expect(ContinuousClock.now - end < .seconds(120))
            #expect(outcome.code == 0)
            // What stays up to date is not told again and again.
            #expect(outcome.text.split(separator: "\n").map { $0.contains("): converted, ") } == [true, true])
            #expect(outcome.errors.hasSuffix("stopping; a second signal ends at once\n"))
            // The claim is given back: nobody waits for a loop that is gone.
            #expect(try await sandbox.wafer(add(registry, "thin/app:3")).text.contains("): converted, "))
        }
    }

    @Test func prunesOnASchedule() async throws {
        try await withSession { sandbox, registry in
            _ = try await sandbox.wafer(add(registry, "thin/app:1"))
            try await sandbox.succeed("remove-desiderata", "1")
            let outcome = try await sandbox.wafer(["loop", "--prune-every", "1s", "--grace", "0s"]) { process in
                try await sandbox.wait(for: "the pruning") {
                    try await sandbox.succeed("repository", "ls", Self.fqrn, "/.layers") == ".cvmfscatalog\n"
                }
                kill(process, SIGTERM)
            }
            #expect(outcome.code == 0)
            #expect(outcome.errors.contains("\(Self.fqrn): removed \(registry.reference("app:1")), which is unwanted"))
        }
    }

    @Test func abandonsALayerThatDoesNotComeToItsEnd() async throws {
        try await withSession { sandbox, registry in
            _ = try await sandbox.wafer(add(registry, "thin/app:1") + ["--no-convert"])
            // The configuration is shorter than that, the layers are longer.
            registry.faults.stallBlobsAfter = 1000
            let outcome = try await sandbox.wafer(["loop"]) { process in
                try await sandbox.wait(for: "the download") { registry.fetchedBlobs.count == 2 }
                kill(process, SIGTERM)
            }
            #expect(outcome.code == 0)
            registry.faults.stallBlobsAfter = nil
            #expect(try await sandbox.succeed("repository", "info", Self.fqrn).contains(/\nRevision +1\n/))
            try await sandbox.succeed("convert")
            #expect(try await sandbox.succeed("repository", "check", Self.fqrn).contains("is sound"))
        }
    }

    @Test func anInterruptedConversionSaysSo() async throws {
        try await withSession { sandbox, registry in
            _ = try await sandbox.wafer(add(registry, "thin/app:1") + ["--no-convert"])
            // The configuration is shorter than that, the layers are longer.
            registry.faults.stallBlobsAfter = 1000
            let outcome = try await sandbox.wafer(["convert"]) { process in
                try await sandbox.wait(for: "the download") { registry.fetchedBlobs.count == 2 }
                // Who names it while somebody is at it is told so; who does not, goes on.
                let all = try await sandbox.wafer("convert")
                #expect(all.code == 0)
                #expect(all.text.contains("): skipped: process \(process) on host "))
                #expect(try await sandbox.wafer("convert", "1").code == 3)
                let remove = try await sandbox.wafer("remove-desiderata", "1")
                #expect(remove.errors.contains("desiderata 1 is in the hands of process \(process)"))
                kill(process, SIGINT)
            }
            #expect(outcome.code == 3)
            #expect(
                outcome.errors.contains(
                    "wafer: error: interrupted: nothing incomplete was published; `wafer convert` goes on"
                )
            )
            let status = try await sandbox.succeed("status", "-z")
            #expect(status.contains(",interrupted,"), "\(status) \(outcome.errors)")
            try await sandbox.succeed("remove-desiderata", "1")
            #expect(try await sandbox.wafer("remove-desiderata", "1").code == 1)
        }
    }
    @Test func anInterruptedImageIsConvertedByTheSameCommand() async throws {
        try await withSession { sandbox, registry in
            registry.faults.stallBlobsAfter = 1000
            let command = ["convert-image", registry.reference("app:1"), "cd.cern.ch", "--as", "my tools/app"]
            let outcome = try await sandbox.wafer(command) { process in
                try await sandbox.wait(for: "the download") { registry.fetchedBlobs.count == 2 }
                kill(process, SIGINT)
            }
            #expect(outcome.code == 3)
            let again = "wafer convert-image \(registry.reference("app:1")) cd.cern.ch --as 'my tools/app'"
            #expect(outcome.errors.contains("interrupted: nothing incomplete was published; `\(again)` goes on\n"))
        }
    }
}
