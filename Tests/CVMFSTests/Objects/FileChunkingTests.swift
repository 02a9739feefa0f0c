import CVMFS
import Foundation
import Plumbing
import TestSupport
import Testing

@Suite("Files in pieces")
struct FileChunkingTests {
    private static let mebi = 1 << 20

    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var random = SeededRandom(seed: seed)
        return (0..<(count / 8)).flatMap { _ in
            withUnsafeBytes(of: random.next()) { Array($0) }
        }
    }

    @Test(
        "files at the limits are read back from the pieces that the stock detector makes",
        arguments: [CompressionPolicy.balanced, .zlib]
    )
    func contentDefined(policy: CompressionPolicy) async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder, policy: policy)
            let zeros = [UInt8](repeating: 0, count: 33 * Self.mebi)
            let files: [String: [UInt8]] = [
                "minimum": Array(zeros.prefix(4 * Self.mebi)), "minimum-noise": Self.noise(4 * Self.mebi, seed: 1),
                "uncut": Array(zeros.prefix(16 * Self.mebi)), "cut": Array(zeros.prefix(16 * Self.mebi + 1)),
                "zeros": zeros, "upstream": Array(ChunkerTests.upstream.prefix(24 * Self.mebi)),
            ]
            try new.publish(files, at: "layer")
            try await new.expectSound()
            let tree = try new.repository.reader.tree()
            for (name, bytes) in files {
                #expect(try tree.readFile(BytePath("layer/\(name)"), limit: 64 * Self.mebi) == bytes)
            }
            func pieces(_ name: String) throws -> [Int64] {
                try tree.content(of: BytePath("layer/\(name)")).chunks.map(\.size)
            }
            // Where no cut falls, the file is one object and not in pieces.
            for name in ["minimum", "minimum-noise", "uncut"] { #expect(try pieces(name) == []) }
            #expect(try pieces("cut") == [16_777_216, 1])
            #expect(try pieces("zeros") == [16_777_216, 16_777_216, 1_048_576])
            #expect(try pieces("upstream") == [9_159_233, 6_205_597, 7_192_219, 2_608_775])
        }
    }

    @Test("pieces of a fixed size, where they are wanted")
    func fixed() async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let preparation = try new.repository.prepare(
                .test,
                chunking: .fixedSize
            )
            let bytes = Self.noise(20 * Self.mebi, seed: 2)
            let batch = ContentBatch()
            func store(_ count: Int) throws -> PendingContent {
                let writer = preparation.content.begin(size: Int64(count), in: batch)
                try bytes.prefix(count).withUnsafeBytes { try writer.append($0) }
                return try writer.finish()
            }
            let large = try store(bytes.count)
            let edge = try store(8 * Self.mebi)
            try batch.wait()
            #expect(try large.stored().chunks.map(\.size) == [8_388_608, 8_388_608, 4_194_304])
            #expect(try large.stored().chunks.map(\.offset) == [0, 8_388_608, 16_777_216])
            #expect(try edge.stored().chunks.isEmpty)
            var read: [UInt8] = []
            try new.repository.reader.store.readContent(try large.stored()) { read.append(contentsOf: $0) }
            #expect(read == bytes)
            try preparation.end()
        }
    }

    @Test("a file that is not as long as announced is refused", arguments: [99, 101])
    func wrongLength(count: Int) async throws {
        try await withTemporaryFolder { folder in
            let new = try NativeRepository(in: folder)
            let preparation = try new.repository.prepare(.test)
            let writer = preparation.content.begin(size: 100, in: ContentBatch())
            let error = #expect(throws: CVMFSError.self) {
                try [UInt8](repeating: 1, count: count).withUnsafeBytes { try writer.append($0) }
                _ = try writer.finish()
            }
            #expect(error?.description.contains("a file of 100 bytes has \(count)") == true)
            try preparation.end()
        }
    }
}
