import CVMFS
import Foundation
import Plumbing
import SystemPackage
import TestSupport
import Testing

/// Repositories that our own code wrote, on a disk.
@Suite struct RepositoryCheckNativeTests {
    private func check(_ native: NativeRepository, _ depth: CheckDepth = .content) throws -> CheckReport {
        let check = RepositoryCheck(
            store: native.repository.reader.store,
            fqrn: NativeRepository.fqrn,
            masterKeys: [try PublicKey(file: native.repository.reader.keys.publicKey)],
            options: CheckOptions(depth),
            now: Date()
        )
        return try check.run()
    }

    /// Small, empty, not compressible, and of several chunks.
    private var files: [String: [UInt8]] {
        var random = SeededRandom(seed: 7)
        let noise = (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) }
        let large = [UInt8](repeating: 7, count: 20 << 20)
        return ["small": Array("hello\n".utf8), "empty": [], "noise": noise, "large": large]
    }

    @Test(arguments: [HashAlgorithm.sha1, .shake128])
    func whatWasPublishedIsSound(algorithm: HashAlgorithm) async throws {
        try await withTemporaryFolder { folder in
            let native = try NativeRepository(in: folder, algorithm: algorithm)
            #expect(try check(native).faults == [])
            try native.publish(files, at: "layer")
            try native.publish(["other": [1, 2, 3]], at: "other")
            let report = try check(native)
            #expect(report.faults == [])
            #expect(report.catalogs == 3)
            // The root, two mountpoints with their own rows and markers, five files.
            #expect(report.entries == 1 + 2 + 4 + 5)
        }
    }

    @Test func byteOfAChunkIsFlipped() async throws {
        try await withTemporaryFolder { folder in
            let native = try NativeRepository(in: folder)
            try native.publish(files, at: "layer")
            let content = try native.repository.reader.tree().content(of: BytePath("layer/large"))
            let chunk = try #require(content.chunks.last)
            let file = native.storage.appending(chunk.hash.objectPath(.chunk))
            var bytes = try file.contents()
            bytes[bytes.count / 2] ^= 1
            try file.write(bytes)
            #expect(try check(native, .structure).isSound)
            let faults = try check(native).faults
            #expect(faults.map(\.path) == ["/layer/large"])
            #expect(faults.map(\.rule) == [.object])
        }
    }

    @Test func strayFilesAreNamed() async throws {
        try await withTemporaryFolder { folder in
            let native = try NativeRepository(in: folder)
            try native.publish(["small": [1]], at: "layer")
            let names = ["data/00/stray", "data/aa/\(String(repeating: "0", count: 38))"]
            for name in names { try native.storage.appending(name).write([]) }
            let faults = try check(native).faults
            #expect(faults.map(\.path) == names)
            #expect(faults.map(\.rule) == [.storage, .storage])
            // What is being written does not count.
            try native.storage.appending("data/txn/half").write([1])
            #expect(try check(native).faults == faults)
        }
    }
}
