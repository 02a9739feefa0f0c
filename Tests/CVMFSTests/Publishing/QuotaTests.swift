import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// How many bytes a storage takes, and how many it may take.
@Suite("Quotas", .timeLimit(.minutes(5)))
struct QuotaTests {
    /// The bytes of the objects' folders, by an independent program.
    private func found(_ new: NativeRepository) async throws -> Int64 {
        let lines = try await Tool.run("find", new.storage.appending("data").string, "-type", "f", "-printf", "%s\n")
        return lines.split(separator: "\n").reduce(0) { $0 + (Int64($1) ?? 0) }
    }

    private func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    @Test("what is stored and removed is counted without looking at each object")
    func counting() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            #expect(try new.repository.knownUse() == nil)
            let start = try #require(try new.repository.use(now: Date()))
            #expect(try await start.bytes == found(new))
            try new.publish(["a": noise(100_000, seed: 1)], at: "one", now: Date() - 30 * 86_400)
            try new.publish(["a": noise(200_000, seed: 2)], at: "two", now: Date() - 20 * 86_400)
            let grown = try #require(try new.repository.knownUse())
            #expect(grown.measured == start.measured && grown.bytes > start.bytes + 300_000)
            #expect(try await grown.bytes == found(new))
            // What is there already takes nothing more.
            let same = try new.repository.prepare(.test)
            _ = try new.entries(["a": noise(200_000, seed: 2)], same)
            #expect(same.storedBytes == 0)
            try same.end()
            try new.repository.edit(.test) { try $0.remove(BytePath("one")) }
            // The revision before keeps a name of its own.
            try new.repository.edit(.test) { try $0.writeFile(BytePath("note"), [1]) }
            let report = try GarbageCollection(new.repository, CollectionPolicy(revisions: 1), .test).run()
            #expect(report.removedBytes > 100_000)
            #expect(try await new.repository.knownUse()?.bytes == found(new))
        }
    }

    @Test("what others stored is seen after a week, and what a crash left of the file is no number")
    func measuringAgain() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let now = Date()
            let start = try #require(try new.repository.use(now: now))
            let foreign = new.storage.appending("data/00/\(String(repeating: "0", count: 38))")
            try Data(count: 777).write(to: URL(filePath: foreign.string))
            #expect(try new.repository.use(now: now + 6 * 86_400) == start)
            let later = try #require(try new.repository.use(now: now + 8 * 86_400))
            #expect(later.bytes == start.bytes + 777)
            let file = folder.appending("storage.wafer/use")
            for text in ["", "12", "12 x\n", "-1 5\n", "1 2 3\n"] {
                try text.write(toFile: file.string, atomically: false, encoding: .utf8)
                #expect(try new.repository.knownUse() == nil)
                #expect(try new.repository.use(now: now)?.bytes == later.bytes)
            }
        }
    }

    @Test("a quota stops what brings more, and nothing else")
    func refusing() async throws {
        try await withTemporaryFolder { folder in
            var new = try NativeRepository(in: folder)
            try new.publish(["a": noise(50_000, seed: 1)], at: "one")
            let used = try #require(try new.repository.use(now: Date())).bytes
            var repository = new.repository
            repository.settings.quota = used + 60_000
            new = NativeRepository(folder: folder, repository: repository)
            let preparation = try repository.prepare(.test)
            let catalog = try preparation.catalog(
                of: try new.entries(["a": noise(100_000, seed: 2)], preparation),
                at: BytePath("two")
            )
            let error = #expect(throws: CVMFSError.self) {
                try repository.commit(preparation, .test) { try $0.attach(catalog) }
            }
            #expect(error?.code == .system)
            #expect(
                error?.description.hasPrefix("\(NativeRepository.fqrn) takes \(ByteCount.text(used)) and may") == true
            )
            #expect(error?.description.contains("`wafer repository gc \(NativeRepository.fqrn)`") == true)
            #expect(try repository.reader.published().manifest.revision == 2)
            // Given up, its objects go, and they do not count.
            try preparation.abandon()
            try new.publish(["b": noise(30_000, seed: 3)], at: "three")
            #expect(try await repository.knownUse()?.bytes == found(new))
            repository.settings.quota = 1
            try repository.edit(.test) { try $0.remove(BytePath("one")) }
            try await new.expectSound()
        }
    }

    @Test("many that end at once lose no byte")
    func manyAtOnce() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            _ = try new.repository.use(now: Date())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<16 {
                    group.addTask {
                        try await onDedicatedThread("prepare") {
                            let preparation = try new.repository.prepare(.test)
                            _ = try new.entries(["a": noise(10_000, seed: 100 + UInt64(number))], preparation)
                            try preparation.end()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await new.repository.knownUse()?.bytes == found(new))
        }
    }
}
