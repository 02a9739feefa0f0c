import State
import TestSupport
import Testing

/// Desideratas of one image in one repository, each for one platform: they have one place for its metadata.
@Suite struct OnlyPlatformTests {
    let folder: TemporaryFolder
    let database: StateDatabase
    private static let fqrn = "cd.cern.ch"

    init() async throws {
        folder = try TemporaryFolder()
        database = try await StateDatabase.make(in: folder)
    }

    private func add(
        _ input: StoredReference = Samples.reference(),
        _ formats: OutputFormats = [.layers],
        _ platforms: String...,
        to fqrn: String = fqrn,
        output: String? = nil
    ) async throws -> Int64 {
        try await database.wishes.addDesiderata(
            input: input,
            output: output.map { Samples.reference($0) },
            cvmfsRepository: fqrn,
            formats: formats,
            platforms: platforms,
            at: Samples.now
        ).id
    }

    private func refused(of id: Int64, _ platforms: [String], by other: Int64? = nil) -> StateError {
        .otherPlatform(
            of: id,
            image: Samples.reference().text,
            repository: Self.fqrn,
            platforms: platforms,
            wantedBy: other
        )
    }

    @Test func twoForOnePlatformEachAreRefused() async throws {
        let arm = "linux/arm/v7"
        #expect(try await add(Samples.reference(), [.layers, .podman, .thin], arm, output: "thin/redis") == 1)
        let error = refused(of: 1, [arm, "linux/amd64"])
        for formats in [[.layers, .flat], [.layers], [.layers, .podman]] as [OutputFormats] {
            await #expect(throws: error) { try await add(Samples.reference(), formats, "linux/amd64") }
        }
        #expect(
            error.description
                == "desiderata 1, of https://registry.hub.docker.com/library/redis:4 in cd.cern.ch, is for linux/arm/v7 alone, "
                + "and this one would be for linux/amd64 alone, so that each would replace what the other published: "
                + "`wafer set-desiderata 1 --platform linux/arm/v7 --platform linux/amd64` makes one desiderata for both"
        )
        // Whoever fetches it, and how: its metadata has the same place.
        await #expect(throws: error) { try await add(Samples.reference(user: "foo"), [.layers], "linux/amd64") }
        await #expect(throws: error) { try await add(Samples.reference(scheme: "http"), [.layers], "linux/amd64") }
        #expect(try await database.wishes.images().count == 2)
        // Another tag, repository or image, several platforms, all, and the same platform.
        #expect(try await add(Samples.reference(tag: "5"), [.layers], "linux/amd64") == 2)
        #expect(try await add(Samples.reference(), [.layers], "linux/amd64", to: "other.cern.ch") == 3)
        #expect(try await add(Samples.reference(), [.layers], arm, "linux/amd64") == 4)
        #expect(try await add(Samples.reference(user: "a"), [.layers], "all") == 5)
        #expect(try await add(Samples.reference(user: "b"), [.layers], "linux/arm") == 6)
    }

    @Test func aChangeIsRefusedToo() async throws {
        #expect(try await add(Samples.reference(), [.layers], "linux/arm64") == 1)
        #expect(try await add(Samples.reference(), [.layers, .thin], "linux/arm64/v8", output: "thin/redis") == 2)
        let error = refused(of: 1, ["linux/arm64", "linux/amd64"], by: 2)
        await #expect(throws: error) {
            try await database.wishes.setDesiderata(2, platforms: ["linux/amd64"], at: Samples.now)
        }
        #expect(
            error.description.hasSuffix(
                "and desiderata 2 would be for linux/amd64 alone, so that each would replace what the other published: `wafer "
                    + "remove-desiderata 2` and `wafer set-desiderata 1 --platform linux/arm64 --platform linux/amd64` make one "
                    + "desiderata for both"
            )
        )
        let both = ["linux/arm64", "linux/amd64"]
        #expect(try await database.wishes.setDesiderata(2, platforms: both, at: Samples.now).platforms == both)
        let one = ["linux/amd64"]
        #expect(try await database.wishes.setDesiderata(1, platforms: one, at: Samples.now).platforms == one)
    }
}
