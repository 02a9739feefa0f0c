import CVMFS
import Conversion
import Foundation
import Logging
import OCI
import Registry
import State
import TestSupport
import Testing

/// What needs credentials at its registry is not published where everybody can read it, unless that is meant.
@Suite(.timeLimit(.minutes(5))) struct PrivacyTests {
    /// A registry with one user, ann, who is known to this process.
    private func with(
        anonymousPull: Bool = false,
        members: String? = nil,
        _ body: (ConversionFixture, Converter) async throws -> Void
    ) async throws {
        try await ConversionFixture.with(.token(["ann": "pw"], anonymousPull: anonymousPull)) { fixture in
            let ambient = CredentialProvider(environment: [
                "WAFER_REGISTRY_T_HOST": fixture.registry.host, "WAFER_REGISTRY_T_USER": "ann",
                "WAFER_REGISTRY_T_PASSWORD": "pw",
            ])
            var settings = NetworkSettings()
            settings.retries = .never
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base])
            try await RegistryClient.with(
                userAgent: "test",
                logger: Logger(label: "test"),
                settings: settings,
                ambient: ambient
            ) { client in
                let native = NativePublisher(fixture.repository, WriteContext(lockTimeout: .seconds(10)))
                let publisher = RecoveringPublisher(native, members: members)
                let converter = Converter(
                    state: fixture.state,
                    registry: client,
                    publisher: { _ in publisher },
                    options: ConversionOptions(),
                    report: fixture.events.add
                )
                try await body(fixture, converter)
            }
        }
    }

    private func desire(_ fixture: ConversionFixture, allowsPrivate: Bool = false) async throws -> Desiderata {
        let wish = RecipeWish(
            input: StoredReference(try ImageReference(parsing: fixture.registry.reference("app:1")), user: nil),
            output: nil,
            formats: [.layers],
            platforms: ["linux/amd64"],
            allowsPrivate: allowsPrivate
        )
        return try await fixture.state.wishes.addDesiderata(
            wish,
            cvmfsRepository: ConversionFixture.fqrn,
            at: Date()
        )
    }

    @Test func aPrivateImageIsRefusedBeforeAnythingIsFetched() async throws {
        try await with { fixture, converter in
            let wanted = try await desire(fixture)
            #expect(!wanted.allowsPrivate)
            let revision = try fixture.revision
            let error = await #expect(throws: PrivateImage.self) { try await converter.convert(wanted) }
            let text = try #require(error).description
            #expect(text.hasPrefix("\(fixture.registry.reference("app:1")) is not published in images.example.org, "))
            #expect(text.contains("\(fixture.registry.host) gives it to users only (status 401 without credentials)"))
            #expect(text.hasSuffix("`wafer set-desiderata \(wanted.id) --allow-private`"))
            #expect(try fixture.revision == revision)
            // The configuration alone.
            #expect(fixture.registry.fetchedBlobs.count == 1)
            #expect(try await fixture.state.history.lastFailed(of: wanted.id)?.error == text)

            let allowed = try await fixture.state.wishes.setDesiderata(wanted.id, allowsPrivate: true, at: Date())
            #expect(allowed.allowsPrivate && allowed.changedAt != nil)
            let result = try await converter.convert(allowed)
            #expect(result.revision == revision + 1)
            try await fixture.expectSound()
        }
    }

    @Test func aPublicImageOfAUserIsPublished() async throws {
        try await with(anonymousPull: true) { fixture, converter in
            let wanted = try await desire(fixture)
            #expect(try await converter.convert(wanted).revision == 2)
            let before = fixture.registry.requests.count
            // Once for each new image: not again for one that is up to date.
            #expect(try await converter.convert(wanted) == .upToDate(revision: 2))
            #expect(fixture.registry.requests.dropFirst(before).map(\.method) == ["HEAD"])
        }
    }

    @Test func whatIsPublishedStaysAndNewerOnesAreRefused() async throws {
        try await with { fixture, converter in
            let wanted = try await desire(fixture, allowsPrivate: true)
            #expect(try await converter.convert(wanted).revision == 2)
            // As a database of an earlier version has it: nobody said anything.
            let plain = try await fixture.state.wishes.setDesiderata(wanted.id, allowsPrivate: false, at: Date())
            #expect(try await converter.convert(plain) == .upToDate(revision: 2))
            // The same image otherwise: everybody can read it already.
            let more = try await fixture.state.wishes.setDesiderata(wanted.id, formats: [.layers, .flat], at: Date())
            #expect(try await converter.convert(more).revision == 3)
            try fixture.registry.addImage("app", tag: "1", layers: [SampleLayers.base, SampleLayers.application])
            await #expect(throws: PrivateImage.self) { try await converter.convert(more) }
            #expect(try fixture.revision == 3)
            let manifest = try fixture.repository.reader.tree().entry(at: try fixture.manifest(of: "app:1"))
            #expect(manifest != nil)
        }
    }

    @Test func aCommandNamesItself() async throws {
        try await with { fixture, converter in
            let image = fixture.registry.reference("app:1")
            var wish = Wish(
                input: StoredReference(try ImageReference(parsing: image), user: nil),
                output: nil,
                repository: ConversionFixture.fqrn,
                formats: [.layers],
                platforms: ["linux/amd64"],
                name: nil
            )
            let error = await #expect(throws: PrivateImage.self) { try await converter.convert(wish) }
            #expect(error?.remedy == "run `wafer convert-image` again with `--allow-private`")
            wish.allowsPrivate = true
            #expect(try await converter.convert(wish).revision == 2)
        }
    }

    @Test func aRecipeNamesItself() async throws {
        try await with { fixture, converter in
            let wish = RecipeWish(
                input: StoredReference(try ImageReference(parsing: fixture.registry.reference("app:1")), user: nil),
                output: nil,
                formats: [.layers],
                platforms: ["linux/amd64"]
            )
            var change = RecipeChange()
            change.added = [wish]
            let origin = RecipeOrigin(
                source: "/srv/images.yaml",
                form: "version 2",
                repository: ConversionFixture.fqrn,
                keepsGoing: false,
                textDigest: "sha256:00"
            )
            _ = try await fixture.state.recipes.apply(change, of: origin, isRehearsal: false, at: Date())
            let wanted = try #require(try await fixture.state.wishes.desideratas().first)
            #expect(wanted.recipe == "/srv/images.yaml")
            let error = await #expect(throws: PrivateImage.self) { try await converter.convert(wanted) }
            #expect(error?.remedy.contains("`private: allow` at its entry of the recipe /srv/images.yaml") == true)
        }
    }

    @Test func aRepositoryForMembersOnlyTakesThem() async throws {
        try await with { fixture, converter in
            let wanted = try await desire(fixture)
            await #expect(throws: PrivateImage.self) { try await converter.convert(wanted) }
        }
        try await with(members: "atlas:/atlas/Role=production") { fixture, converter in
            let result = try await converter.convert(try await desire(fixture))
            #expect(result.revision == 2)
        }
    }
}
