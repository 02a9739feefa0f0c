import Conversion
import Foundation
import Logging
import Recipes
import State
import TestSupport
import Testing

/// What the loop does with recipes.
@Suite(.timeLimit(.minutes(5))) struct RecipeRefreshTests {
    private func withRefresh(
        _ text: String,
        _ body: (RecipeFixture, RecipeRefresh, LogKeeper) async throws -> Void
    ) async throws {
        try await RecipeFixture.with { fixture in
            try write(text, fixture)
            try fixture.add(tags: ["1", "2"])
            try await fixture.apply(whole: text)
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

    private func write(_ text: String, _ fixture: RecipeFixture) throws {
        try text.replacing("{app}", with: fixture.registry.reference("app")).write(
            toFile: fixture.source.description,
            atomically: true,
            encoding: .utf8
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
            #expect(log.lines.count == 1 && log.lines[0].contains("was applied again: 1 added, 1 removed"))
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
}
