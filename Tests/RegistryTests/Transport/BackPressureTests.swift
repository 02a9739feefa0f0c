import OCI
import Registry
import TestSupport
import Testing

/// A large blob needs no more memory than a small one: what was sent and not yet used is what somebody has to hold.
@Suite(.timeLimit(.minutes(5))) struct BackPressureTests {
    /// The kernel's socket buffers (tens of megabytes on some machines) and the client's one fit in; a gigabyte does not.
    private static let mostInFlight = 128 << 20

    @Test func readerIsNeverFarBehindTheSender() async throws {
        try await Fixture.with { fixture in
            let size = 1 << 30
            let descriptor = try fixture.registry.addLargeBlob(piece: Fixture.bytes(1 << 16), repetitions: size >> 16)
            var count = 0
            var most = 0
            try await fixture.client.streamBlob(descriptor, of: fixture.reference("a:1"), credentials: nil) { chunk in
                count += chunk.count
                most = max(most, fixture.registry.sentBytes - count)
            }
            #expect(count == size)
            #expect(most < Self.mostInFlight, "\(most >> 20) MiB")
        }
    }

    private struct Enough: Error {}

    @Test func slowReaderHoldsTheSenderBack() async throws {
        try await Fixture.with { fixture in
            let descriptor = try fixture.registry.addLargeBlob(piece: Fixture.bytes(1 << 16), repetitions: 1 << 14)
            let reference = try fixture.reference("a:1")
            await #expect(throws: Enough.self) {
                try await fixture.client.streamBlob(descriptor, of: reference, credentials: nil) { _ in
                    try await Task.sleep(for: .seconds(1))
                    throw Enough()
                }
            }
            #expect(fixture.registry.sentBytes < Self.mostInFlight, "\(fixture.registry.sentBytes >> 20) MiB")
        }
    }
}
