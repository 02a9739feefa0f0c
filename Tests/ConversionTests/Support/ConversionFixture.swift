import CVMFS
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

/// Everything that a conversion needs, in a folder of its own: a registry in memory, a repository, a database.
struct ConversionFixture: Sendable {
    static let fqrn = "images.example.org"
    let folder: FilePath
    let registry: InMemoryRegistry
    let repository: Repository
    let state: StateDatabase
    let client: RegistryClient
    let events = EventLog()

    var storage: FilePath { folder.appending("storage") }

    /// Runs `body` with a fixture.
    static func with(
        _ access: InMemoryRegistryAccess = .open,
        faults: InMemoryRegistryFaults = InMemoryRegistryFaults(),
        setsAside: Bool = false,
        _ body: (ConversionFixture) async throws -> Void
    ) async throws {
        let temporary = try TemporaryFolder()
        defer { withExtendedLifetime(temporary) {} }
        let folder = temporary.path
        let logger = Logger(label: "test")
        let repository = try RepositoryCreation(
            fqrn: fqrn,
            storage: folder.appending("storage"),
            keys: folder.appending("keys")
        ).run(now: Date(), logger: logger)
        let database = folder.appending("state.sqlite")
        let rules = ReferenceRules(
            canonicalRegistry: { $0 },
            reference: { StoredReference(try ImageReference(parsing: $0), user: $1) }
        )
        _ = try await StateDatabase.initialize(at: database, vaultKey: nil, rules: rules, logger: logger)
        let state = try await StateDatabase.open(
            at: database,
            vaultKey: nil,
            naming: .images,
            logger: logger
        )
        var settings = NetworkSettings()
        settings.stallTimeout = .seconds(120)
        settings.retries = .never
        settings.setsAside = setsAside
        try await RegistryClient.with(userAgent: "test", logger: logger, settings: settings) { client in
            try await InMemoryRegistry.with(access, faults: faults) { registry in
                let fixture = ConversionFixture(
                    folder: folder,
                    registry: registry,
                    repository: repository,
                    state: state,
                    client: client
                )
                try await body(fixture)
            }
        }
        try await state.close()
    }

    func converter(_ options: ConversionOptions = ConversionOptions()) -> Converter {
        let repository = repository
        return converter(through: NativePublisher(repository, WriteContext(lockTimeout: .seconds(10))), options)
    }

    /// A converter with any publisher.
    func converter(
        through publisher: any Publisher,
        _ options: ConversionOptions = ConversionOptions()
    ) -> Converter {
        Converter(
            state: state,
            registry: client,
            publisher: { _ in publisher },
            options: options,
            report: events.add
        )
    }

    /// Adds a desiderata for an image of the registry in memory.
    func desire(
        _ input: String,
        as output: String = "thin/app:1",
        formats: OutputFormats? = nil
    ) async throws -> Desiderata {
        try await state.wishes.addDesiderata(
            input: StoredReference(try ImageReference(parsing: registry.reference(input)), user: nil),
            output: StoredReference(try ImageReference(parsing: registry.reference(output)), user: nil),
            cvmfsRepository: Self.fqrn,
            formats: formats,
            at: Date()
        )
    }

    /// Where the manifest of an image of the registry in memory lies.
    func manifest(of name: String) throws -> BytePath {
        let image = try RepositoryLayout.image(try ImageSource(parsing: registry.reference(name), folder: "/"))
        return RepositoryLayout.ImageFile.manifest.path(in: image)
    }

    /// Publishes what another tool might leave behind: a layer without its content and without a record.
    func publishEmptyLayer(_ digest: Digest) throws {
        let preparation = try repository.prepare(.test)
        let half = [SubtreeEntry(path: BytePath(), row: .directory([], modified: 0))]
        let catalog = try preparation.catalog(of: half, at: RepositoryLayout.layerRoot(digest))
        _ = try repository.commit(preparation, .test) { try $0.attach(catalog) }
        try preparation.end()
    }

    var revision: UInt64 {
        get throws { try repository.reader.published().manifest.revision }
    }

    /// The paths of all objects in the storage.
    var objects: Set<String> {
        get throws {
            var objects: Set<String> = []
            try repository.reader.store.lister?.forEachObject { path, _ in objects.insert(path) }
            return objects
        }
    }

    /// Records what the independent checker finds.
    func expectSound(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let faults = try await RepositoryChecker.faults(
            in: storage,
            fqrn: Self.fqrn,
            keys: folder.appending("keys")
        )
        #expect(faults == [], sourceLocation: sourceLocation)
    }
}

/// What a conversion reported.
final class EventLog: Sendable {
    private let events = Mutex<[ConversionEvent]>([])

    @Sendable func add(_ event: ConversionEvent) {
        events.withLock { $0.append(event) }
    }

    /// What was said of each layer that is not stored whole.
    var losses: [[LayerLoss: Int]] {
        events.withLock { $0.compactMap { if case .layerLosses(_, let losses) = $0 { losses } else { nil } } }
    }

    var rebased: [Digest] {
        events.withLock { $0.compactMap { if case .layerRebased(let digest) = $0 { digest } else { nil } } }
    }

    /// How many layers were on their way at the same time.
    var mostLayersAtOnce: Int {
        events.withLock { events in
            var (now, most) = (0, 0)
            for event in events {
                switch event {
                case .layerStarted: now += 1
                case .layerFinished, .layerStopped: now -= 1
                default: break
                }
                most = max(most, now)
            }
            return most
        }
    }

    /// How many trees were made.
    var assembledTrees: Int {
        events.withLock { $0.count { if case .treeAssembled = $0 { true } else { false } } }
    }

    var startedLayers: Int {
        events.withLock { $0.count { if case .layerStarted = $0 { true } else { false } } }
    }
}
