import Conversion
import OCI
import Registry
import State
import TestSupport
import Testing

/// Registries that take thin images in one form only.
@Suite(.timeLimit(.minutes(5))) struct ThinFormTests {
    private func pushedType(_ fixture: ConversionFixture, _ name: String) throws -> MediaType {
        let raw = try RawManifest(bytes: try #require(fixture.registry.manifest(name, "1")))
        guard case .image(let manifest) = raw.decoded else { throw ConversionError("not an image") }
        let isOCI = raw.mediaType == .ociManifest
        #expect(manifest.config.mediaType == (isOCI ? .ociConfiguration : .dockerConfiguration))
        #expect(manifest.layers.map(\.mediaType.rawValue.count).count == 1)
        return raw.mediaType
    }

    private func manifestPushes(_ fixture: ConversionFixture) -> Int {
        fixture.registry.requests.count { $0.method == "PUT" && $0.path.contains("/manifests/") }
    }

    @Test(arguments: [(415, "UNSUPPORTED"), (400, "MANIFEST_INVALID"), (422, "MANIFEST_INVALID")])
    func theOtherFormIsTriedOnceForEachRegistry(status: Int, code: String) async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            fixture.registry.faults.dockerRefusal = (status, code)
            let converter = fixture.converter()
            let first = try await fixture.desire("app:1")
            guard case .converted(_, let thin?, _, _, _, _) = try await converter.convert(first) else {
                Issue.record("it was not converted")
                return
            }
            #expect(try pushedType(fixture, "thin/app") == .ociManifest)
            let bytes = try #require(fixture.registry.manifest("thin/app", "1"))
            #expect(try Digest.sha256(of: bytes) == thin)
            let recorded = try await fixture.state.history.lastConversion(of: first.id)
            #expect(recorded?.pushed?.thinDigest == thin.description)
            #expect(manifestPushes(fixture) == 2)

            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.application])
            _ = try await converter.convert(first)
            #expect(manifestPushes(fixture) == 3)
        }
    }

    @Test func whatIsWrongWithBothFormsIsSaidOfTheUsualOne() async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            fixture.registry.faults.manifestPushStatus = 415
            let desiderata = try await fixture.desire("app:1")
            let error = await #expect(throws: RegistryError.self) { try await fixture.converter().convert(desiderata) }
            #expect(error?.status == 415)
            #expect(manifestPushes(fixture) == 2)
        }
    }

    @Test(arguments: ThinForm.allCases)
    func aNamedFormIsTheOnlyOne(form: ThinForm) async throws {
        try await ConversionFixture.with { fixture in
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            let desiderata = try await fixture.desire("app:1")
            var options = ConversionOptions()
            options.thinForm = form
            if form == .oci { fixture.registry.faults.dockerRefusal = (415, "UNSUPPORTED") }
            _ = try await fixture.converter(options).convert(desiderata)
            #expect(try pushedType(fixture, "thin/app") == (form == .oci ? .ociManifest : .dockerManifest))
            #expect(manifestPushes(fixture) == 1)

            fixture.registry.faults.dockerRefusal = (415, "UNSUPPORTED")
            options.convertAgain = true
            fixture.registry.forgetRequests()
            if form == .docker {
                await #expect(throws: RegistryError.self) { try await fixture.converter(options).convert(desiderata) }
            } else {
                _ = try await fixture.converter(options).convert(desiderata)
            }
            #expect(manifestPushes(fixture) == 1)
        }
    }
}
