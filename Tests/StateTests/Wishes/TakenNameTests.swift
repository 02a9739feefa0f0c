import State
import SystemPackage
import TestSupport
import Testing

/// Two desideratas that would put different images under one name of a repository.
@Suite struct TakenNameTests {
    let folder: TemporaryFolder
    let database: StateDatabase
    private static let fqrn = "cd.cern.ch"

    init() async throws {
        folder = try TemporaryFolder()
        database = try await StateDatabase.make(in: folder)
    }

    private func add(
        _ input: StoredReference,
        _ formats: OutputFormats = [.layers, .flat],
        platforms: [String] = ["linux/amd64"],
        to fqrn: String = fqrn,
        output: StoredReference? = nil
    ) async throws -> Desiderata {
        try await database.wishes.addDesiderata(
            input: input,
            output: output,
            cvmfsRepository: fqrn,
            formats: output == nil ? formats : OutputFormats(formats.all + [.thin]),
            platforms: platforms,
            at: Samples.now
        )
    }

    /// That desiderata 1 or another one has a name, whichever it is, and who wants it.
    private func expectTaken(
        by id: Int64 = 1,
        other: Int64? = nil,
        _ body: () async throws -> Desiderata
    ) async throws {
        let error = await #expect(throws: StateError.self) { try await body() }
        guard case .nameTaken(let name) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(name.owner == id && name.repository == Self.fqrn)
        #expect(name.claimant == other.map { .desiderata($0) } ?? .added)
    }

    private func text(_ body: () async throws -> Void) async -> String {
        await #expect(throws: StateError.self) { try await body() }?.description ?? ""
    }

    @Test func otherImagesOfTheSameName() async throws {
        let input = Samples.reference()
        let plain = Samples.reference(scheme: "http")
        let private1 = Samples.reference(user: "foo")
        _ = try await add(input)
        try await expectTaken { try await add(plain) }
        try await expectTaken { try await add(private1) }
        try await expectTaken { try await add(private1, [.layers, .podman, .flat]) }
        let thin = Samples.reference("thin/redis")
        try await expectTaken { try await add(input, platforms: ["linux/arm64", "linux/386"], output: thin) }
        let added = await text { _ = try await add(private1, [.layers, .podman, .flat]) }
        #expect(
            added == "desiderata 1, of https://registry.hub.docker.com/library/redis:4, has the name of this image in "
                + "cd.cern.ch, and is of another one or for other platforms: leave flat out of the formats, or take it from "
                + "that one with `wafer set-desiderata 1`"
        )
        // Nothing is left of what was refused.
        #expect(try await database.wishes.images().count == 1)

        // Without the name, in another repository, of another tag: all is well.
        #expect(try await add(plain, [.layers]).id == 2)
        #expect(try await add(private1, [.layers, .podman]).id == 3)
        #expect(try await add(private1, to: "other.cern.ch").id == 4)
        #expect(try await add(Samples.reference(tag: "5", user: "foo")).id == 5)
        let pinned = Samples.reference(tag: "4", digest: Samples.digest("a"), user: "foo")
        try await expectTaken { try await add(pinned) }
        #expect(try await add(Samples.reference(tag: "4.1", digest: Samples.digest("a"), user: "foo")).id == 6)
        #expect(try await add(Samples.reference(registry: "quay.io")).id == 7)
        // The same image as two thin images, and one digest, whoever fetches it.
        #expect(try await add(input, output: thin).id == 8)
        #expect(try await add(Samples.reference(tag: nil, digest: Samples.digest("a"), scheme: "http")).id == 9)

        try await expectTaken(other: 2) {
            try await database.wishes.setDesiderata(2, formats: [.layers, .flat], at: Samples.now)
        }
        try await expectTaken(by: 8, other: 1) {
            try await database.wishes.setDesiderata(1, platforms: ["all"], at: Samples.now)
        }
        let set = await text {
            _ = try await database.wishes.setDesiderata(2, formats: [.layers, .flat], at: Samples.now)
        }
        #expect(set.contains(" and desiderata 2 would have the same name in cd.cern.ch"))
        #expect(
            set.hasSuffix(
                "take flat from one of them with `wafer set-desiderata`, or choose other names for the repository"
            )
        )
        // Where the first gives it up, the second may have it.
        _ = try await database.wishes.setDesiderata(1, formats: [.layers], at: Samples.now)
        _ = try await database.wishes.setDesiderata(8, formats: [.layers, .thin], at: Samples.now)
        #expect(try await database.wishes.setDesiderata(2, formats: [.layers, .flat], at: Samples.now).id == 2)
    }

    @Test func namesOfPodmanAreTheSameEverywhere() async throws {
        _ = try await add(Samples.reference(), [.layers, .podman])
        try await expectTaken { try await add(Samples.reference(user: "foo"), [.layers, .podman]) }
        let text = await text { _ = try await add(Samples.reference(user: "foo"), [.layers, .flat, .podman]) }
        #expect(
            text.contains("has podman's name of this image") && text.contains(": leave podman out of the formats, or")
        )
        #expect(try await add(Samples.reference(user: "foo"), [.layers, .flat]).id == 2)
    }

    private func register(_ names: String) async throws {
        try await database.registrations.replaceRepository(
            RepositoryRegistration(fqrn: Self.fqrn, location: "/srv", keys: "/keys", compression: "zlib").with {
                $0.trees.names = names
            }
        )
    }

    @Test func namesAreTheRepositorys() async throws {
        try await register("{repository}:{reference}")
        _ = try await add(Samples.reference())
        let quay = Samples.reference(registry: "quay.io")
        try await expectTaken { try await add(quay) }
        #expect(try await add(quay, [.layers, .podman]).id == 2)
        try await register(TreeSettings.standardNames)
        #expect(try await database.wishes.setDesiderata(2, formats: [.layers, .flat], at: Samples.now).id == 2)
        let refused = await text { try await register("{repository}:{reference}") }
        #expect(refused.hasPrefix("desiderata 2, of \(quay.text), and desiderata 1 would have the same name"))
        #expect(try await database.registrations.repository(Self.fqrn).trees == TreeSettings())
        try await register("by tag/{reference}/{registry}/{repository}")
    }

    @Test func noNameLiesBelowAnother() async throws {
        try await register("{repository}/{reference}")
        _ = try await add(Samples.reference())
        let below = Samples.reference("library/redis/4", tag: "x")
        try await expectTaken { try await add(below) }
        let lower = await text { _ = try await add(below) }
        #expect(
            lower.hasSuffix(
                "has the name library/redis/4 in cd.cern.ch, and library/redis/4/x, the name of this image, lies below it: "
                    + "leave flat out of the formats, or take it from that one with `wafer set-desiderata 1`"
            ),
            "\(lower)"
        )
        #expect(try await add(Samples.reference("library/redis/5", tag: "x")).id == 2)
        try await expectTaken(by: 2) { try await add(Samples.reference(tag: "5")) }
        let upper = await text { _ = try await add(Samples.reference(tag: "5")) }
        #expect(
            upper.contains(
                "library/redis/5/x in cd.cern.ch, and library/redis/5, the name of this image, lies above it"
            ),
            "\(upper)"
        )
        #expect(try await add(Samples.reference(tag: "6")).id == 3)
    }
}
