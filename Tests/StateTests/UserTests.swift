import Foundation
import State
import SystemPackage
import TestSupport
import Testing

@Suite struct UserTests {
    let folder: TemporaryFolder
    let database: StateDatabase

    init() async throws {
        folder = try TemporaryFolder()
        database = try await StateDatabase.make(in: folder)
    }

    @Test func addListReplaceRemove() async throws {
        let first = try await database.users.add(Samples.user(), password: Password("one"))
        #expect(first == UserAddition(replaced: false, newKeyFile: folder.key, unreadable: []))
        let hub = User(name: "foo", registry: "docker.io", canonicalRegistry: Samples.hub)
        #expect(try await database.users.add(hub, password: Password("two")).newKeyFile == nil)
        #expect(try await database.users.all() == [Samples.user(), hub])
        #expect(try await database.users.password(of: "foo", canonicalRegistry: "docker.foo.bar.com").revealed == "one")
        #expect(try await database.users.password(of: "foo", canonicalRegistry: Samples.hub).revealed == "two")

        let typedOtherwise = User(name: "foo", registry: "index.docker.io", canonicalRegistry: Samples.hub)
        let third = try await database.users.add(typedOtherwise, password: Password("three"))
        #expect(third == UserAddition(replaced: true, newKeyFile: nil, unreadable: []))
        #expect(try await database.users.password(of: "foo", canonicalRegistry: Samples.hub).revealed == "three")
        #expect(try await database.users.all() == [Samples.user(), typedOtherwise])

        try await database.users.remove("foo", canonicalRegistry: Samples.hub)
        #expect(try await database.users.contains("foo", canonicalRegistry: Samples.hub) == false)
        #expect(try await database.users.contains("foo", canonicalRegistry: "docker.foo.bar.com"))
        let unknown = StateError.unknownUser("foo", registry: Samples.hub)
        await #expect(throws: unknown) { try await database.users.remove("foo", canonicalRegistry: Samples.hub) }
        await #expect(throws: unknown) { try await database.users.password(of: "foo", canonicalRegistry: Samples.hub) }
        #expect(unknown.description == "no user foo at \(Samples.hub): add it with `wafer add-user`")
    }

    @Test(arguments: [("", "host", "pw"), ("foo", "", "pw"), ("foo", "host", "")])
    func nothingMayBeEmpty(name: String, registry: String, password: String) async throws {
        let user = User(name: name, registry: registry, canonicalRegistry: registry)
        let error = await #expect(throws: StateError.self) {
            try await database.users.add(user, password: Password(password))
        }
        #expect(error?.description.hasSuffix("is empty") == true)
        #expect(!FileManager.default.fileExists(atPath: folder.key.string))
    }

    @Test(arguments: ["0123", " blank ", "ünïcode🔑", "a:b", String(repeating: "x", count: 10_000)])
    func passwordsComeBackAsTheyWere(text: String) async throws {
        _ = try await database.users.add(Samples.user(), password: Password(text))
        #expect(try await database.users.password(of: "foo", canonicalRegistry: "docker.foo.bar.com").revealed == text)
    }

    @Test(arguments: [
        ("a:b", "hush", "must not have a \":\""), ("a:\u{301}b", "hush", "must not have a \":\""),
        ("a\nb", "hush", "user must not have control"), ("a\u{9B}b", "hush", "user must not have control"),
        ("foo", "hush\u{0}hush", "password or token must not have control"), ("foo", "hush\n", "must not have control"),
        ("foo", "hush\u{7F}", "must not have control"),
    ])
    func whatCannotBeSentIsNotStored(name: String, password: String, words: String) async throws {
        let user = User(name: name, registry: "r.org", canonicalRegistry: "r.org")
        let error = await #expect(throws: StateError.self) {
            try await database.users.add(user, password: Password(password))
        }
        #expect(error?.description.contains(words) == true)
        #expect(error?.description.contains("hush") == false)
        #expect(try await database.users.all().isEmpty)
    }

    @Test func aPasswordShowsNowhere() async throws {
        let password = Password("hush-hush")
        var dumped = ""
        dump(password, to: &dumped)
        dump([password], to: &dumped)
        struct Holder { let password: Password }
        dump(Holder(password: password), to: &dumped)
        for text in ["\(password)", String(reflecting: password), "\(Holder(password: password))", dumped] {
            #expect(!text.contains("hush"))
        }
    }

    @Test func aUserMayGoBeforeItsImages() async throws {
        _ = try await database.users.add(Samples.user(), password: Password("one"))
        let image = try await database.wishes.addImage(Samples.reference(user: "foo"))
        try await database.users.remove("foo", canonicalRegistry: "docker.foo.bar.com")
        #expect(try await database.wishes.images() == [image])
    }
}
