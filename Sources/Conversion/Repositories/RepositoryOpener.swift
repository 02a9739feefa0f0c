package import CVMFS
package import Logging
import Plumbing
package import Registry
package import State
package import StockServer
import Synchronization
import SystemPackage

/// Makes of a registration what reads or publishes its repository.
package struct RepositoryOpener: Sendable {
    /// How long other writers are waited for.
    package let lockTimeout: Duration
    /// What is done through `cvmfs_server` by whatever this opens.
    private let work: ServerWork
    private let server: ServerAccess.Environment
    private let web: SharedWebReader
    private let logger: Logger

    /// Opens with these rules. `work` is told of what goes through `cvmfs_server`; `network` is asked where a repository has
    /// to be read at a web server.
    package init(
        lockTimeout: Duration,
        server: ServerAccess.Environment,
        work: ServerWork = ServerWork(),
        network: @escaping @Sendable () throws -> NetworkSettings,
        logger: Logger
    ) {
        web = SharedWebReader(network: network, logger: logger)
        self.lockTimeout = lockTimeout
        self.server = server
        self.work = work
        self.logger = logger
    }

    /// The repository in its storage on this machine, to read and to write it.
    ///
    /// Throws ``CVMFSError`` `refused` where Wafer cannot write it, and `StateError` for settings that this version does not
    /// know.
    package func storage(_ registration: RepositoryRegistration) async throws -> Repository {
        let settings = try PublishingSettings(registration)
        return try await onDedicatedThread("open \(registration.fqrn)") {
            if let file = registration.serverConfig { return try managed(registration, file, settings) }
            return try Repository(
                fqrn: registration.fqrn,
                storage: registration.storage,
                keys: registration.keys,
                settings: settings,
                masterKeys: registration.masterKeys.map { MasterKeys(list: $0) },
                logger: logger
            )
        }
    }

    /// The repository to read it: in its storage, or where that is not on this machine, at the web server of its stratum 0.
    package func reading(_ registration: RepositoryRegistration) async throws -> OpenedRepository {
        do {
            return OpenedRepository(try await storage(registration))
        } catch let error as CVMFSError where error.code == .refused && registration.isWrittenByServer {
            guard let server = try await serverRepository(of: registration), let url = server.url else { throw error }
            logger.debug("\(registration.fqrn) is read at \(url)", metadata: ["reason": "\(error)"])
            return OpenedRepository(
                reader: try await seen(at: url, registration),
                settings: PublishingSettings(limits: server.catalogLimits)
            )
        }
    }

    /// What publishes to it. Throws `StateError` where this version does not know that.
    package func publisher(_ registration: RepositoryRegistration) async throws -> any Publisher {
        switch PublisherKind(rawValue: registration.publisher) {
        case .native: try await nativePublisher(registration)
        case .server: try await serverPublisher(registration)
        case nil:
            throw StateError.invalidValue(
                "repository \(registration.fqrn) is written by \(registration.publisher), which this version does not know"
            )
        }
    }

    /// The publisher that writes the storage itself, with other sizes than the registration's where they are given.
    package func nativePublisher(
        _ registration: RepositoryRegistration,
        chunking: ChunkingStrategy? = nil,
        limits: CatalogLimits? = nil
    ) async throws -> NativePublisher {
        var repository = try await storage(registration)
        if let chunking { repository.settings.chunking = chunking }
        if let limits { repository.settings.limits = limits }
        var publisher = NativePublisher(repository, WriteContext(lockTimeout: lockTimeout), trees: registration.trees)
        publisher.adoption = registration.adoption
        return publisher
    }

    /// The publisher that drives `cvmfs_server`.
    package func serverPublisher(_ registration: RepositoryRegistration) async throws -> ServerPublisher {
        guard let server = try await serverRepository(of: registration) else {
            throw StateError.invalidValue(
                "repository \(registration.fqrn) is registered without its server.conf: run `wafer repository attach "
                    + "\(registration.fqrn)` again"
            )
        }
        var views = ServerPublisher.Views(storage: nil, web: nil)
        do {
            views.storage = try await storage(registration).reader
        } catch let error as CVMFSError where error.code == .refused {
            logger.debug("\(registration.fqrn) is read in its mount", metadata: ["reason": "\(error)"])
            if let url = server.url, url.hasPrefix("http") {
                views.web = try await seen(at: url, registration)
            }
        }
        var publisher = ServerPublisher(
            server,
            views: views,
            access: try await access(to: server),
            context: WriteContext(lockTimeout: lockTimeout),
            logger: logger
        )
        publisher.trees = registration.trees
        publisher.adoption = registration.adoption
        publisher.quota = registration.quota
        return publisher
    }

    /// The revision that `cvmfs_server` has mounted. Throws `StockServerError` where it has mounted none.
    package func mountedRevision(of server: ServerRepository) async throws -> UInt64 {
        try await onDedicatedThread("look at the mount") { try MountReader(server).revision() }
    }

    /// Throws ``CVMFSError`` `refused` where this user may not write the storage of a repository of `cvmfs_server`. Blocks.
    package func checkPermission(_ configuration: ServerConfiguration) throws {
        try Repository(managed: configuration, logger: logger).checkPermission()
    }

    /// How `cvmfs_server` is reached for a repository.
    package func access(to server: ServerRepository) async throws -> ServerAccess {
        try await BlockingExecutor.shared.run {
            try ServerAccess(server, self.server, work: work, logger: logger)
        }
    }

    /// What its `server.conf` says; nil where none is registered. Read each time: what its owner changes counts at once.
    package func serverRepository(of registration: RepositoryRegistration) async throws -> ServerRepository? {
        guard let file = registration.serverConfig else { return nil }
        return try await BlockingExecutor.shared.run {
            try ServerRepository.read(registration.fqrn, from: file)
        }
    }

    /// The repository as its web server shows it.
    private func seen(at url: String, _ registration: RepositoryRegistration) async throws -> RepositoryReader {
        RepositoryReader(
            fqrn: registration.fqrn,
            store: try HTTPObjectStore(url: url, web: try await webReader()),
            keys: registration.keys,
            logger: logger
        )
    }

    /// By the rules for registries. One for all that this opens, so that connections are used again.
    ///
    /// Throws `ThreadError` where the system starts no threads for the network, and what the network's settings throw.
    package func webReader() async throws -> WebReader {
        let web = web
        return try await onDedicatedThread("network settings") { try web.reader() }
    }

    private func managed(
        _ registration: RepositoryRegistration,
        _ file: FilePath,
        _ settings: PublishingSettings
    ) throws -> Repository {
        let configuration = try ServerConfiguration.read(registration.fqrn, from: file)
        guard configuration.storage == registration.storage || registration.isWrittenByServer else {
            throw StateError.invalidValue(
                "\(file) names the storage \(configuration.storage), and \(registration.fqrn) is registered with "
                    + "\(registration.storage): run `wafer repository attach \(registration.fqrn)` again"
            )
        }
        for remark in configuration.remarks { logger.notice("\(registration.fqrn): \(remark)") }
        var repository = try Repository(
            managed: configuration,
            keys: registration.keys,
            policy: settings.compression,
            logger: logger
        )
        repository.settings.hardLinks = settings.hardLinks
        return repository
    }
}

extension RepositoryRegistration {
    /// Whether `cvmfs_server` writes it.
    package var isWrittenByServer: Bool { publisher == PublisherKind.server.rawValue }

    /// How new objects are compressed, where that is Wafer's to say.
    package var usedCompression: String? { isWrittenByServer ? nil : compression }
}

/// The one reader of an opener, made when it is first wanted.
private final class SharedWebReader: Sendable {
    private let network: @Sendable () throws -> NetworkSettings
    private let logger: Logger
    private let made = Mutex<WebReader?>(nil)

    init(network: @escaping @Sendable () throws -> NetworkSettings, logger: Logger) {
        self.network = network
        self.logger = logger
    }

    /// Makes it first where there is none. Whoever comes meanwhile waits for it. Blocks: for threads that may.
    func reader() throws -> WebReader {
        try made.withLock { made in
            if let reader = made { return reader }
            let reader = try WebReader(try network(), userAgent: WaferVersion.userAgent, logger: logger)
            made = reader
            return reader
        }
    }
}
