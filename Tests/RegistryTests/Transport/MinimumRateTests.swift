import OCI
import Registry
import TestSupport
import Testing

/// Transfers in which something comes, but too little to ever end.
@Suite(.timeLimit(.minutes(5))) struct MinimumRateTests {
    private static let piece = Fixture.bytes(100)

    /// As in production, but with less patience, and no waits between attempts.
    private static var settings: NetworkSettings {
        var settings = Fixture.settings(FakeClock())
        settings.minimumRate = MinimumRate(bytesPerSecond: 20_000, window: .milliseconds(300))
        return settings
    }

    @Test func aTrickleIsAnErrorOfTheMoment() async throws {
        var settings = Self.settings
        settings.retries = .never
        try await Fixture.with(settings: settings) { fixture in
            let descriptor = try fixture.registry.addLargeBlob(piece: Self.piece, repetitions: 1_000)
            fixture.registry.faults.blobPause = 20
            let error = await expect(.timedOut, "bytes came in ") {
                try await fixture.client.streamBlob(
                    descriptor,
                    of: fixture.reference("a:1"),
                    credentials: nil
                ) { _ in }
            }
            #expect(error?.isTemporary == true)
        }
    }

    @Test func theDownloadGoesOnWhereItWas() async throws {
        try await Fixture.with(settings: Self.settings) { fixture in
            let descriptor = try fixture.registry.addLargeBlob(piece: Self.piece, repetitions: 1_000)
            fixture.registry.faults.blobPause = 20
            let registry = fixture.registry
            var count = 0
            try await fixture.client.streamBlob(descriptor, of: fixture.reference("a:1"), credentials: nil) { chunk in
                // What is under way stays slow; the next request is not.
                registry.faults.blobPause = 0
                count += chunk.count
            }
            #expect(count == 100_000)
            #expect(registry.requests.count >= 2)
            let range = try #require(registry.requests.last?.header("Range"))
            #expect(range.hasPrefix("bytes=") && range.hasSuffix("-") && range != "bytes=0-")
        }
    }

    @Test func aRateAboveItIsFine() async throws {
        var settings = Self.settings
        // Also on a machine that is late by seconds.
        settings.minimumRate.bytesPerSecond = 10
        try await Fixture.with(settings: settings) { fixture in
            let descriptor = try fixture.registry.addLargeBlob(piece: Self.piece, repetitions: 40)
            fixture.registry.faults.blobPause = 30
            var count = 0
            try await fixture.client.streamBlob(descriptor, of: fixture.reference("a:1"), credentials: nil) {
                count += $0.count
            }
            #expect(count == 4_000 && fixture.registry.requests.count == 1)
        }
    }

    /// Who reads slowly makes no server slow.
    @Test func theReadersTimeDoesNotCount() async throws {
        var settings = Self.settings
        settings.minimumRate = MinimumRate(bytesPerSecond: 400, window: .seconds(3))
        try await Fixture.with(settings: settings) { fixture in
            let descriptor = try fixture.registry.addLargeBlob(piece: Self.piece, repetitions: 10)
            // Piece by piece, and not all at once.
            fixture.registry.faults.blobPause = 20
            var count = 0
            try await fixture.client.streamBlob(descriptor, of: fixture.reference("a:1"), credentials: nil) { chunk in
                // Half of the rate, for longer than the window.
                try await Task.sleep(for: .milliseconds(5 * chunk.count))
                count += chunk.count
            }
            #expect(count == 1_000 && fixture.registry.requests.count == 1)
        }
    }

    /// The client ends a transfer of which nothing is read for longer than the stall timeout: no failure of the server.
    @Test func aReaderThatIsBusyForLongIsNoFailure() async throws {
        var settings = Fixture.oneAttempt
        settings.stallTimeout = .seconds(2)
        try await Fixture.with(settings: settings) { fixture in
            let piece = Fixture.bytes(1 << 16)
            let descriptor = try fixture.registry.addLargeBlob(piece: piece, repetitions: 2_048)
            var count = 0
            var isFirst = true
            try await fixture.client.streamBlob(descriptor, of: fixture.reference("a:1"), credentials: nil) { chunk in
                if isFirst { try await Task.sleep(for: .seconds(4)) }
                isFirst = false
                count += chunk.count
            }
            #expect(count == 128 << 20)
            // Once more on a busy machine, where the whole process may be late.
            #expect(fixture.registry.requests.count >= 2)
        }
    }

    /// Bodies that nobody needs must come to an end, too.
    @Test func anErrorPageThatTricklesEnds() async throws {
        var settings = Self.settings
        settings.retries = .never
        try await Fixture.with(settings: settings) { fixture in
            let reference = try fixture.reference("a:1")
            let descriptor = try fixture.registry.addBlob([1])
            fixture.registry.faults.blobStatus = 404
            fixture.registry.faults.errorBody = String(repeating: "x", count: 20_000)
            fixture.registry.faults.errorTrickle = 20
            let start = ContinuousClock.now
            await expect(.notFound, "answered 404") {
                try await fixture.client.blob(descriptor, of: reference, credentials: nil)
            }
            #expect(.now - start < .seconds(200))
        }
    }
}
