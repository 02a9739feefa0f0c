import Foundation
import SystemPackage
import TestSupport
import Testing

/// A wish to stop ends a busy program soon, whatever it is at.
@Suite("Stopping in the middle of much work", .timeLimit(.minutes(15))) struct StopTests {
    private static let fqrn = "cd.cern.ch"
    /// What an operator is promised.
    private static let limit = Duration.seconds(10)

    /// Layers that are longer on their way than anybody waits.
    private static func long(_ number: Int) -> InMemoryRegistry.Layer {
        var state = UInt64(number)
        let content = (0..<(1 << 20)).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        return .tar(TarBuilder.archive { $0.file("long", RawBytes(content)) })
    }

    /// A layer of many files.
    private static let large = InMemoryRegistry.Layer.tar(
        TarBuilder.archive { tar in
            for number in 0..<30_000 { tar.file(RawBytes(Array("d\(number % 300)/f\(number)".utf8)), "x") }
        }
    )

    @Test("slow downloads, a large layer and commits that wait for another process", arguments: ["convert", "loop"])
    func busy(_ command: String) async throws {
        try await InMemoryRegistry.with { slow in
            try await InMemoryRegistry.with { fast in
                let sandbox = try Sandbox()
                try await sandbox.succeed("init")
                try await sandbox.succeed("repository", "create", Self.fqrn, "--storage", "srv")
                try fast.addImage("first", tag: "1", layers: [Layers.base])
                try await sandbox.succeed("convert-image", fast.reference("first:1"), Self.fqrn)
                let fetched = fast.fetchedBlobs.count
                slow.faults.blobPause = 1_000
                for number in 1...6 {
                    try slow.addImage("slow", tag: "\(number)", layers: [Self.long(number)])
                    try await add(sandbox, slow.reference("slow:\(number)"))
                }
                try fast.addImage("large", tag: "1", layers: [Self.large])
                try await add(sandbox, fast.reference("large:1"))
                for number in 1...4 {
                    let layer = InMemoryRegistry.Layer.tar(TarBuilder.archive { $0.file("app", "\(number)\n") })
                    try fast.addImage("small", tag: "\(number)", layers: [layer])
                    try await add(sandbox, fast.reference("small:\(number)"))
                }
                // Somebody else publishes, and does not come to an end.
                let lock = sandbox.path.appending("srv.wafer").appending("commit.lock")
                let file = try FileDescriptor.open(lock, .readWrite)
                defer { try? file.close() }
                try #require(flock(file.rawValue, LOCK_EX | LOCK_NB) == 0)
                var asked = ContinuousClock.now
                let outcome = try await sandbox.wafer([command, "--jobs", "16"]) { process in
                    try await sandbox.wait(for: "the downloads") {
                        slow.fetchedBlobs.count >= 8 && fast.fetchedBlobs.count >= fetched + 8
                    }
                    try await Task.sleep(for: .seconds(1))
                    asked = .now
                    kill(process, SIGTERM)
                }
                let time = ContinuousClock.now - asked
                #expect(time < Self.limit, "\(time)")
                #expect(outcome.code == (command == "loop" ? 0 : 3), "\(outcome.errors)")
                // Nothing of it is visible, and nothing keeps anybody from going on.
                try #require(flock(file.rawValue, LOCK_UN) == 0)
                slow.faults.blobPause = 0
                #expect(try await sandbox.succeed("repository", "info", Self.fqrn).contains(/\nRevision +2\n/))
                try await sandbox.succeed("convert")
                #expect(try await sandbox.succeed("repository", "check", Self.fqrn).contains("is sound"))
                print("\(command) stopped after \(time)")
            }
        }
    }

    private func add(_ sandbox: Sandbox, _ image: String) async throws {
        try await sandbox.succeed("add-desiderata", "-i", image, "-r", Self.fqrn, "--no-convert")
    }
}
