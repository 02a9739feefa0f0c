import OCI
import Registry
import TestSupport
import Testing

/// Downloads that are cut.
@Suite(.timeLimit(.minutes(5))) struct ResumeTests {
    private func stream(_ fixture: Fixture, _ descriptor: Descriptor) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await fixture.client.streamBlob(descriptor, of: fixture.reference("a:1"), credentials: nil) { bytes += $0 }
        return bytes
    }

    private func ranges(_ registry: InMemoryRegistry) -> [String?] { registry.requests.map { $0.header("Range") } }

    @Test(
        arguments: [
            ContentRange("bytes 3-9/10").map { [$0.first, $0.last, $0.total ?? -1] } == [3, 9, 10],
            ContentRange("Bytes 0-0/*").map { [$0.first, $0.last, $0.total ?? -1] } == [0, 0, -1],
            ContentRange(nil) == nil, ContentRange("bytes */10") == nil, ContentRange("bytes 3-2/10") == nil,
            ContentRange("bytes 3-10/10") == nil, ContentRange("bytes -3-9/10") == nil,
            ContentRange("items 3-9/10") == nil, ContentRange("bytes 3-9") == nil,
            ContentRange("bytes 3-99999999999999999999/*") == nil,
        ]
    )
    func contentRanges(isRight: Bool) {
        #expect(isRight)
    }

    @Test func goesOnWhereItWasCut() async throws {
        let clock = FakeClock()
        try await Fixture.with(settings: Fixture.settings(clock)) { fixture in
            let bytes = Fixture.bytes(1_000)
            let descriptor = try fixture.registry.addBlob(bytes)
            fixture.registry.faults.cutBlobsAfter = 300
            #expect(try await stream(fixture, descriptor) == bytes)
            #expect(ranges(fixture.registry) == [nil, "bytes=300-", "bytes=600-", "bytes=900-"])
            #expect(clock.waits.count == 3)
        }
    }

    @Test func goesOnAfterAStall() async throws {
        var settings = Fixture.settings(FakeClock())
        settings.stallTimeout = .seconds(5)
        try await Fixture.with(settings: settings) { fixture in
            let bytes = Fixture.bytes(1_000)
            let descriptor = try fixture.registry.addBlob(bytes)
            fixture.registry.faults.stallBlobsAfter = 400
            fixture.registry.faults.blobFaultsLeft = 1
            #expect(try await stream(fixture, descriptor) == bytes)
            #expect(ranges(fixture.registry) == [nil, "bytes=400-"])
        }
    }

    @Test func stallThatDoesNotEndIsAnError() async throws {
        var settings = Fixture.settings(FakeClock())
        settings.stallTimeout = .milliseconds(100)
        try await Fixture.with(settings: settings) { fixture in
            let descriptor = try fixture.registry.addBlob(Fixture.bytes(1_000))
            fixture.registry.faults.stallBlobsAfter = 0
            let error = await expect(.timedOut, "nothing came in time") { try await stream(fixture, descriptor) }
            #expect(error?.isTemporary == true)
            #expect(fixture.registry.requests.count == 5)
        }
    }

    @Test func slowTransferIsNone() async throws {
        // A machine may be late by seconds, and the whole takes longer than the patience all the same.
        try await Fixture.with(stallTimeout: .seconds(5)) { fixture in
            let descriptor = try fixture.registry.addLargeBlob(piece: Fixture.bytes(100), repetitions: 10)
            fixture.registry.faults.blobPause = 600
            #expect(try await stream(fixture, descriptor).count == 1_000)
            #expect(fixture.registry.requests.count == 1)
        }
    }

    @Test(
        arguments: [
            { $0.ignoresRanges = true }, { $0.contentRange = "bytes 299-999/1000" },
            { $0.contentRange = "bytes 300-998/1000" }, { $0.contentRange = "bytes 300-999/1001" },
            { $0.contentRange = "nonsense" },
        ] as [@Sendable (inout InMemoryRegistryFaults) -> Void]
    )
    func beginsAnewWhereTheRegistryGivesNoParts(fault: @Sendable (inout InMemoryRegistryFaults) -> Void) async throws {
        try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
            let bytes = Fixture.bytes(1_000)
            let descriptor = try fixture.registry.addBlob(bytes)
            fixture.registry.faults.cutBlobsAfter = 300
            fixture.registry.faults.blobFaultsLeft = 1
            fault(&fixture.registry.faults)
            // Nothing is given twice.
            #expect(try await stream(fixture, descriptor) == bytes)
            #expect(ranges(fixture.registry).prefix(2) == [nil, "bytes=300-"])
            let isIgnored = fixture.registry.faults.ignoresRanges
            #expect(ranges(fixture.registry).count == (isIgnored ? 2 : 3))
        }
    }

    @Test func digestCoversAllParts() async throws {
        try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
            let descriptor = try fixture.registry.addBlob(Fixture.bytes(1_000))
            fixture.registry.faults.cutBlobsAfter = 600
            fixture.registry.faults.damagesBlobs = true
            await expect(.digestMismatch, "not \(descriptor.digest)") {
                try await fixture.client.blob(descriptor, of: fixture.reference("a:1"), credentials: nil)
            }
        }
    }

    @Test func attemptsEnd() async throws {
        let clock = FakeClock()
        try await Fixture.with(settings: Fixture.settings(clock)) { fixture in
            let descriptor = try fixture.registry.addBlob(Fixture.bytes(1_000))
            fixture.registry.faults.cutBlobsAfter = 10
            await expect(.cut, "after 50 of 1000 bytes") { try await stream(fixture, descriptor) }
            #expect(fixture.registry.requests.count == 5)
        }
    }

    /// A layer of many gigabytes may be cut more often than a request may fail.
    @Test func progressRefillsTheBudget() async throws {
        let clock = FakeClock()
        try await Fixture.with(settings: Fixture.settings(clock)) { fixture in
            let descriptor = try fixture.registry.addLargeBlob(piece: Fixture.bytes(1 << 16), repetitions: 1_280)
            fixture.registry.faults.cutBlobsAfter = 8 << 20
            #expect(try await stream(fixture, descriptor).count == 80 << 20)
            // What is on its way when a connection breaks may be lost.
            #expect(fixture.registry.requests.count >= 10)
        }
    }

    /// Signed addresses expire: each attempt asks the registry for a new one.
    @Test func redirectIsFollowedAnew() async throws {
        try await InMemoryRegistry.with { storage in
            try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
                let bytes = Fixture.bytes(1_000)
                let descriptor = try fixture.registry.addBlob(bytes)
                _ = try storage.addBlob(bytes)
                fixture.registry.faults.redirectsBlobsTo = storage.url
                storage.faults.cutBlobsAfter = 700
                storage.faults.blobFaultsLeft = 1
                #expect(try await stream(fixture, descriptor) == bytes)
                #expect(fixture.registry.requests.count == 2)
                #expect(ranges(storage) == [nil, "bytes=700-"])
            }
        }
    }

    @Test func tokenThatExpiresOnTheWayIsFetchedAnew() async throws {
        try await Fixture.with(.token(["ann": "secret"]), settings: Fixture.settings(FakeClock())) { fixture in
            let bytes = Fixture.bytes(1_000)
            let descriptor = try fixture.registry.addBlob(bytes)
            fixture.registry.faults.cutBlobsAfter = 400
            let (registry, user) = (fixture.registry, fixture.user("ann", "secret"))
            var got: [UInt8] = []
            try await fixture.client.streamBlob(descriptor, of: fixture.reference("a:1"), credentials: user) {
                got += $0
                registry.revokeTokens()
            }
            #expect(got == bytes)
            #expect(registry.requests.count { $0.path == "/token" } == 3)
        }
    }

    private struct Enough: Error {}

    @Test func readersErrorIsNotTriedAgain() async throws {
        try await Fixture.with(settings: Fixture.settings(FakeClock())) { fixture in
            let descriptor = try fixture.registry.addBlob(Fixture.bytes(1_000))
            let reference = try fixture.reference("a:1")
            await #expect(throws: Enough.self) {
                try await fixture.client.streamBlob(descriptor, of: reference, credentials: nil) { _ in throw Enough() }
            }
            #expect(fixture.registry.requests.count == 1)
        }
    }
}
