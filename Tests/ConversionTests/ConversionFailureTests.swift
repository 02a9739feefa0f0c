import CVMFS
import Conversion
import Foundation
import OCI
import Plumbing
import Registry
import State
import Synchronization
import TestSupport
import Testing

/// What goes wrong leaves the published revision as it was, is recorded, and is made good by the next run.
@Suite("Failing conversions")
struct ConversionFailureTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let message: String
        let code: RegistryError.Code
        let change: @Sendable (inout InMemoryRegistryFaults) -> Void
    }

    static let faults = [
        Fault(testDescription: "401 without challenge", message: "127.0.0.1", code: .unsupportedAuthentication) {
            $0.refusesWithoutChallenge = true
        },
        Fault(testDescription: "manifest 404", message: "app:1", code: .notFound) { $0.manifestStatus = 404 },
        Fault(testDescription: "damaged manifest", message: "digest", code: .digestMismatch) {
            $0.damagesManifests = true
        },
        Fault(testDescription: "layer 404", message: "sha256:", code: .notFound) { $0.blobStatus = 404 },
        Fault(testDescription: "damaged layers", message: "sha256:", code: .digestMismatch) { $0.damagesBlobs = true },
        Fault(testDescription: "cut layers", message: "sha256:", code: .cut) { $0.cutBlobsAfter = 700 },
        Fault(testDescription: "layers with more behind", message: "sha256:", code: .sizeMismatch) {
            $0.blobPadding = 512
        },
    ]

    @Test("what failed is told where it cannot be recorded, too")
    func unrecorded() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1")
            let calls = Mutex(0)
            let converter = Converter(
                state: fixture.state,
                registry: fixture.client,
                publisher: { _ in
                    let call = calls.withLock { calls in
                        calls += 1
                        return calls
                    }
                    // The first is of the look at what is there, before the claim.
                    if call > 1 {
                        try await fixture.state.close()
                        throw ConversionError("the storage burns")
                    }
                    return NativePublisher(fixture.repository, WriteContext(lockTimeout: .seconds(10)))
                },
                options: ConversionOptions(),
                report: { _ in }
            )
            let error = await #expect(throws: ConversionError.self) { try await converter.convert(desiderata) }
            #expect(error?.description.hasPrefix("the storage burns; and that could not be recorded: ") == true)
        }
    }

    @Test("the registry misbehaves", arguments: faults)
    func registry(fault: Fault) async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base, SampleLayers.application])
            let desiderata = try await fixture.desire("app:1")
            fault.change(&fixture.registry.faults)
            let error = try #require(
                await #expect(throws: RegistryError.self) { try await fixture.converter().convert(desiderata) }
            )
            #expect(error.code == fault.code)
            let text = error.description
            #expect(text.contains(fault.message))
            #expect(!text.contains("\n"))
            #expect(try fixture.revision == 1)
            #expect(fixture.registry.manifest("thin/app", "1") == nil)
            let failed = try #require(try await fixture.state.history.lastConversion(of: desiderata.id))
            #expect(failed.outcome == .failed && failed.error == text && failed.published == nil)
            #expect(try await fixture.state.history.backOff(of: desiderata.id) != nil)

            fixture.registry.faults = InMemoryRegistryFaults()
            #expect(try await fixture.converter().convert(desiderata).revision == 2)
            #expect(try await fixture.state.history.backOff(of: desiderata.id) == nil)
            try await fixture.expectSound()
        }
    }

    @Test("a refused push is recorded as published and repeated without a new revision or download")
    func push() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1")
            fixture.registry.faults.manifestPushStatus = 403
            let refusal = await #expect(throws: RegistryError.self) {
                try await fixture.converter().convert(desiderata)
            }
            #expect(refusal?.code == .denied)
            let failed = try #require(try await fixture.state.history.lastConversion(of: desiderata.id))
            #expect(failed.published?.revision == 2 && failed.pushed == nil && failed.outcome == .failed)

            fixture.registry.faults = InMemoryRegistryFaults()
            #expect(try await fixture.converter().convert(desiderata).revision == 2)
            #expect(try fixture.revision == 2)
            #expect(fixture.events.startedLayers == 1)
            #expect(fixture.registry.manifest("thin/app", "1") != nil)
        }
    }

    @Test("a layer that is no tar is named before anything is downloaded")
    func strangeLayer() async throws {
        try await ConversionFixture.with { fixture in
            let type = MediaType(rawValue: "application/vnd.dev.cosign.simplesigning.v1+json")
            let signature = InMemoryRegistry.Layer(bytes: [0x7B, 0x7D], tar: [], mediaType: type)
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base, signature])
            let desiderata = try await fixture.desire("app:1")
            let error = await #expect(throws: ConversionError.self) {
                try await fixture.converter().convert(desiderata)
            }
            #expect(error?.description.contains("a signature or attestation of cosign") == true)
            #expect(error?.description.contains(type.rawValue) == true)
            #expect(fixture.events.startedLayers == 0)
        }
    }

    @Test("a layer of an unknown type that cannot be read is said to have that type")
    func unknownLayer() async throws {
        try await ConversionFixture.with { fixture in
            let type = MediaType(rawValue: "application/x-new")
            let layer = InMemoryRegistry.Layer(bytes: Array("no tar".utf8), tar: Array("no tar".utf8), mediaType: type)
            try fixture.registry.addImage("app", tag: "1", layers: [layer])
            let desiderata = try await fixture.desire("app:1")
            let error = await #expect(throws: ConversionError.self) {
                try await fixture.converter().convert(desiderata)
            }
            #expect(error?.description.contains("its media type is application/x-new") == true)
        }
    }

    @Test(
        "a hostile layer is refused by name, and nothing becomes visible",
        arguments: [
            (InMemoryRegistry.Layer.tar(TarBuilder.archive { $0.hardLink("a", to: "nowhere") }), "nowhere"),
            (InMemoryRegistry.Layer.tar(TarBuilder.archive { $0.member(TarMember("odd", type: "Z")) }), "odd"),
        ]
    )
    func hostile(layer: InMemoryRegistry.Layer, message: String) async throws {
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base, layer])
            let desiderata = try await fixture.desire("app:1")
            let error = await #expect(throws: ConversionError.self) {
                try await fixture.converter().convert(desiderata)
            }
            #expect(error?.description.contains(message) == true)
            #expect(error?.description.contains(image.manifest.layers[1].digest.description) == true)
            #expect(try fixture.revision == 1)
            try await fixture.expectSound()
        }
    }

    @Test("a configuration whose diff ids are not those of the layers: what they held is removed again")
    func wrongDiffID() async throws {
        try await ConversionFixture.with { fixture in
            let wrong = try Digest.sha256(of: [1]).description
            let rootfs = JSONValue.object(["type": .string("layers"), "diff_ids": .array([.string(wrong)])])
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base], members: ["rootfs": rootfs])
            let desiderata = try await fixture.desire("app:1")
            let before = try fixture.objects
            let error = await #expect(throws: ConversionError.self) {
                try await fixture.converter().convert(desiderata)
            }
            #expect(error?.description.contains(wrong) == true)
            #expect(try fixture.revision == 1)
            #expect(try fixture.objects.count > before.count)
            // A thread of the conversion that failed may refer to the journal, and so to its lock, for a moment longer.
            for _ in 0..<3000 where try fixture.objects != before {
                try fixture.repository.prepare(.test).end()
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try fixture.objects == before)
            try await fixture.expectSound()
        }
    }

    @Test("an expired whitelist is refused with the remedy")
    func expiredWhitelist() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1")
            let repository = fixture.repository
            let converter = Converter(
                state: fixture.state,
                registry: fixture.client,
                publisher: { _ in
                    NativePublisher(
                        repository,
                        WriteContext(lockTimeout: .seconds(5), clock: { Date().addingTimeInterval(40 * 86_400) })
                    )
                },
                options: ConversionOptions(),
                report: { _ in }
            )
            let error = await #expect(throws: CVMFSError.self) { try await converter.convert(desiderata) }
            #expect(error?.code == .notTrusted)
            #expect(String(describing: error).contains("wafer repository resign images.example.org"))
            #expect(try fixture.revision == 1)
        }
    }

    @Test("what is up to date when the registry is back is no longer called failed")
    func failureThatIsOver() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1")
            _ = try await fixture.converter().convert(desiderata)
            fixture.registry.faults.refusesWithoutChallenge = true
            await #expect(throws: RegistryError.self) { try await fixture.converter().convert(desiderata) }
            #expect(try await fixture.state.history.lastConversion(of: desiderata.id)?.outcome == .failed)
            fixture.registry.faults = InMemoryRegistryFaults()
            guard case .upToDate(let revision) = try await fixture.converter().convert(desiderata) else {
                return #expect(Bool(false), "converted again")
            }
            let last = try await fixture.state.history.lastConversion(of: desiderata.id)
            #expect(last?.outcome == .succeeded && last?.published?.revision == Int64(revision))
        }
    }

    @Test("a cancelled conversion leaves nothing behind but what the next one cleans up", .timeLimit(.minutes(5)))
    func cancelled() async throws {
        try await ConversionFixture.with { fixture in
            let image = try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1")
            // Not the configuration: it is whole for the client, which uses its connection again, and not for the server.
            fixture.registry.faults.faultyBlob = image.manifest.layers.first?.digest.description
            fixture.registry.faults.stallBlobsAfter = 1_000
            let conversion = Task { try await fixture.converter().convert(desiderata) }
            while fixture.events.startedLayers == 0 { try await Task.sleep(for: .milliseconds(5)) }
            conversion.cancel()
            await #expect(throws: CancellationError.self) { try await conversion.value }
            #expect(try fixture.revision == 1)
            #expect(try await fixture.state.history.backOff(of: desiderata.id) == nil)
            fixture.registry.faults = InMemoryRegistryFaults()
            #expect(try await fixture.converter().convert(desiderata).revision == 2)
            try await fixture.expectSound()
        }
    }
}
