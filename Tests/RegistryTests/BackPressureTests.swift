import Foundation
import OCI
import Registry
import TestSupport
import Testing

/// A large blob needs no more memory than a small one.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BackPressureTests {
    @Test func largeBlobIsNeverInMemory() async throws {
        try await Fixture.with { fixture in
            let size = 2 << 30
            let descriptor = try fixture.registry.addLargeBlob(piece: Fixture.bytes(1 << 16), repetitions: size >> 16)
            let reference = try fixture.reference("a:1")
            let before = try Self.residentBytes()
            var count = 0
            var largest = 0
            var chunks = 0
            try await fixture.client.streamBlob(descriptor, of: reference, credentials: nil) { chunk in
                count += chunk.count
                chunks += 1
                if chunks % 512 == 0 { largest = max(largest, try Self.residentBytes()) }
            }
            #expect(count == size)
            #expect(largest - before < 128 << 20, "\((largest - before) >> 20) MiB")
        }
    }

    @Test func slowReaderHoldsTheSenderBack() async throws {
        try await Fixture.with { fixture in
            let descriptor = try fixture.registry.addLargeBlob(piece: Fixture.bytes(1 << 16), repetitions: 1 << 14)
            let reference = try fixture.reference("a:1")
            let before = try Self.residentBytes()
            struct Enough: Error {}
            await #expect(throws: Enough.self) {
                try await fixture.client.streamBlob(descriptor, of: reference, credentials: nil) { _ in
                    try await Task.sleep(for: .seconds(1))
                    let now = try Self.residentBytes()
                    #expect(now - before < 64 << 20, "\((now - before) >> 20) MiB")
                    throw Enough()
                }
            }
        }
    }

    /// What of this process is in memory now (Linux, `/proc/self/statm`).
    private static func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return try #require(pages) * 4_096
    }
}
