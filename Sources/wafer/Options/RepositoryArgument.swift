import ArgumentParser
import CVMFS
import Foundation
import Logging
import Plumbing
import State
import SystemPackage

/// The CVMFS repository that a command is about.
struct RepositoryArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The repository's fully qualified name, such as cd.cern.ch.", valueName: "fqrn")
    )
    var fqrn: String

    /// The registered repository. Throws `StateError` where it is not registered.
    func open(_ global: GlobalOptions) async throws -> (registration: RepositoryRegistration, repository: Repository) {
        let database = try await global.openDatabase()
        let registration = try await database.repository(fqrn)
        try await database.close()
        return (registration, try await registration.open(logger: global.logger))
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
