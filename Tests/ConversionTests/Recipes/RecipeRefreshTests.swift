import Conversion
import Foundation
import Glibc
import Logging
import Recipes
import State
import TestSupport
import Testing

/// What the loop does with recipes.
@Suite(.timeLimit(.minutes(5))) struct RecipeRefreshTests {
    private func withRefresh(
        _ text: String,
        keepsGoing: Bool = false,
        _ body: (RecipeFixture, RecipeRefresh, LogKeeper) async throws -> Void
    ) async throws {
        try await RecipeFixture.with { fixture in
            try write(text, fixture)
            try fixture.add(tags: ["1", "2"])
            try await fixture.apply(whole: text, keepsGoing: keepsGoing)
            let log = LogKeeper()
            let refresh = RecipeRefresh(
                fixture.state,
                fixture.client,
                web: { try .testing() },
                interval: 86_400,
                logger: log.logger(.notice),
                now: { [clock = fixture.clock] in clock.now }
            )
            try await body(fixture, refresh, log)
        }
    }

    /// Writes the recipe, so many seconds ago.
    private func write(_ text: String, _ fixture: RecipeFixture, age: TimeInterval = 10) throws {
        try text.replacing("{app}", with: fixture.registry.reference("app")).write(
            toFile: fixture.source.description,
            atomically: true,
            encoding: .utf8
        )
        try FileManager.default.setAttributes(
            [.modificationDate: fixture.clock.now.addingTimeInterval(-age)],
            ofItemAtPath: fixture.source.description
        )
    }

    private static let head = "version: 2\nrepository: \(RecipeFixture.fqrn)\nimages:\n"

    @Test func aTextThatChanged() async throws {
        try await withRefresh(Self.head + "  - \"{app}:1\"") { fixture, refresh, log in
            try await refresh.run()
            #expect(log.lines == [])
            try write(Self.head + "  - \"{app}:2\"", fixture)
            try await refresh.run()
            #expect(try await fixture.tags == ["2"])
            #expect(log.lines.count == 1)
            let app = fixture.registry.reference("app")
            #expect(
                log.lines[0].contains(
                    "was applied again: 1 added, 1 removed; removed: \(app):1; added: \(app):2"
                ),
                "\(log.lines)"
            )
            // No rule, no request.
            #expect(fixture.registry.requests.isEmpty)
        }
    }

    /// For `wafer doctor`.
    @Test func whatWentWrongIsNotedUntilItIsWell() async throws {
        try await withRefresh(Self.head + "  - \"{app}:1\"") { fixture, refresh, _ in
            func trouble() async throws -> String? { try await fixture.state.recipes.recipes().first?.trouble }
            try await refresh.run()
            #expect(try await trouble() == nil)
            try FileManager.default.removeItem(atPath: fixture.source.description)
            fixture.clock.turn(by: 1)
            try await refresh.run()
            #expect(try await trouble()?.hasPrefix("it stays as it was applied last: ") == true)
            #expect(try await fixture.state.recipes.recipes().first?.readAt == fixture.clock.now)
            try write(Self.head + "  - \"{app}:1\"", fixture)
            try await refresh.run()
            #expect(try await trouble() == nil)
        }
    }

    /// A list cannot say what is made of its images: what the command said counts on.
    @Test func whatTheCommandSaid() async throws {
        try await RecipeFixture.with { fixture in
            try write("{app}:1\n", fixture)
            var defaults = RecipeDefaults()
            (defaults.formats, defaults.allowsPrivate) = (["layers", "podman"], true)
            let request = try RecipeApplication.Request(
                RecipeText(Array("\(fixture.registry.reference("app")):1\n".utf8), etag: nil),
                from: fixture.source,
                repository: RecipeFixture.fqrn,
                keepsGoing: false,
                defaults: defaults
            )
            _ = try await fixture.application.apply(request, isRehearsal: false)
            let refresh = RecipeRefresh(
                fixture.state,
                fixture.client,
                web: { try .testing() },
                interval: 86_400,
                logger: LogKeeper().logger(.notice)
            )
            try write("{app}:1\n{app}:2\n", fixture)
            try await refresh.run()
            let wanted = try await fixture.state.wishes.desideratas()
            #expect(wanted.count == 2 && wanted.allSatisfy { $0.allowsPrivate })
            #expect(wanted.allSatisfy { $0.formats == [.layers, .podman] })
        }
    }

    @Test(arguments: [
        "version: 2\nrepository: images.example.org\nimgs: []\n", "{", "version: 2\nrepository: b.org\nimages: []\n",
    ])
    func aTextThatCannotBeApplied(text: String) async throws {
        try await withRefresh(Self.head + "  - \"{app}:1\"") { fixture, refresh, log in
            try write(text, fixture)
            for _ in 0..<3 { try await refresh.run() }
            #expect(log.lines.count == 1 && log.lines[0].contains("it stays as it was applied last: "), "\(log.lines)")
            try FileManager.default.removeItem(atPath: fixture.source.description)
            for _ in 0..<3 { try await refresh.run() }
            #expect(log.lines.count == 2 && log.lines[1].contains("No such file"), "\(log.lines)")
            #expect(try await fixture.tags == ["1"])
            try write(Self.head + "  - \"{app}:1\"\n  - \"{app}:2\"", fixture)
            try await refresh.run()
            #expect(try await fixture.tags == ["1", "2"])
        }
    }

    @Test func registriesAreAskedOnceInAWhile() async throws {
        try await withRefresh(Self.head + "  - \"{app}:*\"") { fixture, refresh, log in
            try await refresh.run()
            let count = fixture.registry.requests.count
            try fixture.add(tags: ["3"])
            try await refresh.run()
            #expect(fixture.registry.requests.count == count)
            fixture.clock.turn(by: 1)
            fixture.registry.faults.tagFault = (0, .refused)
            try await refresh.run()
            #expect(try await fixture.tags == ["1", "2"])
            #expect(log.lines.count == 1 && log.lines[0].contains("line 4 keeps what it selected before"))
            fixture.registry.faults.tagFault = nil
            fixture.clock.turn(by: 1)
            try await refresh.run()
            #expect(try await fixture.tags == ["1", "2", "3"])
        }
    }

    /// What takes everything away is left to a person, and told once.
    @Test(arguments: [
        ("", "has no image: `wafer recipe remove "), ("# nothing\n", "has no image: `wafer recipe remove "),
        (head, "has no image: `wafer recipe remove "),
        (head + "  - b.org/X:1\n", "has no image: `wafer recipe remove "),
        ("<!DOCTYPE html>\n<p>\nmaintenance\n", "this is a web page"),
        ("maintenance\n", "its form is list now, and was version 2: `wafer recipe apply "),
        (
            "cvmfs_repo: \(RecipeFixture.fqrn)\ninput: [\"{app}:1\"]\n",
            "its form is version 1 now, and was version 2: `wafer recipe apply "
        ),
        (head + "  - other.org/x:1\n", "it would remove all of its 2 desideratas: `wafer recipe apply "),
    ])
    func aTextThatWouldRemoveEverything(text: String, message: String) async throws {
        try await withRefresh(Self.head + "  - \"{app}:1\"\n  - \"{app}:2\"", keepsGoing: true) {
            fixture,
            refresh,
            log in
            try write(text, fixture)
            for _ in 0..<3 {
                try await refresh.run()
                fixture.clock.turn(by: 1)
            }
            #expect(try await fixture.tags == ["1", "2"])
            #expect(log.lines.count == 1 && log.lines[0].contains(message), "\(log.lines)")
            // The next text is another matter.
            try write(Self.head + "  - \"{app}:2\"", fixture)
            try await refresh.run()
            #expect(try await fixture.tags == ["2"])
        }
    }

    /// A person may want it.
    @Test func whatALoopLeavesToAPerson() async throws {
        try await withRefresh(Self.head + "  - \"{app}:1\"") { fixture, refresh, log in
            let text = "other.org/x:1\n"
            try write(text, fixture)
            try await refresh.run()
            #expect(log.lines.count == 1)
            try await fixture.apply(whole: text, repository: RecipeFixture.fqrn)
            try await refresh.run()
            #expect(log.lines.count == 1)
            #expect(try await fixture.state.wishes.desideratas().map(\.input.reference.repository) == ["x"])
        }
    }

    /// What is being converted is removed when that is done, though nobody changes the recipe again.
    @Test func whatIsBeingConverted() async throws {
        try await withRefresh(Self.head + "  - \"{app}:1\"\n  - \"{app}:2\"") { fixture, refresh, log in
            try write(Self.head + "  - \"{app}:2\"", fixture)
            try await fixture.state.claims.withClaim(on: .desiderata(1)) {
                for _ in 0..<2 { try await refresh.run() }
                #expect(try await fixture.tags == ["1", "2"])
            }
            try await refresh.run()
            #expect(try await fixture.tags == ["2"])
            #expect(log.lines.count { $0.contains("is being converted and stays") } == 1, "\(log.lines)")
        }
    }

    /// A text that ends within a line has lost its rest; one that ends with a line may be meant.
    @Test func aTextThatWasCut() async throws {
        let whole = Self.head + "  - \"{app}:1\"\n  - {app}:2\n  - {app}:10\n"
        try await withRefresh(whole) { fixture, refresh, log in
            try await refresh.run()
            try write(String(whole.dropLast(2)), fixture)
            for _ in 0..<2 { try await refresh.run() }
            #expect(
                log.lines.count == 1 && log.lines[0].contains("it ends within line 6: `wafer recipe apply "),
                "\(log.lines)"
            )
            #expect(try await fixture.tags == ["1", "10", "2"])
            try write(Self.head + "  - \"{app}:1\"\n  - {app}:2", fixture)
            try await refresh.run()
            #expect(try await fixture.tags == ["1", "2"])
        }
    }

    /// What somebody does while a look waits for a registry is not undone by it.
    @Test(arguments: [false, true]) func whatHappensDuringALook(isRemoved: Bool) async throws {
        try await withRefresh(Self.head + "  - \"{app}:*\"") { fixture, refresh, log in
            try write(Self.head + "  - \"{app}:*\"\n  - \"{app}:x\"", fixture)
            fixture.registry.faults.delay = 2_000
            async let look: Void = refresh.run()
            try await Task.sleep(for: .milliseconds(500))
            fixture.clock.turn(by: 1)
            if isRemoved {
                _ = try await fixture.state.recipes.remove(fixture.source.description, at: fixture.clock.now)
            } else {
                try await fixture.apply("  - \"{app}:1\"")
            }
            try await look
            #expect(try await fixture.tags == (isRemoved ? [] : ["1"]))
            #expect(try await fixture.state.recipes.recipes().count == (isRemoved ? 0 : 1))
            #expect(log.lines == [])
        }
    }

    /// What passes to a recipe becomes what that one wants, though its text is the same.
    @Test func whatARecipeInherits() async throws {
        try await withRefresh(Self.head + "  - image: \"{app}:1\"\n    platforms: all") { fixture, refresh, _ in
            let source = fixture.source.description
            _ = try await fixture.state.recipes.remove(source, at: fixture.clock.now)
            try await fixture.apply(whole: Self.head + "  - \"{app}:1\"\n  - \"{app}:2\"", as: "other")
            try await fixture.apply(whole: Self.head + "  - image: \"{app}:1\"\n    platforms: all")
            try await fixture.apply(whole: Self.head + "  - \"{app}:2\"", as: "other")
            let number = try #require(try await fixture.state.wishes.desideratas().first).id
            #expect(try await fixture.state.wishes.desiderata(number).platforms == ["linux/amd64"])
            try await refresh.run()
            #expect(try await fixture.state.wishes.desiderata(number).platforms == ["all"])
            try await refresh.run()
            #expect(try await fixture.state.recipes.recipe(from: source)?.inherits == false)
        }
    }

    /// A file that is being written is not read before it is whole.
    @Test func aFileThatIsBeingWritten() async throws {
        try await withRefresh(Self.head + "  - \"{app}:1\"") { fixture, refresh, log in
            try write(Self.head + "  - \"{app}:2\"", fixture, age: 1)
            try await refresh.run()
            #expect(try await fixture.tags == ["1"])
            try write(Self.head + "  - \"{app}:2\"\n  - \"{app}:1\"", fixture, age: -60)
            try await refresh.run()
            #expect(try await fixture.tags == ["1"])
            // A clock that is wrong holds nothing up.
            try await refresh.run()
            #expect(try await fixture.tags == ["1", "2"])
            try write(Self.head + "  - \"{app}:2\"", fixture, age: 2)
            try await refresh.run()
            #expect(try await fixture.tags == ["2"])
            #expect(log.lines.count == 2)
        }
    }

    /// One server that never answers holds up no other recipe.
    @Test func aServerThatHangs() async throws {
        try await withRefresh(Self.head + "  - \"{app}:1\"") { fixture, refresh, log in
            let server = try SilentServer()
            _ = try await fixture.state.recipes.apply(
                RecipeChange(),
                of: RecipeOrigin(
                    source: "https://127.0.0.1:\(server.port)/r.yaml",
                    form: "version 2",
                    repository: RecipeFixture.fqrn,
                    keepsGoing: false,
                    textDigest: "sha256:0"
                ),
                isRehearsal: false,
                at: fixture.clock.now
            )
            try await withThrowingTaskGroup { group in
                group.addTask { try await refresh.run(every: .milliseconds(10)) }
                for tag in ["2", "1", "2"] {
                    try write(Self.head + "  - \"{app}:\(tag)\"", fixture)
                    for _ in 0..<2_000 where try await fixture.tags != [tag] {
                        try await Task.sleep(for: .milliseconds(10))
                    }
                    #expect(try await fixture.tags == [tag])
                }
                group.cancelAll()
            }
            #expect(server.connections() == 1)
        }
    }

    /// Takes connections and says nothing.
    private final class SilentServer: Sendable {
        let socket: Int32
        let port: UInt16

        init() throws {
            socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let socket = socket
            try withUnsafeMutablePointer(to: &address) { pointer in
                try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                    try #require(bind(socket, pointer, length) == 0 && listen(socket, 8) == 0)
                    try #require(getsockname(socket, pointer, &length) == 0)
                }
            }
            port = UInt16(bigEndian: address.sin_port)
        }

        deinit { close(socket) }

        /// How many were made.
        func connections() -> Int {
            var count = 0
            while accept(socket, nil, nil) >= 0 { count += 1 }
            return count
        }
    }
}
