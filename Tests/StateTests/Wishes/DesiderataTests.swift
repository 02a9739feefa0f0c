import Foundation
import State
import SystemPackage
import TestSupport
import Testing

@Suite struct DesiderataTests {
    let folder: TemporaryFolder
    let database: StateDatabase

    init() async throws {
        folder = try TemporaryFolder()
        database = try await StateDatabase.make(in: folder)
    }

    @Test func addFindListRemove() async throws {
        let first = try await database.addSample()
        #expect(first.id == 1)
        #expect(first.addedAt == Samples.now)
        #expect(first.input.isThin == false && first.output?.isThin == true)
        await #expect(throws: StateError.desiderataExists(1, difference: nil)) { try await database.addSample() }
        let second = try await database.addSample("other.cern.ch")
        #expect(second.input == first.input && second.output == first.output)
        #expect(try await database.wishes.desideratas() == [first, second])
        #expect(try await database.wishes.desiderata(2) == second)
        let found = try await database.wishes.desiderata(
            input: first.input.reference,
            output: first.output?.reference,
            cvmfsRepository: "other.cern.ch"
        )
        #expect(found == second)
        #expect(
            try await database.wishes.desiderata(
                input: #require(first.output).reference,
                output: first.input.reference,
                cvmfsRepository: "cd.cern.ch"
            ) == nil
        )

        try await database.wishes.removeDesiderata(2, at: Samples.now)
        #expect(try await database.wishes.desideratas() == [first])
        #expect(try await database.wishes.images().count == 2)
        await #expect(throws: StateError.unknownDesiderata(2)) {
            try await database.wishes.removeDesiderata(2, at: Samples.now)
        }
        // A number that was on an operator's screen never means another desiderata.
        #expect(try await database.addSample("third.cern.ch").id == 3)
    }

    @Test func withoutAnOutputImage() async throws {
        let input = Samples.reference()
        func add(_ output: StoredReference?, _ formats: OutputFormats?) async throws -> Desiderata {
            try await database.wishes.addDesiderata(
                input: input,
                output: output,
                cvmfsRepository: "cd.cern.ch",
                formats: formats,
                platforms: ["linux/arm64", "linux/amd64"],
                at: Samples.now
            )
        }
        let added = try await add(nil, nil)
        #expect(added.output == nil && added.formats == [.layers, .flat])
        #expect(added.platforms == ["linux/arm64", "linux/amd64"])
        #expect(try await database.wishes.desideratas() == [added])
        #expect(try await database.wishes.desiderata(input: input, output: nil, cvmfsRepository: "cd.cern.ch") == added)
        #expect(
            try await database.wishes.desiderata(input: input, output: nil, cvmfsRepository: "other.cern.ch") == nil
        )
        #expect(try await database.history.status(at: Samples.now).map(\.desiderata) == [added])
        await #expect(throws: StateError.desiderataExists(1, difference: nil)) { try await add(nil, [.layers, .flat]) }
        let taken = added.taken(formats: [.layers, .other("tree")], platforms: ["linux/arm64"])
        let difference =
            "with the formats layers,flat, not layers,tree, and for linux/arm64,linux/amd64, not linux/arm64"
        #expect(taken == .desiderataExists(1, difference: difference))
        #expect(
            taken.description
                == "these images and this repository are already in the database, as number 1, "
                + "\(difference): `wafer set-desiderata 1` changes that"
        )
        // With an output image it is another.
        let other = try await add(Samples.reference("thin/redis"), nil)
        #expect(other.id == 2 && other.formats == [.layers, .flat, .thin] && other.platforms == added.platforms)
        #expect(try await database.wishes.desiderata(input: input, output: nil, cvmfsRepository: "cd.cern.ch") == added)

        let output = Samples.reference("thin/redis", user: "foo")
        let refused: [(StoredReference?, OutputFormats, String)] = [
            (nil, [.layers, .thin], "a thin image needs a name: name the output image, or leave thin out"),
            (
                output, [.layers, .flat],
                "an output image is the name of a thin image: add thin, or leave the output image out"
            ),
            (output, [.flat, .thin], "every output needs the layers in the repository: add layers"),
            (nil, [.podman], "every output needs the layers in the repository: add layers"),
            (nil, [], "every output needs the layers in the repository: add layers"),
        ]
        for (output, formats, message) in refused {
            await #expect(throws: StateError.invalidValue(message)) { try await add(output, formats) }
        }
        for platforms in [[], ["linux"], ["linux/a,linux/b"], ["all", "linux/a"], ["All"]] {
            await #expect(throws: StateError.self) {
                try await database.wishes.addDesiderata(
                    input: input,
                    output: nil,
                    cvmfsRepository: "new.cern.ch",
                    platforms: platforms,
                    at: Samples.now
                )
            }
        }
    }

    @Test func outputsOfANewerVersionAreKeptAndShown() async throws {
        let added = try await database.addSample()
        try RawDatabase.run(
            folder.database,
            "UPDATE desiderata SET formats = 'thin,tree,layers,flat,tree,x' || char(27), platforms = 'linux/amd64,odd/one'"
        )
        let found = try await database.wishes.desiderata(added.id)
        #expect(found.formats == [.thin, .other("tree"), .layers, .flat, .other("x\u{1b}")])
        #expect(found.formats.unknown == [.other("tree"), .other("x\u{1b}")])
        #expect(found.formats.description.hasPrefix("thin,tree,layers,flat,x\\"))
        #expect(found.platforms == ["linux/amd64", "odd/one"])
        #expect(OutputFormats(names: "layers,,podman,thin") == [.layers, .podman, .thin])
        #expect(OutputFormat.known.map(\.name) == ["layers", "flat", "podman", "thin"])
        #expect(OutputFormat(name: "layers") == .layers && OutputFormat(name: "Layers").name == "Layers")
    }

    @Test func allOrNothing() async throws {
        let error = await #expect(throws: StateError.self) {
            try await database.wishes.addDesiderata(
                input: Samples.reference(),
                output: Samples.reference(tag: nil),
                cvmfsRepository: "cd.cern.ch",
                at: Samples.now
            )
        }
        #expect(error?.description.contains("neither a tag nor a digest") == true)
        #expect(try await database.wishes.images().isEmpty)
    }

    @Test func removingTakesTheHistoryAlong() async throws {
        let desiderata = try await database.addSample()
        _ = try await database.history.startConversion(of: desiderata.id, at: Samples.now)
        _ = try await database.history.recordFailure(of: desiderata.id, at: Samples.now)
        try await database.wishes.removeDesiderata(desiderata.id, at: Samples.now)
        #expect(try await database.history.conversions(of: desiderata.id).isEmpty)
        #expect(try await database.history.backOff(of: desiderata.id) == nil)
    }

    @Test func repositories() async throws {
        let first = RepositoryRegistration(
            fqrn: "cd.cern.ch",
            location: "/srv/cvmfs/cd.cern.ch",
            keys: "/etc/cvmfs/keys",
            compression: "balanced"
        )
        let second = RepositoryRegistration(
            fqrn: "a.cern.ch",
            location: "gw,/srv/a/data/txn,http://localhost:4929/api/v1",
            keys: "/keys",
            url: "http://localhost/cvmfs/a.cern.ch",
            publisher: "cvmfs_server",
            compression: "zlib"
        ).with {
            $0.chunking = "65536"
            $0.catalogLimits = "5000:100"
            $0.masterKeys = "/etc/cvmfs/keys/cern.ch:/k.pub"
            $0.serverConfig = "/etc/cvmfs/repositories.d/a.cern.ch/server.conf"
            $0.autoTag = "3 weeks ago"
            $0.hardLinks = "keep"
            $0.markers = "hidden"
            $0.trees = TreeSettings(
                names: "{repository}:{reference}",
                modes: .exact,
                mountPoints: ["/srv2", "/a/b"],
                keepsSetuid: false
            )
        }
        #expect(first.publisher == "native")
        try await database.registrations.addRepository(first)
        try await database.registrations.addRepository(second)
        await #expect(throws: StateError.repositoryExists("cd.cern.ch")) {
            try await database.registrations.addRepository(first)
        }
        #expect(try await database.registrations.repositories() == [second, first])
        #expect(try await database.registrations.repository("cd.cern.ch") == first)
        try await database.registrations.removeRepository("cd.cern.ch")
        #expect(try await database.registrations.findRepository("cd.cern.ch") == nil)
        let unknown = StateError.unknownRepository("cd.cern.ch")
        await #expect(throws: unknown) { try await database.registrations.repository("cd.cern.ch") }
        await #expect(throws: unknown) { try await database.registrations.removeRepository("cd.cern.ch") }
        #expect(unknown.description.contains("`wafer repository create cd.cern.ch --storage DIR`"))
    }
}
