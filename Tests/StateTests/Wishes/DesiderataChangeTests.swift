import Foundation
import State
import SystemPackage
import TestSupport
import Testing

/// What `set-desiderata` changes.
@Suite struct DesiderataChangeTests {
    let folder: TemporaryFolder
    let database: StateDatabase

    init() async throws {
        folder = try TemporaryFolder()
        database = try await StateDatabase.make(in: folder)
    }

    private static let other = Samples.reference("thin/redis", tag: "5", registry: "gitlab-registry.cern.ch")

    private func set(
        _ id: Int64,
        formats: OutputFormats? = nil,
        platforms: [String]? = nil,
        output: Desiderata.OutputChange? = nil
    ) async throws -> Desiderata {
        try await database.wishes.setDesiderata(
            id,
            formats: formats,
            platforms: platforms,
            output: output,
            at: Samples.now
        )
    }

    @Test func eachOnlyWhereItIsNamed() async throws {
        let added = try await database.addSample()
        #expect(try await set(1) == added)
        let formats = try await set(1, formats: [.layers, .podman, .thin])
        #expect(formats.formats == [.layers, .podman, .thin])
        #expect(formats.platforms == added.platforms && formats.output == added.output && formats.input == added.input)
        #expect(formats.addedAt == added.addedAt && formats.cvmfsRepository == added.cvmfsRepository)
        let platforms = try await set(1, platforms: ["linux/arm64", "linux/amd64", "linux/arm64"])
        #expect(platforms.platforms == ["linux/arm64", "linux/amd64"] && platforms.formats == formats.formats)
        #expect(try await set(1, platforms: ["all"]).platforms == ["all"])
        let output = try await set(1, output: .image(Self.other))
        #expect(output.output?.reference == Self.other && output.output?.isThin == true)
        #expect(output.formats == formats.formats && output.platforms == ["all"])
        let without = try await set(1, formats: [.layers], output: .removed)
        #expect(without.output == nil && without.formats == [.layers])
        #expect(try await database.wishes.desideratas() == [without])
    }

    @Test func aChangeIsRememberedUntilItIsLookedAt() async throws {
        let added = try await database.addSample()
        #expect(added.changedAt == nil)
        let first = try await set(1, formats: [.layers, .podman, .thin])
        let second = try await database.wishes.setDesiderata(1, platforms: ["all"], at: Samples.now + 1)
        #expect(first.changedAt != nil && second.changedAt != nil && first.changedAt != second.changedAt)
        // Whoever read it before the second change knows nothing of that.
        try await database.history.recordUpToDate(of: first, at: Samples.now)
        #expect(try await database.wishes.desiderata(1).changedAt == second.changedAt)
        try await database.history.recordUpToDate(of: second, at: Samples.now)
        #expect(try await database.wishes.desiderata(1).changedAt == nil)

        // So is how its repository makes trees.
        var repository = RepositoryRegistration(
            fqrn: added.cvmfsRepository,
            location: "/srv/a",
            keys: "/keys",
            compression: "zlib"
        )
        try await database.registrations.addRepository(repository)
        try await database.registrations.replaceRepository(repository)
        #expect(try await database.wishes.desiderata(1).changedAt == nil)
        repository.trees = TreeSettings(modes: .exact)
        try await database.registrations.replaceRepository(repository)
        let changed = try await database.wishes.desiderata(1)
        #expect(changed.changedAt != nil)
        try await database.history.clearWaiting(of: changed)
        #expect(try await database.wishes.desiderata(1).changedAt == nil)
    }

    @Test func whatDoesNotGoTogetherIsRefused() async throws {
        let added = try await database.addSample()
        let refused: [(OutputFormats?, [String]?, Desiderata.OutputChange?, String)] = [
            ([.layers], nil, nil, "an output image is the name of a thin image"), (nil, nil, .removed, "needs a name"),
            ([.thin], nil, nil, "add layers"), (nil, [], nil, "no platform is named"),
            (nil, ["linux"], nil, "must have the form"), (nil, ["all", "linux/amd64"], nil, "name no other with it"),
            (nil, nil, .image(Samples.reference(tag: nil)), "neither a tag nor a digest"),
        ]
        for (formats, platforms, output, message) in refused {
            let error = await #expect(throws: StateError.self) {
                try await set(1, formats: formats, platforms: platforms, output: output)
            }
            #expect(error?.description.contains(message) == true, "\(String(describing: error))")
        }
        await #expect(throws: StateError.unknownDesiderata(2)) { try await set(2, formats: [.layers]) }
        #expect(try await database.wishes.desideratas() == [added])
        #expect(try await database.wishes.images().count == 2)
    }

    @Test func aTwinIsNamed() async throws {
        _ = try await database.addSample()
        let input = Samples.reference()
        let second = try await database.wishes.addDesiderata(
            input: input,
            output: Self.other,
            cvmfsRepository: "cd.cern.ch",
            at: Samples.now
        )
        #expect(second.id == 2)
        let first = try #require(try await database.wishes.desiderata(1).output).reference
        await #expect(throws: StateError.desiderataExists(1, difference: nil)) {
            try await set(2, output: .image(first))
        }
        let difference = "with the formats layers,flat,thin, not layers,thin"
        await #expect(throws: StateError.desiderataExists(1, difference: difference)) {
            try await set(2, formats: [.layers, .thin], output: .image(first))
        }
    }

    @Test func notWhileSomebodyIsAtWork() async throws {
        let added = try await database.addSample()
        let error = try await database.claims.withClaim(on: .desiderata(1)) {
            await #expect(throws: StateError.self) {
                _ = try await database.wishes.setDesiderata(1, formats: [.layers, .thin], at: Date())
            }
        }
        #expect(error?.description.hasPrefix("desiderata 1 is in the hands of ") == true)
        #expect(try await database.wishes.desiderata(1) == added)
    }

    private func convert(_ id: Int64, pushing: Bool = true) async throws {
        let conversion = try await database.history.startConversion(of: id, at: Samples.now)
        try await database.history.recordInput(Samples.input, conversion: conversion)
        try await database.history.recordPublished(revision: 3, conversion: conversion, at: Samples.now)
        if pushing {
            try await database.history.recordPushed(
                thinDigest: Samples.digest("e"),
                conversion: conversion,
                at: Samples.now
            )
        }
        try await database.history.finishConversion(conversion, at: Samples.now)
    }

    private func pushed(_ id: Int64) async throws -> Bool {
        let standing = try await database.history.standing(of: id)
        let status = try await database.history.status(of: id, at: Samples.now)
        #expect(standing.lastPublished?.published?.revision == 3)
        let answers = [
            standing.lastPublished?.pushed, status.first?.lastPublished?.pushed,
            try await database.history.lastPublished(of: id)?.pushed,
        ]
        #expect(Set(answers).count == 1)
        return answers[0] != nil
    }

    @Test func whatWasPushedByAnotherNameIsNotPushed() async throws {
        let added = try await database.addSample()
        let first = try #require(added.output).reference
        try await convert(1)
        #expect(try await pushed(1))
        _ = try await set(1, formats: [.layers, .flat, .podman, .thin], platforms: ["all"])
        #expect(try await pushed(1))
        _ = try await set(1, output: .image(Self.other))
        #expect(try await !pushed(1))
        // Back before anything was made of it: it is there still.
        _ = try await set(1, output: .image(first))
        #expect(try await pushed(1))
        _ = try await set(1, output: .image(Self.other))
        try await convert(1)
        #expect(try await pushed(1))
        // Somebody else may have pushed there meanwhile.
        _ = try await set(1, output: .image(first))
        #expect(try await !pushed(1))
        _ = try await set(1, formats: [.layers], output: .removed)
        #expect(try await !pushed(1))
        try await convert(1, pushing: false)
        _ = try await set(1, formats: [.layers, .thin], output: .image(first))
        #expect(try await !pushed(1))
    }

    @Test func aChangedOneIsTriedAtOnce() async throws {
        _ = try await database.addSample()
        _ = try await database.history.recordFailure(of: 1, at: Samples.now)
        _ = try await set(1)
        #expect(try await database.history.backOff(of: 1)?.failures == 1)
        _ = try await set(1, platforms: ["linux/arm64"])
        #expect(try await database.history.backOff(of: 1) == nil)
    }
}
