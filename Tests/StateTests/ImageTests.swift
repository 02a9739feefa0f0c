import Foundation
import State
import TestSupport
import Testing

@Suite struct ImageTests {
    let folder: TemporaryFolder
    let database: StateDatabase

    init() async throws {
        folder = try TemporaryFolder()
        database = try await StateDatabase.make(in: folder)
    }

    @Test func sameIsSameExactly() async throws {
        let digest = Samples.digest("d")
        let references = [
            Samples.reference(),
            Samples.reference(user: "foo"),
            Samples.reference(scheme: "http"),
            Samples.reference(tag: "4", digest: digest),
            Samples.reference(tag: nil, digest: digest),
            Samples.reference(tag: "4.0"),
            Samples.reference(tag: "04"),
            Samples.reference("library/Redis"),
            Samples.reference(registry: "other.org"),
        ]
        for (index, reference) in references.enumerated() {
            let image = try await database.wishes.addImage(reference)
            #expect(image.id == Int64(index + 1))
            #expect(image.reference == reference)
        }
        for (index, reference) in references.enumerated() {
            #expect(try await database.wishes.addImage(reference).id == Int64(index + 1))
            #expect(try await database.wishes.image(reference)?.id == Int64(index + 1))
        }
        #expect(try await database.wishes.images().map(\.reference) == references)
        #expect(try await database.wishes.imagesOfAnyUser(Samples.reference(user: "bar")).map(\.id) == [1, 2])
        #expect(try await database.wishes.image(Samples.reference(user: "bar")) == nil)
    }

    @Test func theRegistryCountsByItsCanonicalHost() async throws {
        let typed = Samples.typed("redis:4", Samples.reference(registry: "docker.io"))
        let image = try await database.wishes.addImage(typed)
        #expect(try await database.wishes.addImage(Samples.reference()) == image)
        #expect(try await database.wishes.images().map(\.reference.text) == ["redis:4"])
    }

    @Test(arguments: ["3", "3.10", "007", "1e5", "0x10", "1_0", "-", "1.0.0"])
    func tagsStayWhatTheyWere(tag: String) async throws {
        _ = try await database.wishes.addImage(Samples.reference(tag: tag))
        #expect(try await database.wishes.images().map(\.reference.tag) == [tag])
        #expect(try await database.wishes.image(Samples.reference(tag: tag)) != nil)
    }

    @Test func thinStaysThin() async throws {
        let image = try await database.wishes.addImage(Samples.reference(), isThin: true)
        #expect(image.isThin)
        #expect(try await database.wishes.addImage(Samples.reference()).isThin)
        let plain = try await database.wishes.addImage(Samples.reference("other"))
        #expect(try await database.wishes.addImage(plain.reference, isThin: true).isThin)
        #expect(try await database.wishes.images().map(\.isThin) == [true, true])
    }

    @Test func neitherTagNorDigest() async throws {
        let error = await #expect(throws: StateError.self) {
            try await database.wishes.addImage(Samples.reference(tag: nil))
        }
        #expect(error?.description.contains("neither a tag nor a digest") == true)
    }
}
