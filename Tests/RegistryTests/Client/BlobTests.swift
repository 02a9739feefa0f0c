import OCI
import Registry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct BlobTests {
    private func stream(_ fixture: Fixture, _ descriptor: Descriptor) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await fixture.client.streamBlob(descriptor, of: fixture.reference("a:1"), credentials: nil) { chunk in
            #expect(!chunk.isEmpty && chunk.count <= 256 << 10)
            bytes += chunk
        }
        return bytes
    }

    @Test(arguments: [0, 1, 65_536, 1_000_001])
    func comesInParts(size: Int) async throws {
        try await Fixture.with { fixture in
            let bytes = Fixture.bytes(size)
            let descriptor = try fixture.registry.addBlob(bytes)
            #expect(try await stream(fixture, descriptor) == bytes)
            fixture.registry.faults.hidesBlobLength = true
            #expect(try await stream(fixture, descriptor) == bytes)
        }
    }

    @Test(
        arguments: [
            FaultCase(.sizeMismatch, "has 1007 bytes, the manifest says 1000", { $0.blobPadding = 7 }),
            FaultCase(.sizeMismatch, "more than the 1000 bytes") {
                $0.blobPadding = 7
                $0.hidesBlobLength = true
            },
            FaultCase(.cut, "after 300 of 1000 bytes", { $0.cutBlobsAfter = 300 }),
            FaultCase(.cut, "after 0 of 1000 bytes", { $0.cutBlobsAfter = 0 }),
            FaultCase(.cut, "after 300 of 1000 bytes") {
                $0.cutBlobsAfter = 300
                $0.hidesBlobLength = true
            },
            FaultCase(.timedOut, "after 300 of 1000 bytes", { $0.stallBlobsAfter = 300 }),
            FaultCase(.notFound, "BLOB_FAULT", { $0.blobStatus = 404 }),
            FaultCase(.serverFailure, "answered 500", { $0.blobStatus = 500 }),
            FaultCase(.redirectRefused, "link-local", { $0.blobLocation = "http://169.254.169.254/x" }),
        ]
    )
    func faults(_ expected: FaultCase) async throws {
        try await Fixture.with(stallTimeout: .seconds(expected.code == .timedOut ? 5 : 60)) { fixture in
            let descriptor = try fixture.registry.addBlob(Fixture.bytes(1_000))
            expected.fault(&fixture.registry.faults)
            let error = await expect(expected.code, expected.words) { try await stream(fixture, descriptor) }
            #expect(error?.description.contains(descriptor.digest.description) == true)
            #expect(error?.isTemporary == [.cut, .timedOut, .serverFailure].contains(expected.code))
            // The next run works.
            fixture.registry.faults = InMemoryRegistryFaults()
            #expect(try await stream(fixture, descriptor).count == 1_000)
        }
    }

    @Test func endWithoutLengthIsCounted() async throws {
        try await Fixture.with { fixture in
            var descriptor = try fixture.registry.addBlob(Fixture.bytes(1_000))
            descriptor.size = 2_000
            fixture.registry.faults.hidesBlobLength = true
            let wanted = descriptor
            await expect(.cut, "cut after 1000 of 2000 bytes") { try await stream(fixture, wanted) }
        }
    }

    @Test func smallOnesAreVerified() async throws {
        try await Fixture.with { fixture in
            let bytes = Fixture.bytes(5_000)
            let descriptor = try fixture.registry.addBlob(bytes)
            let reference = try fixture.reference("a:1")
            #expect(try await fixture.client.blob(descriptor, of: reference, credentials: nil) == bytes)
            fixture.registry.faults.damagesBlobs = true
            await expect(.digestMismatch, descriptor.digest.description) {
                try await fixture.client.blob(descriptor, of: reference, credentials: nil)
            }
        }
    }

    private struct Enough: Error {}

    @Test func errorOfTheReaderEndsTheTransfer() async throws {
        try await Fixture.with { fixture in
            let descriptor = try fixture.registry.addLargeBlob(piece: Fixture.bytes(1 << 16), repetitions: 100_000)
            let reference = try fixture.reference("a:1")
            await #expect(throws: Enough.self) {
                try await fixture.client.streamBlob(descriptor, of: reference, credentials: nil) { _ in throw Enough() }
            }
            // The connection is not used again with the rest of that blob in it.
            let small = try fixture.registry.addBlob([1, 2, 3])
            #expect(try await stream(fixture, small) == [1, 2, 3])
        }
    }

    @Test func cancellationEndsAStalledTransfer() async throws {
        try await Fixture.with { fixture in
            let descriptor = try fixture.registry.addBlob(Fixture.bytes(1_000))
            fixture.registry.faults.stallBlobsAfter = 10
            let reference = try fixture.reference("a:1")
            let client = fixture.client
            let task = Task { try await client.blob(descriptor, of: reference, credentials: nil) }
            while fixture.registry.sentBytes < 10 { try await Task.sleep(for: .milliseconds(5)) }
            task.cancel()
            // A transfer that only its stall timeout ends would throw a RegistryError.
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func redirectedBlobComesFromElsewhereWithoutCredentials() async throws {
        try await InMemoryRegistry.with { storage in
            try await Fixture.with(.token(["ann": "secret"])) { fixture in
                let bytes = Fixture.bytes(10_000)
                let descriptor = try fixture.registry.addBlob(bytes)
                _ = try storage.addBlob(bytes)
                fixture.registry.faults.redirectsBlobsTo = storage.url
                let user = fixture.user("ann", "secret")
                #expect(
                    try await fixture.client.blob(descriptor, of: fixture.reference("a:1"), credentials: user) == bytes
                )
                #expect(fixture.registry.requests.last?.header("Authorization")?.hasPrefix("Bearer ") == true)
                #expect(storage.requests.map { $0.header("Authorization") } == [nil])
            }
        }
    }
}
