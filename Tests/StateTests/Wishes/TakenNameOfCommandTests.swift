import State
import TestSupport
import Testing

/// Names of desideratas that a conversion without one must leave alone.
@Suite struct TakenNameOfCommandTests {
    let folder: TemporaryFolder
    let database: StateDatabase
    private static let fqrn = "cd.cern.ch"
    private static let own = "registry.hub.docker.com/library/redis:4"

    init() async throws {
        folder = try TemporaryFolder()
        database = try await StateDatabase.make(in: folder)
        _ = try await database.wishes.addDesiderata(
            input: Samples.reference(),
            output: nil,
            cvmfsRepository: Self.fqrn,
            formats: [.layers, .flat, .podman],
            at: Samples.now
        )
    }

    /// What is said of the names of an image; nothing where they are free.
    private func refusal(
        _ input: StoredReference,
        as name: String? = nil,
        _ formats: OutputFormats = [.layers, .flat],
        platforms: [String] = ["linux/amd64"],
        in fqrn: String = fqrn
    ) async throws -> String? {
        do {
            try await database.wishes.refuseTakenNames(
                of: input,
                as: name,
                formats: formats,
                platforms: platforms,
                in: fqrn
            )
            return nil
        } catch let error as StateError {
            return error.description
        }
    }

    @Test func namesOfADesiderataAreRefused() async throws {
        let (other, typed) = (Samples.reference("me/app"), Samples.reference().text)
        let step = ": name another path with --as"
        #expect(
            try await refusal(other, as: Self.own)
                == "/\(Self.own) in cd.cern.ch is the name of desiderata 1 (\(typed))\(step)"
        )
        #expect(
            try await refusal(other, as: Self.own + "/x")
                == "/\(Self.own)/x in cd.cern.ch lies below /\(Self.own), the name of desiderata 1 (\(typed))\(step)"
        )
        let above = "registry.hub.docker.com/library"
        #expect(
            try await refusal(other, as: above)
                == "/\(above) in cd.cern.ch lies above /\(Self.own), the name of desiderata 1 (\(typed))\(step)"
        )
        // The image itself for another platform, or as another user may see it.
        #expect(
            try await refusal(Samples.reference(), platforms: ["linux/arm64"])
                == "/\(Self.own) in cd.cern.ch is the name of desiderata 1 (\(typed), for linux/amd64)\(step)"
        )
        let foreign = try await refusal(Samples.reference(user: "foo"), as: "x", [.layers, .flat, .podman])
        #expect(
            foreign?.hasPrefix("podman's name ") == true
                && foreign?.hasSuffix("is the name of desiderata 1 (\(typed)): leave podman out of the formats")
                    == true,
            "\(foreign ?? "")"
        )
        let both = try await refusal(Samples.reference(user: "foo"), [.layers, .flat, .podman])
        #expect(both?.hasSuffix("\(step), and leave podman out of the formats") == true, "\(both ?? "")")
    }

    @Test func whatIsFreeOrTheSameIsNot() async throws {
        #expect(try await refusal(Samples.reference(), [.layers, .flat, .podman]) == nil)
        #expect(try await refusal(Samples.reference(), as: "tools/redis", platforms: ["all"]) == nil)
        #expect(try await refusal(Samples.reference("me/app")) == nil)
        #expect(try await refusal(Samples.reference("me/app"), as: Self.own, in: "other.cern.ch") == nil)
        #expect(try await refusal(Samples.reference(user: "foo"), [.layers]) == nil)
        #expect(try await database.wishes.images().count == 1)
    }
}
