import Conversion
import Foundation
import Logging
import OCI
import Plumbing
import Registry
import State
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// A database, a registry in memory, and recipes as texts.
struct RecipeFixture: Sendable {
    static let fqrn = "images.example.org"
    let folder: FilePath
    let registry: InMemoryRegistry
    let client: RegistryClient
    let state: StateDatabase
    let clock = TestClock()

    /// A clock that a test turns.
    final class TestClock: Sendable {
        private let seconds = Mutex(1_700_000_000.0)

        var now: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }

        func turn(by days: Double) { seconds.withLock { $0 += days * 86_400 } }
    }

    static func with(_ body: (RecipeFixture) async throws -> Void) async throws {
        let temporary = try TemporaryFolder()
        defer { withExtendedLifetime(temporary) {} }
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let file = temporary.path.appending("state.sqlite")
        let rules = ReferenceRules(
            canonicalRegistry: { $0 },
            reference: { StoredReference(try ImageReference(parsing: $0), user: $1) }
        )
        _ = try await StateDatabase.initialize(at: file, vaultKey: nil, rules: rules, logger: logger)
        let state = try await StateDatabase.open(at: file, vaultKey: nil, naming: .images, logger: logger)
        var settings = NetworkSettings()
        settings.retries = .never
        try await RegistryClient.with(userAgent: "test", logger: logger, settings: settings) { client in
            try await InMemoryRegistry.with { registry in
                try await body(
                    RecipeFixture(
                        folder: temporary.path,
                        registry: registry,
                        client: client,
                        state: state
                    )
                )
            }
        }
        try await state.close()
    }

    var application: RecipeApplication { RecipeApplication(state, client, now: { [clock] in clock.now }) }

    var source: RecipeSource { .file(folder.appending("recipe")) }

    /// Puts tags of an image repository into the registry, made at these times.
    func add(_ repository: String = "app", tags: [String], created: String = "2024-05-06T07:08:09Z") throws {
        for tag in tags {
            try registry.addImage(repository, tag: tag, layers: [.tar([1])], members: ["created": .string(created)])
        }
    }

    /// Applies a recipe of version 2 with these entries; `{app}` stands for the image repository in the registry.
    @discardableResult
    func apply(
        _ entries: String,
        head: String = "",
        keepsGoing: Bool = false,
        adopts: Bool = false,
        isRehearsal: Bool = false
    ) async throws -> RecipeApplication.Report {
        try await apply(
            whole: "version: 2\nrepository: \(Self.fqrn)\n\(head)images:\n\(entries)\n",
            keepsGoing: keepsGoing,
            adopts: adopts,
            isRehearsal: isRehearsal
        )
    }

    /// Applies a recipe.
    @discardableResult
    func apply(
        whole text: String,
        as name: String = "recipe",
        repository: String? = nil,
        keepsGoing: Bool = false,
        adopts: Bool = false,
        isRehearsal: Bool = false
    ) async throws -> RecipeApplication.Report {
        let text = text.replacing("{app}", with: registry.reference("app"))
        let request = try RecipeApplication.Request(
            RecipeText(Array(text.utf8), etag: nil),
            from: .file(folder.appending(name)),
            repository: repository,
            keepsGoing: keepsGoing,
            adopts: adopts
        )
        return try await application.apply(request, isRehearsal: isRehearsal)
    }

    /// The tags of the desideratas, in order.
    var tags: [String] {
        get async throws { try await state.wishes.desideratas().compactMap(\.input.reference.tag).sorted() }
    }
}
