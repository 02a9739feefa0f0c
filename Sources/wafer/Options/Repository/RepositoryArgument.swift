import ArgumentParser
import CVMFS
import Conversion
import Foundation
import Logging
import Plumbing
import State
import StockServer
import SystemPackage

/// The CVMFS repository that a command is about.
struct RepositoryArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The repository's fully qualified name, such as cd.cern.ch.", valueName: "fqrn")
    )
    var fqrn: String

    /// The registered repository. Throws `StateError` where it is not registered.
    func open(_ global: GlobalOptions) async throws -> (registration: RepositoryRegistration, repository: Repository) {
        let registration = try await registration(global)
        return (registration, try await registration.open(logger: global.logger))
    }

    /// The registered repository, only to read it.
    func openToRead(
        _ global: GlobalOptions
    ) async throws -> (registration: RepositoryRegistration, repository: Repository) {
        let registration = try await registration(global)
        return (registration, try await registration.openToRead(logger: global.logger))
    }

    /// The registered repository, to change it by its publisher.
    func openEditable(_ global: GlobalOptions) async throws -> EditableRepository {
        let registration = try await registration(global)
        guard registration.publisher == PublisherKind.server.rawValue else {
            return .native(try await registration.open(logger: global.logger))
        }
        return .server(
            try await registration.openServerPublisher(lockTimeout: global.lockPatience, logger: global.logger)
        )
    }

    private func registration(_ global: GlobalOptions) async throws -> RepositoryRegistration {
        let database = try await global.openDatabase()
        let registration = try await database.repository(fqrn)
        try await database.close()
        return registration
    }
}

extension RepositoryRegistration {
    /// The repository in its storage. Throws where another publisher writes it, or the storage is gone.
    func open(logger: Logger) async throws -> Repository {
        guard let policy = CompressionPolicy(rawValue: compression) else {
            throw StateError.invalidValue("the compression \"\(compression)\" of \(fqrn) is not known to this version")
        }
        let chunking = try chunking.map(CuttingOptions.chunking)
        let limits = try catalogLimits.map(CuttingOptions.catalogLimits)
        return try await onDedicatedThread("open \(fqrn)") {
            if let serverConfig { return try openManaged(serverConfig, policy, logger) }
            return try Repository(
                fqrn: fqrn,
                storage: storage,
                keys: keys,
                policy: policy,
                chunking: chunking ?? .contentDefined,
                limits: limits ?? .standard,
                masterKeys: masterKeys.map { MasterKeys(list: $0) },
                autoTags: try autoTags(),
                logger: logger
            )
        }
    }

    /// The repository in its storage, or where that is not on this machine, at the web server of its stratum 0: to read it.
    func openToRead(logger: Logger) async throws -> Repository {
        do {
            return try await open(logger: logger)
        } catch let error as CVMFSError where error.code == .refused && publisher == PublisherKind.server.rawValue {
            guard let serverConfig else { throw error }
            let server = try ServerRepository.read(fqrn, from: serverConfig)
            guard let url = server.url else { throw error }
            logger.debug("\(fqrn) is read at \(url)", metadata: ["reason": "\(error)"])
            return try seen(at: url, server, because: error, logger: logger)
        }
    }

    /// The repository as its web server shows it. `error` tells why Wafer cannot write it.
    func seen(
        at url: String,
        _ server: ServerRepository,
        because error: CVMFSError,
        logger: Logger
    ) throws -> Repository {
        Repository(
            reading: try HTTPObjectStore(url: url),
            of: server,
            keys: keys,
            reason: "Wafer only reads \(fqrn), at \(url), and `cvmfs_server` writes it: \(error)",
            logger: logger
        )
    }

    /// The configuration is read each time: what its owner changes there counts at once.
    private func openManaged(_ file: FilePath, _ policy: CompressionPolicy, _ logger: Logger) throws -> Repository {
        let configuration = try ServerConfiguration.read(fqrn, from: file)
        guard configuration.storage == storage || publisher == PublisherKind.server.rawValue else {
            throw StateError.invalidValue(
                "\(file) names the storage \(configuration.storage), and \(fqrn) is registered with \(storage): run "
                    + "`wafer repository attach \(fqrn)` again"
            )
        }
        for remark in configuration.remarks { logger.notice("\(fqrn): \(remark)") }
        return try Repository(managed: configuration, keys: keys, policy: policy, logger: logger)
    }

    private func autoTags() throws -> AutoTags? {
        guard let autoTag else { return nil }
        if autoTag.isEmpty { return AutoTags(kept: nil) }
        guard let span = Timespan(autoTag) else {
            throw StateError.invalidValue("the span \"\(autoTag)\" of \(fqrn)'s automatic tags is not known")
        }
        return AutoTags(kept: span)
    }
}
