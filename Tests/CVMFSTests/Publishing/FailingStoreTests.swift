import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// A store that fails at any of its calls leaves what is published valid, and the next run repairs the rest.
@Suite("Failures of the store", .timeLimit(.minutes(5)))
struct FailingStoreTests {
    struct Work: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let run: @Sendable (Repository) throws -> Void
    }

    /// What is tried, as a user would: each begins with a preparation of its own.
    static let works = [
        Work(testDescription: "publish") { repository in
            try FaultFixture.publish(["new": [2], "old": Array("old".utf8)], at: "b/layer", in: repository)
        },
        Work(testDescription: "replace") { repository in
            try FaultFixture.publish(["f": [UInt8](repeating: 7, count: 100)], at: "a/layer", in: repository)
        },
        Work(testDescription: "remove") { repository in
            try repository.edit(.test) { try $0.remove(BytePath("a/layer")) }
        },
        Work(testDescription: "add a tag") { repository in
            try repository.tags.add("release", description: "", .test)
        },
        Work(testDescription: "remove a tag") { repository in
            try repository.tags.remove(["first"], .test)
        },
        Work(testDescription: "roll back") { _ = try $0.tags.rollback(to: "first", .test) },
        Work(testDescription: "collect garbage") { repository in
            let policy = CollectionPolicy(revisions: 1)
            _ = try GarbageCollection(repository, policy, .test).run()
        },
        Work(testDescription: "renew the whitelist") { try $0.trust.resign(.test) },
    ]

    @Test("at every call", arguments: works)
    func everyCall(_ work: Work) async throws {
        try await withTemporaryFolder(inMemory: true) { folder in
            let original = try FaultFixture.original(in: folder.appending("original"))
            let unbroken = try FaultFixture(copyOf: original, to: folder.appending("unbroken"), failingAt: .max)
            try work.run(unbroken.broken)
            // What a run without failures publishes.
            let wanted = try unbroken.published()
            let calls = unbroken.trigger.calls
            #expect(calls > 3)
            // The first calls, where a revision begins, and the last ones, where it is published, are always among them.
            let some = Array(stride(from: 0, to: calls, by: 7)) + (calls - 3..<calls)
            for (number, call) in Thoroughness.values(short: some, thorough: 0..<calls).enumerated() {
                let place = folder.appending("\(call)")
                let fixture = try FaultFixture(copyOf: original, to: place, failingAt: call)
                let independent = number % 9 == 0
                let before = try fixture.published()
                #expect(throws: FailingCalls.Failure.self, "call \(call)") { try work.run(fixture.broken) }
                try fixture.waitForEnd()
                // The old state or the new one, whole.
                let after = try fixture.published()
                #expect(after == before || after.revision == wanted.revision, "call \(call)")
                try await fixture.expectSound(afterCrash: true, independent: independent, "call \(call)")
                // Whoever comes next repairs it.
                try FaultFixture.publish(["next": [9]], at: "n/layer", in: fixture.whole)
                if after == before { try work.run(fixture.whole) }
                try await fixture.expectSound(afterCrash: false, independent: independent, "call \(call)")
                try fixture.expectNoRemains("call \(call)")
                try fixture.expectNoOrphans("call \(call)")
                try FileManager.default.removeItem(atPath: place.string)
            }
        }
    }

    @Test("what the disk refused while the catalogs were made is not published, although the last sync goes well")
    func lostWhileWorking() async throws {
        try await withTemporaryFolder(inMemory: true) { folder in
            let original = try FaultFixture.original(in: folder.appending("original"))
            let place = folder.appending("copy")
            let fixture = try FaultFixture(copyOf: original, to: place, failingAt: .max, losingFirstSync: true)
            let before = try fixture.published()
            // So many that they are sent to the disk early.
            let files = Dictionary(uniqueKeysWithValues: (0..<1100).map { ("\($0)", [UInt8]("\($0)".utf8)) })
            #expect(throws: FailingCalls.Failure.self) {
                try FaultFixture.publish(files, at: "b/layer", in: fixture.broken)
            }
            try fixture.waitForEnd()
            #expect(try fixture.published() == before)
            try FaultFixture.publish(files, at: "b/layer", in: fixture.whole)
            try await fixture.expectSound(afterCrash: false, independent: true, "after it")
        }
    }

    /// What the disk loses with the power, of the objects that were not synced: nothing of one, all of it, its bytes
    /// while its length stays, or the end.
    private func lose(_ object: String, _ fixture: FaultFixture, _ random: inout SeededRandom) throws {
        let file = fixture.folder.appending("storage").appending(object)
        let bytes = try file.contents()
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return
        case 1: try FileManager.default.removeItem(atPath: file.string)
        case 2: try file.write([UInt8](repeating: 0, count: bytes.count))
        default: try file.write(Array(bytes.prefix(bytes.count / 2)))
        }
    }

    /// The journals after it: another boot, and perhaps without their last lines.
    private func cutJournals(_ fixture: FaultFixture, _ random: inout SeededRandom) throws {
        let folder = fixture.folder.appending("storage.wafer/journals")
        let boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.string) {
            let file = folder.appending(name)
            let text = String(decoding: try file.contents(), as: UTF8.self)
                .replacing(boot.trimmingCharacters(in: .whitespacesAndNewlines), with: "another-boot")
            let lines = text.split(separator: "\n")
            let kept = lines.prefix(Int.random(in: 1...max(1, lines.count), using: &random))
            try file.write(Array((kept.joined(separator: "\n") + "\n").utf8))
        }
    }

    @Test("and with the power: objects that were not synced are torn, and none is believed to exist")
    func powerCut() async throws {
        try await withTemporaryFolder(inMemory: true) { folder in
            var random = SeededRandom(seed: 20)
            let work = Self.works[0]
            let original = try FaultFixture.original(in: folder.appending("original"))
            let unbroken = try FaultFixture(copyOf: original, to: folder.appending("unbroken"), failingAt: .max)
            try work.run(unbroken.broken)
            var lost = 0
            for call in 0..<unbroken.trigger.calls {
                let place = folder.appending("\(call)")
                let fixture = try FaultFixture(copyOf: original, to: place, failingAt: call)
                let before = try fixture.published()
                #expect(throws: FailingCalls.Failure.self) { try work.run(fixture.broken) }
                try fixture.waitForEnd()
                let unsynced = fixture.trigger.unsynced
                lost += unsynced.count
                for object in unsynced { try lose(object, fixture, &random) }
                try cutJournals(fixture, &random)
                // What is torn is no object of the published revision; a check of the storage would find it.
                #expect(try fixture.published().revision >= before.revision)
                try work.run(fixture.whole)
                let independent = call % 6 == 0
                try await fixture.expectSound(afterCrash: false, independent: independent, "call \(call)")
                try fixture.expectNoRemains("call \(call)")
                try FileManager.default.removeItem(atPath: place.string)
            }
            #expect(lost > 20)
        }
    }
}
